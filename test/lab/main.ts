// `npm run lab`: holds what traces say against a real Linux kernel. Starts one process per shape in mount, PID and network
// namespaces of its own, collects what they found, prints the table, and counts for the ring of tests.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modes, notInTheLab, profileOfSeed, shapes, type Mode, type Shape } from './profile';
import { labAccess, labEnvironment } from './requirements.mjs';
import type { Told, Work } from './work';

const { values } = parseArgs({
  options: {
    shape: { type: 'string' },
    mode: { type: 'string' },
    flow: { type: 'string' },
    clusters: { type: 'string', default: '200' },
    seed: { type: 'string' },
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
const clusterCount = { passed: 0, failed: 0, flows: 0 };
const factCount = { passed: 0, failed: 0 };
/** What went wrong, for people: printed at once, and again at the end of all rings. */
const failures: string[] = [];

function fail(text: string): void {
  failures.push(text);
  console.log(text);
}

function hear(told: Told): void {
  switch (told.kind) {
    case 'flow': {
      const count = counts.get(told.profile) ?? { agree: 0, differ: 0, silent: 0 };
      counts.set(told.profile, count);
      count[told.verdict] += 1;
      if (told.verdict === 'differ') fail(`DIFFER: ${told.profile}: ${told.name}\n  ${told.detail}`);
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
      if (told.contradiction !== undefined) fail(`CONTRADICTED: ${told.profile}: ${told.contradiction}`);
      return;
    case 'cluster':
      clusterCount.passed += told.failed ? 0 : 1;
      clusterCount.failed += told.failed ? 1 : 0;
      clusterCount.flows += told.agree;
      for (const text of told.differences) console.log(`CLUSTER ${told.seed}, ${told.profile}: ${text}`);
      if (told.failed) fail(`CLUSTER ${told.seed}: try it alone: npm run lab -- --seed ${told.seed}`);
      return;
    case 'note':
      console.log(told.text);
      return;
    case 'broken':
      fail(`FAILED: ${told.reason}`);
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

/** Seeds from 1 up, or the one that is asked for. */
function seedsOf(): readonly number[] {
  if (values.seed !== undefined) return [Number(values.seed)];
  return Array.from({ length: Number(values.clusters) }, (_, index) => index + 1);
}

async function main(): Promise<void> {
  const access = labAccess();
  if ('missing' in access) {
    console.log(`FAILED: ${access.missing}`);
    process.exitCode = 1;
    return;
  }
  const wanted = shapes.filter((shape) => values.shape === undefined || values.shape === shape);
  const seeds = seedsOf();
  // One seed alone is looked at alone.
  const fixed = modes.filter((mode: Mode) => values.mode === undefined || values.mode === mode);
  const work = wanted.map((shape: Shape): Work => ({
    shape,
    modes: values.seed === undefined ? fixed : [],
    seeds: seeds.filter((seed) => {
      const profile = profileOfSeed(seed);
      return profile.shape === shape && fixed.includes(profile.mode);
    }),
    flow: values.flow,
    verbose: values.verbose,
  }));
  const queue = work.filter((each) => each.modes.length + each.seeds.length > 0);
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
  const clusters = clusterCount.passed + clusterCount.failed;
  console.log(
    `random clusters (seeds ${seeds[0] ?? 0} to ${seeds.at(-1) ?? 0}, ${clusterCount.flows} flows): agree ${clusterCount.passed} of ${clusters}`,
  );
  console.log(`flows x profiles: agree ${agree} of ${all}`);
  const passed = agree + factCount.passed + clusterCount.passed;
  const file = process.env['PODNET_RESULTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed: failures.length, failures }));
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
}

void main();
