// Runs inside the lab's own mount, PID and network namespaces, one process per shape: builds the network, checks what it is
// told to and reports to main.ts. When it ends, the kernel takes everything down with it.
import { contradiction, facts } from './facts';
import { deafTargets, flowsOf, oddTargets, sourcesOf, targetsOf } from './flows';
import { startLab, type FlowResult, type Lab } from './lab';
import { labCluster, virtualAddresses } from './labCluster';
import { modes, profileName, profileOfSeed } from './profile';
import { randomCluster } from './randomCluster';
import { tracerOf } from './traces';
import type { Told, Work } from './work';

process.on('disconnect', () => process.exit(1));
process.on('message', (work: Work) => {
  perform(work).then(
    () => tell({ kind: 'end' }, () => process.exit(0)),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      tell({ kind: 'broken', reason }, () => process.exit(1));
    },
  );
});

function tell(told: Told, sent: () => void = () => undefined): void {
  process.send?.(told, undefined, undefined, sent);
}

async function perform(work: Work): Promise<void> {
  const started = Date.now();
  const lab = await startLab(labCluster, work.shape, virtualAddresses);
  tell({ kind: 'note', text: `${work.shape}: wired in ${Date.now() - started} ms` });
  for (const mode of modes) {
    if (work.modes.includes(mode)) await matrix(lab, work, mode);
  }
  for (const seed of work.seeds) await random(lab, work, seed);
}

/** Every source with every destination of the cluster that the seed means. */
async function random(lab: Lab, work: Work, seed: number): Promise<void> {
  const cluster = randomCluster(seed);
  const { mode } = profileOfSeed(seed);
  await lab.use(cluster, mode);
  const pattern = work.flow === undefined ? undefined : new RegExp(work.flow);
  const flows = flowsOf(sourcesOf(cluster), targetsOf(cluster)).filter(
    ({ name }) => pattern === undefined || pattern.test(name),
  );
  const results = await lab.check(cluster, flows, tracerOf(cluster, lab.wiring.shape, mode));
  const told = results.map((result) => wordsOf(result, work.verbose));
  tell({
    kind: 'cluster',
    seed,
    profile: profileName(lab.wiring.shape, mode),
    agree: told.filter(({ verdict }) => verdict === 'agree').length,
    silent: told.filter(({ verdict }) => verdict === 'silent').length,
    differences: told
      .filter(({ verdict }) => verdict === 'differ' || work.verbose)
      .map(({ name, verdict, detail }) => `${verdict}: ${name}\n  ${detail}`),
    failed: told.some(({ verdict }) => verdict === 'differ'),
  });
}

async function matrix(lab: Lab, work: Work, mode: Work['modes'][number]): Promise<void> {
  const started = Date.now();
  await lab.use(labCluster, mode);
  const pattern = work.flow === undefined ? undefined : new RegExp(work.flow);
  const flows = flowsOf(sourcesOf(labCluster), [
    ...targetsOf(labCluster),
    ...deafTargets(labCluster),
    ...oddTargets(),
  ]).filter(({ name }) => pattern === undefined || pattern.test(name));
  const profile = profileName(lab.wiring.shape, mode);
  const { shape } = lab.wiring;
  const results = await lab.check(labCluster, flows, tracerOf(labCluster, shape, mode));
  for (const result of results) tell({ kind: 'flow', profile, ...wordsOf(result, work.verbose) });
  for (const fact of facts) {
    const seen = results.find(({ flow }) => flow.name === fact.flow)?.observations[0];
    if (seen === undefined && pattern === undefined) throw new Error(`no flow is named ${fact.flow}`);
    if (seen !== undefined)
      tell({ kind: 'fact', profile, contradiction: contradiction(fact, shape, mode, seen) });
  }
  tell({ kind: 'note', text: `${profile}: ${flows.length} flows in ${Date.now() - started} ms` });
}

function wordsOf(
  { flow, verdict, detail, observations }: FlowResult,
  verbose: boolean,
): { readonly name: string; readonly verdict: FlowResult['verdict']; readonly detail: string } {
  const seen = observations.map(({ outcomes, answer, request, reply = [], memory }) =>
    [outcomes.join(), answer ?? 'no answer', ...request, ...reply.map((line) => `< ${line}`), ...memory].join(
      '\n    ',
    ),
  );
  return { name: flow.name, verdict, detail: verbose ? [detail, ...seen].join('\n  ') : detail };
}
