// Facts A2: who sees whose processes, who is PID 1, and who takes orphans in. Measured inside of the containers and by the state of
// an orphan that has ended; stated by the pid row of Show Namespaces and by the pause row of the Cluster view.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespaceRows } from '../../../../src/features/namespaces';
import { podParts } from '../../../../src/features/treePod';
import { processNamed, processOf } from '../kernel';
import type { RunningContainer, RunningPod } from '../kubelet';
import { until } from '../waiting';
import { claim, type Fact } from './fact';
import { required, type Lab } from './lab';
import { groupsOf, heldNamespaces } from './sharing';

export async function processFacts(lab: Lab, running: RunningPod): Promise<readonly Fact[]> {
  const { pod } = running;
  const live = running.containers.filter(({ role }) => role !== 'init');
  const views: View[] = [];
  // One after the other: who looks is itself a process, and would be seen by another who looks.
  for (const container of live) views.push(await viewOf(lab, container));
  const orphan = await fateOfOrphan(lab, running, live);
  const meaning = namespaceRows(pod).find(({ name }) => name === 'pid')?.meaning ?? '';
  const pauseRow = podParts(lab.cluster, pod).find(({ kind }) => kind === 'pause')?.description ?? '';
  const groups = groupsOf('pid', running);
  const held = heldNamespaces(running, lab.nodeNamespaces);
  const pauseIsFirst = views.every(({ first }) => first === 'pause');
  const holds = held.length === 0 ? 'holds no namespace of the pod' : `holds ${held.join(', ')}`;
  const reaps =
    pauseIsFirst && orphan === 'reaps zombies' ? 'PID 1, reaps zombies' : 'not PID 1 of the containers';
  return [
    claim(pod.name, 'sees', sightWords(views, groups, running), meaning),
    claim(pod.name, 'PID 1', firstWords(views, groups), meaning),
    claim(pod.name, 'orphans', orphan, meaning),
    ...groups
      .filter(
        (group) => group.length > 1 && views.every(({ first }) => first !== 'pause' && first !== 'init'),
      )
      .map(([owner = '', ...others]) =>
        claim(pod.name, 'target', `${others.join(' and ')} joins the processes of ${owner}`, meaning),
      ),
    { pod: pod.name, subject: 'pause row', kernel: `${holds} · ${reaps}`, product: pauseRow },
  ];
}

/** What /proc inside of a container shows. */
export interface View {
  readonly container: string;
  /** Name of its PID 1. */
  readonly first: string;
  /** By name, with their numbers inside; without the process that looked. */
  readonly processes: ReadonlyMap<string, number>;
}

export async function viewOf({ kubelet }: Pick<Lab, 'kubelet'>, container: RunningContainer): Promise<View> {
  const lines = (await kubelet.probe(container, 'processes')).split('\n');
  const all = lines.map((line) => {
    const [pid = '', name = ''] = line.split(' ');
    return { pid: Number(pid), name };
  });
  const processes = new Map(all.filter(({ name }) => name !== 'probe').map(({ name, pid }) => [name, pid]));
  return { container: container.name, first: all.find(({ pid }) => pid === 1)?.name ?? 'nobody', processes };
}

function sightWords(
  views: readonly View[],
  groups: readonly (readonly string[])[],
  running: RunningPod,
): string {
  const sees = (view: View, names: readonly string[]): boolean =>
    names.every((name) => view.processes.has(name));
  if (views.every((view) => sees(view, ['init', 'containerd', 'pause'])))
    return 'containers see every process of the node';
  const names = running.containers.filter(({ role }) => role !== 'init').map(({ name }) => name);
  if (views.every((view) => sees(view, ['pause', ...names]) && !sees(view, ['containerd'])))
    return 'containers see the processes of each other';
  const onlyOwn = views.every((view) => {
    const group = groups.find((each) => each.includes(view.container)) ?? [];
    return sees(view, group) && view.processes.size === group.length;
  });
  if (onlyOwn) return 'Each container sees only its own processes';
  return views
    .map(({ container, processes }) => `${container} sees ${[...processes.keys()].join(', ')}`)
    .join('; ');
}

function firstWords(views: readonly View[], groups: readonly (readonly string[])[]): string {
  if (views.every(({ first }) => first === 'init')) return 'whose init is PID 1';
  if (views.every(({ first }) => first === 'pause')) return 'pause is PID 1';
  const own = views.every(({ container, first }) =>
    groups.some((group) => group.includes(container) && group[0] === first),
  );
  if (own) return 'its application is PID 1';
  return views.map(({ container, first }) => `PID 1 of ${container} is ${first}`).join('; ');
}

/** Makes an orphan in a container, ends it, and looks who asks for its exit code. */
async function fateOfOrphan(
  { node, kubelet }: Lab,
  running: RunningPod,
  live: readonly RunningContainer[],
): Promise<string> {
  const container = required(live[0], `a container of ${running.pod.name} that runs`);
  // A command name has 15 characters.
  const name = `orphan-${randomBytes(4).toString('hex')}`;
  await kubelet.probe(container, 'orphan', name);
  const orphan = required(await processNamed(node, name), `${name} of ${running.pod.name}`);
  await node.kill(orphan.pid);
  if (live.some(({ pid }) => pid === orphan.parent)) {
    await until(`${name} has ended`, async () => (await processOf(node, orphan.pid))?.state === 'Z');
    // Time enough to be reaped, if its new parent did that.
    await sleep(300);
    const left = await processOf(node, orphan.pid);
    return left?.state === 'Z' ? 'pause reaps nothing' : `the application, process ${orphan.parent}, reaps`;
  }
  await until(`${name} is reaped`, async () => (await processOf(node, orphan.pid)) === undefined);
  return orphan.parent === running.pause.pid ? 'reaps zombies' : 'pause reaps nothing';
}
