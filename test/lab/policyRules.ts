// Answers: which nftables rules enforce these NetworkPolicies on this node? A translation as literal as it can be, made from
// the policy objects without src/policy: every rule becomes addresses and ports. Judged where packets are forwarded, after
// Service translation and before masquerading, as Calico, kube-router and kindnet do (spec D6); after kube-proxy's own
// refusals, as kindnet does.
import type { Cluster } from '../../src/model/cluster';
import { isLive, type Pod } from '../../src/model/pod';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../src/model/policy';
import type { LabelSelector } from '../../src/model/selector';

type Direction = 'ingress' | 'egress';

export const noPolicyRules = 'table ip networkpolicy\ndelete table ip networkpolicy\n';

export function policyRules(cluster: Cluster, node: string): string {
  const pods = cluster.pods.filter((pod) => isLive(pod) && !pod.spec.hostNetwork && pod.addresses.length > 0);
  const chains: string[] = [];
  const jumps: string[] = [];
  pods
    .filter((pod) => pod.node?.value === node)
    .forEach((pod, index) => {
      for (const direction of ['egress', 'ingress'] as const) {
        const isolating = cluster.policies.filter(
          (policy) =>
            policy.namespace === pod.namespace &&
            policy.isolates[direction] &&
            selects(policy.podSelector, pod.labels),
        );
        if (isolating.length === 0) continue;
        const name = `${direction}-${index}`;
        const own = addressOf(pod);
        const [ours, theirs] = direction === 'egress' ? ['saddr', 'daddr'] : ['daddr', 'saddr'];
        const admitted = isolating.flatMap((policy) =>
          policy[direction].flatMap((rule) => admissions(cluster, pods, policy, rule, direction, pod)),
        );
        jumps.push(`ip ${ours} ${own} jump ${name}`);
        chains.push(
          [
            `chain ${name} {`,
            // A pod is not cut off from itself (Kubernetes documentation, "Network Policies").
            `ip ${theirs} ${own} return`,
            ...admitted.map((match) => `${match} return`),
            'drop',
            '}',
          ].join('\n'),
        );
      }
    });
  return [
    `${noPolicyRules}table ip networkpolicy {`,
    ...chains,
    'chain forward {',
    'type filter hook forward priority 5; policy accept;',
    'ct state established,related accept',
    ...jumps,
    '}',
    '}',
    '',
  ].join('\n');
}

/** nftables matches, one for each combination of peer and port. */
function admissions(
  cluster: Cluster,
  pods: readonly Pod[],
  policy: NetworkPolicy,
  rule: PolicyRule,
  direction: Direction,
  subject: Pod,
): readonly string[] {
  const side = direction === 'egress' ? 'daddr' : 'saddr';
  const ends = rule.peers.length === 0 ? [{ match: '', pod: undefined }] : rule.peers.flatMap(endsOf);
  return ends.flatMap(({ match, pod }) => {
    // A port's name is looked up on the pod that is sent to; without one in the rule, on every pod that there is.
    const destination = direction === 'ingress' ? subject : pod;
    const ports =
      rule.ports.length === 0 ? [''] : rule.ports.flatMap((port) => portMatches(port, destination));
    return ports.map((port) => `${match} ${port}`.trim());
  });

  function endsOf(peer: PolicyPeer): readonly { readonly match: string; readonly pod: Pod | undefined }[] {
    if (peer.kind === 'ipBlock') {
      const except = peer.except.map(({ text }) => `ip ${side} != ${text}`).join(' ');
      // nftables takes no prefix of length 0.
      const within = peer.cidr.prefix === 0 ? '' : `ip ${side} ${peer.cidr.text}`;
      return [{ match: `${within} ${except}`.trim() || 'ip version 4', pod: undefined }];
    }
    if (peer.kind !== 'pods') throw new Error(`a NetworkPolicy has no peer of kind ${peer.kind}`);
    return pods
      .filter((pod) => namedBy(cluster, policy, peer, pod))
      .map((pod) => ({ match: `ip ${side} ${addressOf(pod)}`, pod }));
  }

  function portMatches(port: PolicyPort, destination: Pod | undefined): readonly string[] {
    if (port.protocol === undefined) throw new Error('a port of a NetworkPolicy has a protocol');
    const protocol = port.protocol.toLowerCase();
    if (port.port === undefined) return [`meta l4proto ${protocol}`];
    if (typeof port.port === 'number') {
      const last = port.endPort === undefined ? '' : `-${port.endPort}`;
      return [`${protocol} dport ${port.port}${last}`];
    }
    const name = port.port;
    return (destination === undefined ? pods : [destination]).flatMap((target) =>
      target.spec.containers
        .filter(({ role }) => role === 'app')
        .flatMap(({ ports }) => ports)
        .filter((each) => each.name === name && each.protocol === port.protocol)
        .map(({ containerPort }) => `ip daddr ${addressOf(target)} ${protocol} dport ${containerPort}`),
    );
  }
}

function namedBy(
  cluster: Cluster,
  policy: NetworkPolicy,
  peer: Extract<PolicyPeer, { kind: 'pods' }>,
  pod: Pod,
): boolean {
  if (peer.namespaceSelector === undefined) {
    if (pod.namespace !== policy.namespace) return false;
  } else {
    const labels = cluster.namespaces.find(({ name }) => name === pod.namespace)?.labels ?? {};
    if (!selects(peer.namespaceSelector, { ...labels, 'kubernetes.io/metadata.name': pod.namespace }))
      return false;
  }
  return peer.podSelector === undefined || selects(peer.podSelector, pod.labels);
}

function selects({ requirements }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  for (const { key, operator, values } of requirements) {
    const has = Object.keys(labels).includes(key);
    const inValues = has && values.some((value) => value === labels[key]);
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
    if (operator === 'In' && !inValues) return false;
    if (operator === 'NotIn' && inValues) return false;
  }
  return true;
}

function addressOf(pod: Pod): string {
  const address = pod.addresses[0]?.value.text;
  if (address === undefined) throw new Error(`pod ${pod.namespace}/${pod.name} has no address`);
  return address;
}
