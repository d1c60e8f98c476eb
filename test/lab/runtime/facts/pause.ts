// Facts A2 and A3: what pause is for, and what its end means. Measured by letting containers come and go, and by killing pause;
// stated by Show Namespaces and by the tooltip of the pause row.
import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { namespacesSummary } from '../../../../src/features/namespaces';
import { podParts } from '../../../../src/features/treePod';
import { namespacesOf, processOf, type Namespaces } from '../kernel';
import { exitCode, type RunningContainer, type RunningPod } from '../kubelet';
import { until } from '../waiting';
import { deviceOf } from './addresses';
import { claim, type Fact } from './fact';
import { required, type Lab } from './lab';
import { heldNamespaces } from './sharing';

/** Ends every container of the pod, and starts the first again: it has to find the same namespaces. */
export async function comeAndGoFact(lab: Lab, running: RunningPod): Promise<Fact> {
  const { pod } = running;
  const { cri } = lab.node;
  for (const { id } of running.containers) await cri.call('StopContainer', { containerId: id, timeout: 10 });
  const { status } = await cri.call('PodSandboxStatus', { podSandboxId: running.sandboxId, verbose: false });
  const first = required(pod.spec.containers[0], `a container of ${pod.name}`);
  const again = await lab.kubelet.startContainer(running, first, 1);
  const kept = heldNamespaces(running, lab.nodeNamespaces).filter(
    (name) => again.namespaces?.[name] === running.pause.namespaces[name],
  );
  const same = status.state === 'SANDBOX_READY' && status.network?.ip === running.ip;
  return claim(
    pod.name,
    'containers come and go',
    same && kept.length > 0
      ? `The pause container holds ${kept.join(', ')} open, so that containers may come and go`
      : `${status.state}, ${kept.length} namespaces are the same`,
    namespacesSummary(pod),
  );
}

/** Where pause holds nothing: whose the shared namespaces are, of those that a pod usually has. */
export function nothingHeldFact(running: RunningPod, node: Namespaces): Fact {
  const { pod } = running;
  const titles = { net: 'Network', ipc: 'shared memory', uts: 'host name' } as const;
  const ofNode = (['net', 'ipc', 'uts'] as const).filter((name) =>
    running.containers.every(({ namespaces }) => namespaces?.[name] === node[name]),
  );
  const held = heldNamespaces(running, node);
  return claim(
    pod.name,
    'what pause holds',
    held.length === 0 && ofNode.length === 3
      ? `${titles.net}, ${titles.ipc} and ${titles.uts} are those of the node: pause holds nothing`
      : `holds ${held.join(', ')}; the node's are ${ofNode.join(', ')}`,
    namespacesSummary(pod),
  );
}

/**
 * Kills pause, asks for another container, lets the sandbox be stopped as a kubelet does, and starts the pod anew. Nothing of the
 * old sandbox is left afterwards.
 * @param client a container of another pod, which asks the pod on TCP `port`
 */
export async function pauseEndFacts(
  lab: Lab,
  running: RunningPod,
  client: RunningContainer,
  port: number,
): Promise<readonly Fact[]> {
  const { node, kubelet } = lab;
  const { pod, sandboxId: podSandboxId, ip } = running;
  const tooltip = podParts(lab.cluster, pod).find(({ kind }) => kind === 'pause')?.tooltip ?? [];
  const text = tooltip.find(([title]) => title === 'If it ends')?.[1] ?? '';
  const said = (subject: string, words: string): Fact => claim(pod.name, subject, words, text);

  await node.kill(running.pause.pid);
  await until(`the sandbox of ${pod.name} is not ready`, async () => {
    const { status } = await node.cri.call('PodSandboxStatus', { podSandboxId, verbose: false });
    return status.state === 'SANDBOX_NOTREADY';
  });
  const alive = await survivors(lab, running);
  const facts = [
    said('pause is killed: sandbox', 'the sandbox is no longer ready'),
    said(
      'pause is killed: containers',
      alive.length === running.containers.length
        ? 'the containers run on'
        : alive.length === 0
          ? 'all containers end with it'
          : `only ${alive.join(', ')} run on`,
    ),
  ];
  if (alive.length > 0) {
    if (!pod.spec.hostNetwork)
      facts.push(said('pause is killed: network', await networkWords(lab, running, client, port)));
    facts.push(said('pause is killed: starting', await startingWords(lab, running)));
  }

  const path = await netnsPath(lab, running);
  await node.cri.call('StopPodSandbox', { podSandboxId });
  const left = await survivors(lab, running);
  if (alive.length > 0)
    facts.push(said('sandbox is stopped: containers', left.length === 0 ? 'ends them all' : left.join(', ')));
  await node.cri.call('RemovePodSandbox', { podSandboxId });
  const anew = await kubelet.startPod(pod, 1);
  if (!pod.spec.hostNetwork) {
    const gone = path !== '' && (await stat(node.path(path)).catch(() => undefined)) === undefined;
    const old = await kubelet.probe(client, 'ask', 'TCP', ip, String(port));
    const fresh = anew.ip !== ip && gone && !/ ttl /.test(old);
    facts.push(
      said(
        'pod is made anew: address',
        fresh ? 'makes a new sandbox with a new address' : `${ip}, then ${anew.ip}; ${path}; ${old}`,
      ),
    );
  }
  return facts;
}

/** Names of the containers whose process lives. @throws when one has ended otherwise than by SIGKILL */
async function survivors({ node }: Lab, { containers }: RunningPod): Promise<readonly string[]> {
  const alive: string[] = [];
  for (const { name, id, pid } of containers) {
    const found = await processOf(node, pid);
    if (found !== undefined && found.state !== 'Z') {
      alive.push(name);
      continue;
    }
    let code: number | undefined;
    await until(`the end of ${name} is told`, async () => {
      code = await exitCode(node.cri, id);
      return code !== undefined;
    });
    if (code !== 128 + constants.signals.SIGKILL) throw new Error(`${name} ended with ${code ?? 'no code'}.`);
  }
  return alive;
}

async function networkWords(
  lab: Lab,
  running: RunningPod,
  client: RunningContainer,
  port: number,
): Promise<string> {
  const { pid } = required(running.containers[0], 'a container');
  const { net } = await namespacesOf(lab.node, pid);
  const device = await deviceOf(lab, pid);
  const answer = await lab.kubelet.probe(client, 'ask', 'TCP', running.ip, String(port));
  const kept = net === running.pause.namespaces.net && device.address === running.ip && / ttl /.test(answer);
  return kept ? 'keep the network' : `eth0 has ${device.address}, a client gets ${answer}`;
}

async function startingWords(lab: Lab, running: RunningPod): Promise<string> {
  const first = required(running.pod.spec.containers[0], 'a container');
  try {
    await lab.kubelet.startContainer(running, { ...first, name: 'latecomer', ports: [] }, 0);
    return 'another can start beside them';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return /sandbox/.test(reason) ? 'none can start beside them' : reason;
  }
}

/** Where the runtime keeps the network namespace by a bind mount; empty on hostNetwork. */
async function netnsPath({ node }: Lab, { sandboxId }: RunningPod): Promise<string> {
  const { info } = await node.cri.call('PodSandboxStatus', { podSandboxId: sandboxId, verbose: true });
  return /"path":\s*"([^"]*\/netns\/[^"]+)"/.exec(info['info'] ?? '')?.[1] ?? '';
}
