// `npm run lab`: holds what traces say against a real Linux kernel. Starts one process per shape in mount, PID and network
// namespaces of its own, collects what they found, prints the table, and counts for the ring of tests.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modes, notInTheLab, shapes, type Mode, type Shape } from './profile';
import { labAccess, labEnvironment } from './requirements.mjs';
import type { Told, Work } from './work';

const { values } = parseArgs({
  options: {
    shape: { type: 'string' },
    mode: { type: 'string' },
    flow: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

/** Two at a time: a network has a dozen processes, and the machines of CI have two processors. */
const atOnce = 2;

/** A process that tells nothing for so long hangs. */
const silenceSeconds = 120;

interface Count {
  agree: number;
  differ: number;
  silent: number;
}

const counts = new Map<string, Count>();
const silences = new Map<string, number>();
const factCount = { passed: 0, failed: 0 };
let broken = 0;

function hear(told: Told): void {
  switch (told.kind) {
    case 'flow': {
      const count = counts.get(told.profile) ?? { agree: 0, differ: 0, silent: 0 };
      counts.set(told.profile, count);
      count[told.verdict] += 1;
      if (told.verdict === 'differ') console.log(`DIFFER: ${told.profile}: ${told.name}\n  ${told.detail}`);
      else if (values.verbose)
        console.log(`${told.verdict}: ${told.profile}: ${told.name}\n  ${told.detail}`);
      if (told.verdict === 'silent') {
        const reason = told.detail.split('\n')[0] ?? '';
        silences.set(reason, (silences.get(reason) ?? 0) + 1);
      }
      return;
    }
    case 'fact':
      factCount.passed += told.contradiction === undefined ? 1 : 0;
      factCount.failed += told.contradiction === undefined ? 0 : 1;
      if (told.contradiction !== undefined)
        console.log(`CONTRADICTED: ${told.profile}: ${told.contradiction}`);
      return;
    case 'note':
      console.log(told.text);
      return;
    case 'broken':
      broken += 1;
      console.log(`FAILED: ${told.reason}`);
      return;
    case 'end':
  }
}

function perform(work: Work, command: readonly string[]): Promise<void> {
  const [program, ...args] = [...command, process.execPath, join(__dirname, 'inside.js')];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: labEnvironment,
    });
    let ended = false;
    const stop = (): void => {
      ended = true;
      hear({ kind: 'broken', reason: `${work.shape}: nothing was heard for ${silenceSeconds} s` });
      child.kill('SIGKILL');
    };
    let watch = setTimeout(stop, silenceSeconds * 1000);
    child.on('message', (told: Told) => {
      clearTimeout(watch);
      watch = setTimeout(stop, silenceSeconds * 1000);
      ended ||= told.kind === 'end' || told.kind === 'broken';
      hear(told);
    });
    child.on('exit', (code) => {
      clearTimeout(watch);
      if (!ended) hear({ kind: 'broken', reason: `${work.shape}: ended with ${code ?? 'a signal'}` });
      resolve();
    });
    child.send(work);
  });
}

async function main(): Promise<void> {
  const access = labAccess();
  if ('missing' in access) {
    console.log(`FAILED: ${access.missing}`);
    process.exitCode = 1;
    return;
  }
  const wanted = shapes.filter((shape) => values.shape === undefined || values.shape === shape);
  const work = wanted.map((shape: Shape): Work => ({
    shape,
    modes: modes.filter((mode: Mode) => values.mode === undefined || values.mode === mode),
    flow: values.flow,
    verbose: values.verbose,
  }));
  const queue = [...work];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        await perform(next, access.command);
    }),
  );
  let agree = 0;
  let all = 0;
  for (const [profile, count] of counts) {
    agree += count.agree;
    all += count.agree + count.differ;
    console.log(
      `${profile}: agree ${count.agree} of ${count.agree + count.differ}, ${count.silent} without a claim`,
    );
  }
  for (const [reason, count] of silences) console.log(`no claim (${count}): ${reason}`);
  for (const missing of notInTheLab) console.log(`not in this lab: ${missing}`);
  const factsSaid = factCount.passed + factCount.failed;
  console.log(`networking facts x profiles: confirmed ${factCount.passed} of ${factsSaid}`);
  console.log(`flows x profiles: agree ${agree} of ${all}`);
  const failed = all - agree + factCount.failed + broken;
  const file = process.env['PODNET_RESULTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: agree + factCount.passed, failed }));
  process.exitCode = failed > 0 || agree + factCount.passed === 0 ? 1 : 0;
}

void main();
