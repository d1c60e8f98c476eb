// Facts G3 and G4: a pod's address, and the way inside of a pod. Measured at eth0 and by servers that tell whom they saw, with which
// TTL, by which device; stated by the trace.
import { readFile } from 'node:fs/promises';
import { podParts } from '../../../../src/features/treePod';
import { keyOf } from '../../../../src/model/objects';
import type { Protocol } from '../../../../src/model/ports';
import { parseEnd } from '../../../../src/trace/endText';
import type { Trace } from '../../../../src/trace/trace';
import { traceConnectivity } from '../../../../src/trace/traceConnectivity';
import type { RunningPod } from '../kubelet';
import { nodeAddress, type LabNode } from '../node';
import { claim, type Fact } from './fact';
import { required, type Lab } from './lab';

/** One question of a container to a server, and the trace of the same. */
export interface Flow {
  readonly subject: string;
  readonly from: RunningPod;
  readonly client: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export async function flowFact(lab: Lab, flow: Flow): Promise<Fact> {
  return {
    pod: flow.from.pod.name,
    subject: `${flow.subject}, ${flow.protocol}`,
    kernel: await seenWords(lab, flow),
    product: traceWords(traceOf(lab, flow)),
  };
}

async function seenWords({ node, kubelet }: Lab, flow: Flow): Promise<string> {
  const { containers } = flow.from;
  const client = required(
    containers.find(({ name }) => name === flow.client),
    `container ${flow.client}`,
  );
  const before = await packetsOverLo(node, client.pid);
  const answer = await kubelet.probe(client, 'ask', flow.protocol, flow.address, String(flow.port));
  const [, seen, device] = /^(\S+ ttl \d+) by (\S+)$/.exec(answer) ?? [];
  if (seen === undefined || device === undefined) return answer;
  // The server hears of the device that has the address; that a packet never left is told by the counters of lo.
  const stayed = (await packetsOverLo(node, client.pid)) > before;
  return `Reachable, seen as ${seen} by ${stayed ? 'lo' : device}`;
}

/** How many packets lo has received in the network namespace of the process. */
async function packetsOverLo(node: LabNode, pid: number): Promise<number> {
  const text = await readFile(node.path(`/proc/${pid}/net/dev`), 'utf8');
  const packets = /^\s*lo:\s*\d+\s+(\d+)/m.exec(text)?.[1];
  if (packets === undefined) throw new Error(`/proc/${pid}/net/dev tells nothing of lo:\n${text}`);
  return Number(packets);
}

function traceWords({ result, hops, verdict }: Trace): string {
  const last = hops.at(-1);
  const packet = last?.steps.at(-1)?.after;
  if (result !== 'Reachable' || packet === undefined) return verdict.words;
  return `${result}, seen as ${packet.source.text} ttl ${packet.ttl} by ${last?.device ?? 'nothing'}`;
}

function traceOf({ cluster }: Lab, { from, client, address, port, protocol }: Flow): Trace {
  const source = required(parseEnd(`${keyOf(from.pod)}/${client}`), 'a client');
  const destination = required(parseEnd(address), `a server at ${address}`);
  return traceConnectivity(cluster, { from: source.end, to: destination.end, port, protocol });
}

/** The pod's address in the runtime's words, at its device, for another pod, and in the product's words. */
export async function addressFacts(
  lab: Lab,
  running: RunningPod,
  server: RunningPod,
  flow: Pick<Flow, 'client' | 'port'>,
): Promise<readonly Fact[]> {
  const { pod } = running;
  const client = required(running.containers[0], `a container of ${pod.name}`);
  const eth0 = await deviceOf(lab, running.pause.pid);
  const answer = await lab.kubelet.probe(client, 'ask', 'TCP', server.ip, String(flow.port));
  const seen = answer.split(' ')[0] ?? '';
  const trace = traceOf(lab, { ...flow, subject: '', from: running, address: server.ip, protocol: 'TCP' });
  const selfView = trace.principles.find(({ id }) => id === 'G3')?.reason ?? '';
  const row = podParts(lab.cluster, pod).find(({ kind }) => kind === 'device');
  const tooltip = (row?.tooltip ?? []).map((line) => line.join(': ')).join('\n');
  const agreed = eth0.address === running.ip && running.ip === seen;
  const address = agreed ? seen : `eth0 ${eth0.address}, runtime ${running.ip}, seen as ${seen}`;
  return [
    claim(pod.name, 'its address', `sees ${address}, the pod's own address`, selfView),
    claim(pod.name, 'its device', `${eth0.name}, in the network namespace of the pod`, tooltip),
    claim(pod.name, 'other end', `a port of bridge ${eth0.bridge}`, tooltip),
  ];
}

/** On hostNetwork the runtime knows no address: the pod has those of the node. */
export function hostAddressFact({ cluster }: Lab, { pod, ip }: RunningPod): Fact {
  const device = podParts(cluster, pod).find(({ kind }) => kind === 'device');
  const kernel = ip === '' ? `${nodeAddress} · no device of its own` : ip;
  return claim(pod.name, 'its address', kernel, device?.description ?? '');
}

/**
 * The promise that containers of a pod share one network namespace and its ports, as the trace to the pod judges it.
 * @param server a pod whose containers all declare a port
 */
export function sharingPrincipleFact(lab: Lab, from: RunningPod, server: RunningPod, port: number): Fact {
  const [client] = from.containers;
  const { pod, containers } = server;
  const question = {
    subject: '',
    from,
    client: client?.name ?? '',
    address: server.ip,
    port,
    protocol: 'TCP',
  } as const;
  const reason = traceOf(lab, question).principles.find(({ id }) => id === 'G4')?.reason ?? '';
  const oneNetwork = containers.every(
    ({ namespaces }) => namespaces === undefined || namespaces.net === server.pause.namespaces.net,
  );
  const failed = containers.some(({ failure }) => failure !== undefined);
  const names = containers.map(({ name }) => name).join(' and ');
  const words = failed
    ? `${names} cannot both have TCP/${port}`
    : `The ${containers.length} containers of ${keyOf(pod)} share one address and want different ports`;
  return claim(pod.name, 'principle G4', oneNetwork ? words : 'more than one network namespace', reason);
}

interface Device {
  readonly name: string;
  readonly address: string;
  /** The bridge that its other end is a port of. */
  readonly bridge: string;
}

/** The one device beside lo in the network namespace of the process, with its first IPv4 address. */
export async function deviceOf({ node }: Lab, pid: number): Promise<Device> {
  const inside = await node.run(
    ...(['nsenter', '--target', String(pid), '--net'] as const),
    ...(['ip', '-json', '-4', 'address', 'show', 'scope', 'global'] as const),
  );
  const [device] = parseLinks(inside);
  const links = parseLinks(await node.run('ip', '-json', 'link'));
  const peer = links.find(({ ifindex }) => ifindex === device?.link_index);
  return {
    name: device?.ifname ?? 'nothing',
    address: device?.addr_info?.[0]?.local ?? 'none',
    bridge: peer?.master ?? 'none',
  };
}

/** What `ip -json` prints of a device, as far as it is read here. */
interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  /** Of a veth: the index of its other end. */
  readonly link_index?: number;
  readonly master?: string;
  readonly addr_info?: readonly { readonly local: string }[];
}

function parseLinks(text: string): readonly Link[] {
  // ip prints an empty object for a device that its filter left out.
  return (JSON.parse(text) as readonly Partial<Link>[]).filter(
    (link): link is Link => link.ifname !== undefined && link.ifindex !== undefined,
  );
}
