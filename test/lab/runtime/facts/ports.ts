// Facts G4: which containers cannot have the port that they want. Measured by letting each serve what it declares; stated by the
// port conflicts of the tree and of the trace, and by the scheduler where the ports are the node's.
import { namespaceRows } from '../../../../src/features/namespaces';
import { podParts } from '../../../../src/features/treePod';
import type { Cluster } from '../../../../src/model/cluster';
import type { Pod } from '../../../../src/model/pod';
import { portRivals } from '../../../../src/model/portConflict';
import { hostPortsOf, portsConflict } from '../../../../src/simulate/hostPorts';
import type { RunningPod } from '../kubelet';
import { claim, type Fact } from './fact';
import { required, type Lab } from './lab';

/** `mesh or web cannot have TCP 8080`: whoever served first, and whoever failed for it. */
export function rivalFact(running: RunningPod): Fact {
  const { pod } = running;
  const rivals = portRivals(pod).map(({ protocol, port, claims }) =>
    rivalWords(
      `${protocol} ${port}`,
      claims.map(({ container }) => container.name),
    ),
  );
  return {
    pod: pod.name,
    subject: 'ports',
    kernel: failureWords(running),
    product: rivals.length === 0 ? 'every container has its ports' : rivals.join('; '),
  };
}

function failureWords({ pod, containers }: RunningPod): string {
  const failed = containers.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return 'every container has its ports';
  return failed
    .map(({ name, failure = '' }) => {
      const [port = '', reason = ''] = failure.split(': ');
      if (reason !== 'EADDRINUSE') return `${name}: ${failure}`;
      const served = containers.filter((container) => {
        const declared = pod.spec.containers.find((each) => each.name === container.name)?.ports ?? [];
        const wants = declared.some((each) => `${each.protocol} ${each.containerPort}` === port);
        return wants && container.failure === undefined && container.role !== 'init';
      });
      return rivalWords(port, [...served.map((container) => container.name), name]);
    })
    .join('; ');
}

function rivalWords(port: string, names: readonly string[]): string {
  return `${[...names].sort().join(' or ')} cannot have ${port}`;
}

/** The row of the container that failed says with whom it collides, and what happens. */
export function rivalRowFact({ cluster }: Lab, { pod, containers }: RunningPod): Fact {
  const failed = containers.find(({ failure }) => failure !== undefined);
  const served = containers.find(({ failure }) => failure === undefined);
  const [port = '', reason = ''] = (failed?.failure ?? '').split(': ');
  return claim(
    pod.name,
    'row of the second',
    `${port} is also wanted by ${served?.name ?? 'nobody'}: on one address the second to bind fails with ${reason}`,
    conflictText(cluster, pod, failed?.name),
  );
}

/** What the row of a container says of its ports' conflicts. */
function conflictText(cluster: Cluster, pod: Pod, container: string | undefined): string {
  const row = podParts(cluster, pod).find(({ kind, label }) => kind === 'container' && label === container);
  return (row?.tooltip ?? []).flatMap(([title, text]) => (title === 'Conflict' ? [text] : [])).join('; ');
}

/** On hostNetwork the ports are the node's: the scheduler keeps apart what could not run side by side. */
export function hostRivalFact({ pod, containers }: RunningPod, other: Pod): Fact {
  const [failed] = containers;
  const conflict = hostPortsOf(pod.spec).find((port) =>
    hostPortsOf(other.spec).some((taken) => portsConflict(port, taken)),
  );
  return {
    pod: pod.name,
    subject: `beside ${other.name}`,
    kernel: failed?.failure === undefined ? 'both run' : failed.failure.replace(': EADDRINUSE', ' is taken'),
    product: conflict === undefined ? 'both run' : `${conflict.protocol} ${conflict.port} is taken`,
  };
}

/**
 * Which addresses may be bound beside which, with one port number; each in another container of the pod.
 * @param rivals a pod whose containers collide, and whose rows say so
 */
export async function bindFacts(lab: Lab, running: RunningPod, rivals: Pod): Promise<readonly Fact[]> {
  const { kubelet } = lab;
  const { pod } = running;
  const one = required(running.containers[0], `a container of ${pod.name}`);
  const other = required(running.containers[1], `a second container of ${pod.name}`);
  const second = async (port: number, first: Bind, then: Bind): Promise<string> => {
    await kubelet.probe(one, 'hold', first.protocol, first.address, String(port));
    const answer = await kubelet.probe(other, 'hold', then.protocol, then.address, String(port));
    return answer.split(': ').at(-1) ?? '';
  };
  const loopback = { protocol: 'TCP', address: '127.0.0.1' };
  const own = { protocol: 'TCP', address: running.ip };
  const every = { protocol: 'TCP', address: '0.0.0.0' };
  const results = {
    same: await second(1001, own, own),
    apart: await second(1002, loopback, own),
    everyFirst: await second(1003, every, loopback),
    everySecond: await second(1004, own, every),
    protocols: await second(1005, own, { ...own, protocol: 'UDP' }),
    udp: await second(1006, { ...own, protocol: 'UDP' }, { ...own, protocol: 'UDP' }),
  };
  const meaning = namespaceRows(pod).find(({ name }) => name === 'net')?.meaning ?? '';
  const refused = (...answers: readonly string[]): boolean => answers.every((each) => each === 'EADDRINUSE');
  const took = (...answers: readonly string[]): boolean => answers.every((each) => each === 'bound');
  const seen = JSON.stringify(results);
  return [
    claim(
      pod.name,
      'one port twice',
      refused(results.same, results.udp) ? 'two cannot take one port' : seen,
      meaning,
    ),
    claim(
      pod.name,
      'all addresses',
      refused(results.everyFirst, results.everySecond) ? '0.0.0.0 is every address' : seen,
      conflictText(lab.cluster, rivals, rivals.spec.containers[1]?.name),
    ),
    claim(
      pod.name,
      'TCP beside UDP, 127.0.0.1 beside the pod IP',
      took(results.apart, results.protocols) ? 'unless protocol or address differ' : seen,
      meaning,
    ),
  ];
}

interface Bind {
  readonly protocol: string;
  readonly address: string;
}
