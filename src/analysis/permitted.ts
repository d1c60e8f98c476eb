// Answers: which ports do the policies of both ends permit between two groups? Asked from the rules, not from the pairs: each
// rule is told once whom it names, so that the cost follows what is permitted rather than everything that could be asked.
import type { Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { Pod } from '../model/pod';
import type { Direction, NetworkPolicy, PolicyPeer, PolicyRule } from '../model/policy';
import { allPorts, intersectPorts, isEmpty, noPorts, unionPorts, type PortSet } from '../model/ports';
import { policyJudgeOf } from '../policy/judge';
import { peerSelects } from '../policy/peers';
import { classifierOf } from '../policy/podClass';
import { portsOfRule } from '../policy/rulePorts';
import type { Group } from './groups';

type ByFamily = Readonly<Record<Family, PortSet>>;

/** What one group permits in one direction, by the group at the other end. undefined: no policy isolates it. */
type Row = ReadonlyMap<Group, ByFamily> | undefined;

interface Named {
  readonly group: Group;
  readonly families: readonly Family[];
}

const anything: ByFamily = { 4: allPorts, 6: allPorts };
const both: readonly Family[] = [4, 6];

/** @param groups all that will be asked for, ranges outside among them. */
export function permittedBetween(
  cluster: Cluster,
  groups: readonly Group[],
): (from: Group, to: Group) => PortSet {
  const judge = policyJudgeOf(cluster);
  const namedBy = ruleReader(cluster, groups);

  const makeRow = (direction: Direction, group: Group): Row => {
    const policies = group.subject === undefined ? [] : judge.isolating(direction, group.subject);
    if (policies.length === 0) return undefined;
    const row = new Map<Group, ByFamily>();
    for (const policy of policies) {
      for (const rule of policy[direction]) {
        const portsFor = portsOf(direction, rule, group);
        for (const { group: other, families } of namedBy(policy, rule))
          add(row, other, families, portsFor(other));
      }
    }
    return row;
  };
  const rows = { ingress: new Map<Group, Row>(), egress: new Map<Group, Row>() };
  for (const group of groups) {
    rows.ingress.set(group, makeRow('ingress', group));
    rows.egress.set(group, makeRow('egress', group));
  }

  return (from, to) => {
    const egress = rows.egress.get(from);
    const ingress = rows.ingress.get(to);
    const there = egress === undefined ? anything : egress.get(to);
    const here = ingress === undefined ? anything : ingress.get(from);
    if (there === undefined || here === undefined) return noPorts;
    let ports = noPorts;
    for (const family of sharedFamilies(from, to))
      ports = unionPorts(ports, intersectPorts(there[family], here[family]));
    return ports;
  };
}

/** A connection has one family at both ends (rule E60); what is outside may have any. */
function sharedFamilies(from: Group, to: Group): readonly Family[] {
  if (from.families === to.families || from.subject === undefined) return from.families;
  if (to.subject === undefined) return to.families;
  return from.families.filter((family) => to.families.includes(family));
}

/** Ports that the rule gives towards a group: names are looked up where the connection goes (rules E40, E42). */
function portsOf(direction: Direction, rule: PolicyRule, group: Group): (other: Group) => PortSet {
  if (direction === 'egress' && rule.ports.some(({ port }) => typeof port === 'string'))
    return (other) => portsOfRule(rule, onPodNetwork(other.subject));
  const ports = portsOfRule(rule, group.subject);
  return () => ports;
}

function add(row: Map<Group, ByFamily>, other: Group, families: readonly Family[], ports: PortSet): void {
  if (isEmpty(ports)) return;
  const before = row.get(other) ?? { 4: noPorts, 6: noPorts };
  const after = (family: Family): PortSet =>
    families.includes(family) ? unionPorts(before[family], ports) : before[family];
  row.set(other, { 4: after(4), 6: after(6) });
}

/** @returns whom a rule names; read once for each rule. */
function ruleReader(
  cluster: Cluster,
  groups: readonly Group[],
): (policy: NetworkPolicy, rule: PolicyRule) => readonly Named[] {
  const classOf = classifierOf(cluster);
  const everybody = groups.map((group): Named => ({ group, families: both }));
  const byNamespace = new Map<string, Group[]>();
  for (const group of groups) {
    const pod = onPodNetwork(group.subject);
    if (pod === undefined) continue;
    const list = byNamespace.get(pod.namespace);
    if (list === undefined) byNamespace.set(pod.namespace, [group]);
    else list.push(group);
  }
  const selects = (policy: NetworkPolicy, peer: PolicyPeer, { subject }: Group): boolean =>
    subject !== undefined && peerSelects(policy, { peers: [peer] }, classOf(subject), []);

  const namedBy = (policy: NetworkPolicy, peer: PolicyPeer): readonly Named[] => {
    if (peer.kind === 'ipBlock') {
      const { family } = peer.cidr.first;
      const families: readonly Family[] = [family];
      return groups
        .filter(({ addresses }) =>
          addresses.some((ip) => peerSelects(policy, { peers: [peer] }, undefined, ip)),
        )
        .map((group) => ({ group, families }));
    }
    if (peer.kind !== 'pods') return [];
    const { namespaceSelector } = peer;
    const near =
      namespaceSelector === undefined
        ? (byNamespace.get(policy.namespace) ?? [])
        : [...byNamespace.values()].flatMap((own) => {
            const [first] = own;
            return first !== undefined && selects(policy, { kind: 'pods', namespaceSelector }, first)
              ? own
              : [];
          });
    return near.filter((group) => selects(policy, peer, group)).map((group) => ({ group, families: both }));
  };

  const read = new Map<PolicyRule, readonly Named[]>();
  return (policy, rule) => {
    const known = read.get(rule);
    if (known !== undefined) return known;
    const made = rule.peers.length === 0 ? everybody : rule.peers.flatMap((peer) => namedBy(policy, peer));
    read.set(rule, made);
    return made;
  };
}

/** To policies a hostNetwork pod is only the address of its node (rule E54). */
function onPodNetwork(pod: Pod | undefined): Pod | undefined {
  return pod?.spec.hostNetwork === true ? undefined : pod;
}
