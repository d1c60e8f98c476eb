// Answers: is what the product says of a pod's sandbox what containerd and the kernel did? Makes the pods of pods.yaml on a node of
// namespaces, holds every statement against them, prints both sides. Run by the ring `runtime`; README.md says what is compared.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createStore } from '../../../src/load/store';
import type { Cluster } from '../../../src/model/cluster';
import type { Pod } from '../../../src/model/pod';
import { defaultSettings } from '../../../src/simulate/settings';
import { simulate } from '../../../src/simulate/simulate';
import { root } from '../../support/vscode/paths.mjs';
import { addressFacts, flowFact, hostAddressFact, sharingPrincipleFact, type Flow } from './facts/addresses';
import { agrees, factTable, type Fact } from './facts/fact';
import { required, type Lab } from './facts/lab';
import { meaningFacts } from './facts/meaning';
import { comeAndGoFact, nothingHeldFact, pauseEndFacts } from './facts/pause';
import { bindFacts, hostRivalFact, rivalFact, rivalRowFact } from './facts/ports';
import { processFacts } from './facts/processes';
import { heldNamespaces, sharingFacts } from './facts/sharing';
import { namespacesOf } from './kernel';
import { createKubelet, type RunningContainer, type RunningPod } from './kubelet';
import { nodeAddress, nodeName, podCidr, startNode, type LabNode } from './node';

const sources = join(root, 'test', 'lab', 'runtime');

async function main(): Promise<void> {
  const started = Date.now();
  const manifests = readFileSync(join(sources, 'pods.yaml'), 'utf8');
  const facts = await withNode(async (node) => {
    const { runtimeName, runtimeVersion } = await node.cri.call('Version', {});
    console.log(`${runtimeName} ${runtimeVersion}`);
    return measure(node, manifests);
  });
  console.log(factTable(facts));
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  const passed = facts.filter(agrees).length;
  const wrong = facts.filter((fact) => !agrees(fact));
  const failures = wrong.map(
    ({ pod, subject, kernel, product }) => `${pod}: ${subject}\nkernel: ${kernel}\nproduct: ${product}`,
  );
  const results = process.env['PODNET_RESULTS'];
  if (results !== undefined)
    writeFileSync(results, JSON.stringify({ passed, failed: failures.length, failures }));
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/** Ends the node in any case, also when somebody ends this process. */
async function withNode<T>(use: (node: LabNode) => Promise<T>): Promise<T> {
  const node = await startNode(sources);
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        reject(new Error(`The lab was ended by ${signal}.`));
      });
  });
  try {
    return await Promise.race([use(node), interrupted]);
  } finally {
    await node.stop();
  }
}

async function measure(node: LabNode, manifests: string): Promise<readonly Fact[]> {
  const kubelet = createKubelet(node);
  try {
    const userNamespaces = await offersUserNamespaces(node);
    if (!userNamespaces)
      console.log('Not compared: hostUsers. This runtime offers no user namespaces over the CRI.');
    const running: RunningPod[] = [];
    for (const pod of load(manifests).pods)
      if (userNamespaces || pod.spec.hostUsers !== false) running.push(await kubelet.startPod(pod));
    const cluster = load(snapshot(manifests, running));
    const lab = { node, nodeNamespaces: await namespacesOf(node, 1), kubelet, cluster };
    return await compare(
      lab,
      running.map((each) => ({ ...each, pod: podNamed(cluster, each.pod.name) })),
    );
  } finally {
    await kubelet.close();
  }
}

async function compare(lab: Lab, all: readonly RunningPod[]): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  const { nodeNamespaces } = lab;
  const about = (what: string): readonly RunningPod[] =>
    all.filter(({ pod }) => pod.labels['about'] === what);
  const running = (name: string): RunningPod =>
    required(
      all.find(({ pod }) => pod.name === name),
      `pod ${name}`,
    );

  for (const each of about('namespaces')) {
    facts.push(...sharingFacts(each, nodeNamespaces), ...(await processFacts(lab, each)));
    if (heldNamespaces(each, nodeNamespaces).length === 0) facts.push(nothingHeldFact(each, nodeNamespaces));
    if (each.containers.every(({ role }) => role === 'app')) facts.push(...(await meaningFacts(lab, each)));
  }

  const [plain, shared] = [running('plain'), running('shared-processes')];
  const [hostNetwork, rivals] = [running('host-network'), running('rivals')];
  for (const flow of flows(plain, shared, hostNetwork)) facts.push(await flowFact(lab, flow));
  facts.push(...(await addressFacts(lab, shared, plain, { client: 'web', port: 8080 })));
  facts.push(hostAddressFact(lab, hostNetwork));
  facts.push(sharingPrincipleFact(lab, plain, plain, 8080), sharingPrincipleFact(lab, shared, rivals, 8080));

  const ports = about('ports');
  facts.push(...[plain, ...ports].map(rivalFact));
  for (const each of ports.filter(({ containers }) => containers.some(failed)))
    facts.push(rivalRowFact(lab, each));
  for (const each of about('node-ports')) facts.push(hostRivalFact(each, hostNetwork.pod));
  facts.push(...(await bindFacts(lab, plain, rivals.pod)));

  // From here on sandboxes are taken apart.
  for (const name of ['host-ipc', 'host-pid', 'debugged-shared'])
    facts.push(await comeAndGoFact(lab, running(name)));
  const client = required(running('two-protocols').containers[0], 'a client');
  for (const each of [plain, shared, hostNetwork, running('host-pid-network')])
    facts.push(...(await pauseEndFacts(lab, each, client, 8080)));
  return facts;
}

function flows(plain: RunningPod, shared: RunningPod, hostNetwork: RunningPod): readonly Flow[] {
  const inside = { from: plain, client: 'proxy', port: 8080 };
  const across = { from: shared, client: 'proxy', port: 8080, address: plain.ip };
  return [
    { ...inside, subject: 'container to container', address: '127.0.0.1', protocol: 'TCP' },
    { ...inside, subject: 'container to container', address: '127.0.0.1', protocol: 'UDP' },
    { ...inside, subject: 'to its own address', address: plain.ip, protocol: 'TCP' },
    { ...inside, subject: 'to its own address', address: plain.ip, protocol: 'UDP' },
    { ...across, subject: 'pod to pod', protocol: 'TCP' },
    { ...across, subject: 'pod to pod', protocol: 'UDP' },
    { ...across, subject: 'pod to hostNetwork pod', address: nodeAddress, port: 7070, protocol: 'TCP' },
    { ...across, subject: 'pod to hostNetwork pod', address: nodeAddress, port: 7071, protocol: 'UDP' },
    { ...across, subject: 'hostNetwork pod to pod', from: hostNetwork, client: 'agent', protocol: 'TCP' },
    {
      ...{ from: hostNetwork, client: 'agent', address: '127.0.0.1', port: 7071, protocol: 'UDP' },
      subject: 'hostNetwork, localhost',
    },
  ];
}

async function offersUserNamespaces({ cri }: LabNode): Promise<boolean> {
  const { runtimeHandlers } = await cri.call('Status', {});
  return runtimeHandlers.some(({ name, features }) => name === '' && features?.userNamespaces === true);
}

/** The product's reading of manifests or of a snapshot. @throws when it has something to complain about */
function load(text: string): Cluster {
  const loaded = createStore().apply([{ file: 'pods.yaml', text }]);
  const { cluster, problems } = simulate(loaded.cluster, defaultSettings);
  const errors = [...loaded.problems, ...problems].filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return cluster;
}

/** What an API server would say of the pods that run: the manifests with a node and a status each. */
function snapshot(manifests: string, running: readonly RunningPod[]): string {
  const pods = parseAllDocuments(manifests).flatMap((document) => {
    const pod = document.toJS() as { readonly metadata: { readonly name: string }; readonly spec: object };
    const made = running.find((each) => each.pod.name === pod.metadata.name);
    return made === undefined ? [] : [{ ...pod, spec: { ...pod.spec, nodeName }, status: podStatus(made) }];
  });
  const node = {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    status: {
      addresses: [{ type: 'InternalIP', address: nodeAddress }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node, ...pods] });
}

/** As a kubelet reports it: on hostNetwork the address is the node's, which the runtime does not know. */
function podStatus({ pod, ip, containers }: RunningPod): object {
  const whole = containers.length === pod.spec.containers.length && !containers.some(failed);
  const podIP = pod.spec.hostNetwork ? nodeAddress : ip;
  return {
    phase: containers.length === pod.spec.containers.length ? 'Running' : 'Pending',
    conditions: [{ type: 'Ready', status: whole ? 'True' : 'False' }],
    ...{ podIP, podIPs: [{ ip: podIP }], hostIP: nodeAddress, hostIPs: [{ ip: nodeAddress }] },
  };
}

function failed({ failure }: RunningContainer): boolean {
  return failure !== undefined;
}

function podNamed({ pods }: Cluster, name: string): Pod {
  return required(
    pods.find((pod) => pod.name === name),
    `pod ${name} in the product's cluster`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
