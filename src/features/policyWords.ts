// Answers: how is it said what policies of all tiers do? `admits 2 of 14 pods on TCP 6379`, which policies share a priority, and
// what one that is not judged could change. For hovers and the Policies view alike (spec E2).
import type { Cluster } from '../model/cluster';
import type {
  AdminPolicy,
  Direction,
  NetworkPolicy,
  PolicyRule,
  RuleAction,
  VendorEffect,
  VendorPolicy,
} from '../model/policy';
import { selectorText } from '../model/selector';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { portText } from '../policy/rulePorts';
import { podsOfNetwork } from './podGroups';
import { listed } from './words';

const verbs: Readonly<Record<RuleAction, string>> = { Allow: 'allows', Deny: 'denies', Pass: 'passes on' };

/** `admits` for rules of a NetworkPolicy, else what the action does. */
export function actionText({ kind }: NetworkPolicy | AdminPolicy, { action }: PolicyRule): string {
  return kind === 'NetworkPolicy' ? 'admits' : verbs[action];
}

/** `admits 2 of 14 pods on TCP 6379`; addresses and outside names by name, anybody in one word. */
export function ruleCounts(
  cluster: Cluster,
  policy: NetworkPolicy | AdminPolicy,
  direction: Direction,
  rule: PolicyRule,
): string {
  const verb = actionText(policy, rule);
  const side = direction === 'ingress' ? 'from ' : 'to ';
  const ports = [
    ...rule.ports.map(portText),
    ...(rule.unknownPort === undefined ? [] : [`unknown ${rule.unknownPort.fields.join(', ')}`]),
  ];
  const onPorts = ports.length === 0 ? 'every port' : listed(ports, 4);
  if (rule.peers.length === 0) return `${verb} ${side}anybody on ${onPorts}`;
  const judge = policiesOf(cluster);
  const byLabel = rule.peers.filter(({ kind }) => kind === 'pods');
  const pods = new Set(byLabel.flatMap((peer) => judge.peerPods(policy, peer))).size;
  const others = rule.peers.filter(({ kind }) => kind !== 'pods').map((peer) => peerText(policy, peer));
  const who = [
    ...(byLabel.length === 0 ? [] : [`${pods} of ${podsOfNetwork(cluster.pods).length} pods`]),
    ...others.slice(0, 3),
    ...(others.length > 3 ? [`${others.length - 3} more`] : []),
  ];
  return `${verb} ${side}${who.join(', ')} on ${onPorts}`;
}

/** Policies of the same tier that the API gives no order with this one. */
export function samePriority({ adminPolicies }: Cluster, policy: AdminPolicy): readonly AdminPolicy[] {
  return adminPolicies.filter(
    (each) =>
      each.tier === policy.tier &&
      each.priority === policy.priority &&
      !(each.kind === policy.kind && each.name === policy.name),
  );
}

/** Policies of the same tier that are asked before this one. */
export function askedBefore({ adminPolicies }: Cluster, policy: AdminPolicy): readonly AdminPolicy[] {
  return adminPolicies.filter((each) => each.tier === policy.tier && each.priority < policy.priority);
}

/** `may deny ingress; may allow or deny egress`; `changes nothing`. */
export function effectWords({ effect }: VendorPolicy): string {
  const sides = (['ingress', 'egress'] as const).flatMap((direction) => {
    const said = effect[direction];
    return said === undefined ? [] : [`${effectText(said)} ${direction}`];
  });
  return sides.length === 0 ? 'changes nothing' : sides.join('; ');
}

function effectText({ mayAllow, mayDeny, outsideOnly }: VendorEffect): string {
  const verb = mayAllow && mayDeny ? 'may allow or deny' : mayAllow ? 'may allow' : 'may deny';
  return outsideOnly === true ? `${verb} outside` : verb;
}

/** `pods app=web of namespace shop` */
export function vendorSubjectText({ namespace, subject }: VendorPolicy): string {
  const { podSelector, namespaceSelector } = subject ?? {};
  const pods =
    podSelector === undefined || podSelector.requirements.length === 0
      ? 'any pod'
      : `pods ${selectorText(podSelector)}`;
  const everywhere = namespaceSelector?.requirements.length === 0;
  if (namespaceSelector !== undefined && !everywhere)
    return `${pods} of namespaces ${selectorText(namespaceSelector)}`;
  return namespaceSelector !== undefined || namespace === ''
    ? `${pods} of the cluster`
    : `${pods} of namespace ${namespace}`;
}
