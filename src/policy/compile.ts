// Answers: what does each rule of every policy say, as numbers? Terms for its peers and sets for its ports, once per policy and
// shared by all pods that it selects. What a newer API may have added fails closed: nobody for Allow, and for Deny and Pass
// everybody, denied (spec E2; networking/v1 and policy.networking.k8s.io types).
import type {
  AdminPolicy,
  Direction,
  NetworkPolicy,
  PolicyPort,
  PolicyRule,
  RuleAction,
} from '../model/policy';
import { noPorts, portSet, unionPorts } from '../model/ports';
import { every, type PortsId, type PortTable } from './portTable';
import { anybody, type TermId, type TermTable } from './terms';

/** Ports of a rule: those written as numbers, and names that each destination pod resolves (rule E40). */
export interface RulePorts {
  readonly fixed: PortsId;
  readonly named: readonly PolicyPort[];
}

export interface CompiledRule {
  readonly action: RuleAction;
  readonly terms: readonly TermId[];
  readonly ports: RulePorts;
  /**
   * Of a rule that fails closed: of its `known` part only what surely matches counts, and its `rest` denies also what cannot
   * be told. undefined for every other rule.
   */
  readonly part?: 'known' | 'rest' | undefined;
}

export type Policy = NetworkPolicy | AdminPolicy;

/** By position in the list that was compiled. */
export type Compiled = Readonly<Record<Direction, readonly CompiledRule[]>>;

const everyPort: RulePorts = { fixed: every, named: [] };

export function compilePolicy(policy: Policy, terms: TermTable, ports: PortTable): Compiled {
  const rulesOf = (direction: Direction): readonly CompiledRule[] =>
    policy.kind === 'NetworkPolicy' && !policy.isolates[direction]
      ? []
      : policy[direction].flatMap((rule) => compileRule(policy, rule, terms, ports));
  return { ingress: rulesOf('ingress'), egress: rulesOf('egress') };
}

function compileRule(
  policy: Policy,
  rule: PolicyRule,
  terms: TermTable,
  ports: PortTable,
): readonly CompiledRule[] {
  const named = rule.peers.flatMap((peer) => terms.idOf(peer, policy.namespace) ?? []);
  const peers = rule.peers.length === 0 ? [anybody] : named;
  const written = portsOf(rule, ports);
  const known = { action: rule.action, terms: peers, ports: written };
  if (rule.action === 'Allow') return [known];
  const unknownPeer = rule.peers.some(({ kind }) => kind === 'unknown');
  if (!unknownPeer && rule.unknownPort === undefined) return [known];
  // The unknown part may mean anybody or any port; what it means for sure is denied rather than passed.
  return [
    { ...known, part: 'known' },
    {
      action: 'Deny',
      terms: unknownPeer ? [anybody] : peers,
      ports: rule.unknownPort === undefined ? written : everyPort,
      part: 'rest',
    },
  ];
}

function portsOf(rule: PolicyRule, table: PortTable): RulePorts {
  if (rule.ports.length === 0 && rule.unknownPort === undefined) return everyPort;
  let fixed = noPorts;
  const named: PolicyPort[] = [];
  for (const entry of rule.ports) {
    const { protocol, port, endPort } = entry;
    if (typeof port === 'string') named.push(entry);
    else if (protocol !== undefined)
      fixed = unionPorts(
        fixed,
        portSet(protocol, port === undefined ? undefined : [[port, endPort ?? port]]),
      );
  }
  return { fixed: table.idOf(fixed), named };
}
