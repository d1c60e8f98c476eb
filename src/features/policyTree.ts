// Answers: which rows does the Policies view show, and what stands below one? Policies in the order in which they are asked: the
// admin tier by priority, NetworkPolicy by namespace, the baseline; then those that are not judged, by vendor. Below a policy:
// the pods that it is about, and its rules with whom and what they admit (spec E2; rules E4-E20). Computed per call, and long
// lists come in chunks, as in the Cluster view.
import type { Cluster } from '../model/cluster';
import { compareText, keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type {
  AdminPolicy,
  Direction,
  NetworkPolicy,
  PolicyPeer,
  PolicyRule,
  VendorPolicy,
} from '../model/policy';
import { selectorText } from '../model/selector';
import type { Location } from '../model/source';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { namedPorts, portText } from '../policy/rulePorts';
import { shownPolicies, type ShownPolicies } from './policyFilter';
import { effectWords, ruleCounts, samePriority, vendorSubjectText } from './policyWords';
import { chunk, group, splitOnce, type TreeRow } from './tree';
import { podRow } from './treePod';
import { count, listed } from './words';

type JudgedPolicy = NetworkPolicy | AdminPolicy;

const directions: readonly Direction[] = ['ingress', 'egress'];

/**
 * @param filter words as in policyFilter.ts; empty shows everything.
 * @param parent id of the row whose children are asked for; undefined for the top.
 */
export function policyRows(cluster: Cluster, filter: string, parent?: string): readonly TreeRow[] {
  const [kind, rest] = splitOnce(parent ?? 'top', ':');
  const [offset, of] = kind === 'more' ? splitOnce(rest, ':') : ['0', parent ?? 'top'];
  return childRows(cluster, filter, of, Number(offset));
}

function childRows(cluster: Cluster, filter: string, parent: string, offset: number): readonly TreeRow[] {
  const rows = <T>(all: readonly T[], rowOf: (item: T) => TreeRow): readonly TreeRow[] =>
    chunk(all, parent, offset, rowOf);
  const same = (row: TreeRow): TreeRow => row;
  const [kind, key] = splitOnce(parent, ':');
  switch (kind) {
    case 'top':
      return rows(tierRows(shownPolicies(cluster, filter)), same);
    case 'tier': {
      const shown = shownPolicies(cluster, filter);
      if (key === 'network') return rows(namespaceRows(shown), same);
      if (key === 'vendor') return rows(vendorRows(shown), same);
      return rows(
        shown.admin.filter(({ tier }) => tier === key),
        (policy) => adminRow(cluster, policy),
      );
    }
    case 'namespace':
      return rows(
        shownPolicies(cluster, filter).network.filter(({ namespace }) => namespace === key),
        (policy) => networkRow(cluster, policy),
      );
    case 'vendor':
      return rows(
        shownPolicies(cluster, filter).vendor.filter(({ policy }) => policy.vendor === key),
        ({ policy, index }) => vendorPolicyRow(policy, index),
      );
    default:
      return belowPolicy(cluster, parent, rows);
  }
}

type Rows = <T>(all: readonly T[], rowOf: (item: T) => TreeRow) => readonly TreeRow[];

/** Ids below a policy: `policy:KIND KEY`, `selects:KIND KEY`, `rule:DIRECTION INDEX KIND KEY`, `peer:N rule:...`. */
function belowPolicy(cluster: Cluster, parent: string, rows: Rows): readonly TreeRow[] {
  const [kind, rest] = splitOnce(parent, ':');
  if (kind === 'peer') {
    const [index, rule] = splitOnce(rest, ' ');
    const found = ruleOf(cluster, splitOnce(rule, ':')[1]);
    const peer = found?.rule.peers[Number(index)];
    if (found === undefined || peer === undefined) return [];
    return rows(policiesOf(cluster).peerPods(found.policy, peer), (pod) => podBelow(pod, parent));
  }
  if (kind === 'rule') {
    const found = ruleOf(cluster, rest);
    return found === undefined ? [] : rows(ruleParts(cluster, parent, found), (row) => row);
  }
  const policy = policyOf(cluster, rest);
  if (policy === undefined) return [];
  if (kind === 'selects') return rows(policiesOf(cluster).selectedBy(policy), (pod) => podBelow(pod, parent));
  const id = splitOnce(parent, ':')[1];
  const own = directions.flatMap((direction) => directionRows(cluster, policy, direction, id));
  return rows([selectsRow(cluster, policy, id), ...own], (row) => row);
}

function tierRows({ network, admin, vendor }: ShownPolicies): readonly TreeRow[] {
  const of = (tier: AdminPolicy['tier']): number => admin.filter((policy) => policy.tier === tier).length;
  const namespaces = new Set(network.map(({ namespace }) => namespace)).size;
  const policiesText = (number: number): string => count(number, 'policy', 'policies');
  const tiers = [
    {
      id: 'admin',
      label: 'Admin',
      size: of('admin'),
      description: `${policiesText(of('admin'))}, asked first`,
      meaning:
        'Asked before NetworkPolicy, by priority. The first rule that matches allows, denies, or passes on.',
    },
    {
      id: 'network',
      label: 'NetworkPolicy',
      size: network.length,
      description: `${policiesText(network.length)} in ${count(namespaces, 'namespace')}`,
      meaning:
        'For pods that a policy isolates, what any of their policies admits is allowed, and nothing else. Order does not matter.',
    },
    {
      id: 'baseline',
      label: 'Baseline',
      size: of('baseline'),
      description: `${policiesText(of('baseline'))}, for pods that no NetworkPolicy isolates`,
      meaning: 'Asked for pods that no NetworkPolicy isolates. What nothing decides is allowed.',
    },
    {
      id: 'vendor',
      label: 'Not judged',
      size: vendor.length,
      description: `${policiesText(vendor.length)} of network plugins and meshes`,
      meaning: 'Recognised and not judged: verdicts that they could change are undetermined, and name them.',
    },
  ];
  return tiers
    .filter(({ size }) => size > 0)
    .map(({ id, label, description, meaning }) =>
      group(`tier:${id}`, 'tier', label, description, id === 'vendor' ? 'question' : 'layers', {
        tooltip: [[label, meaning]],
      }),
    );
}

function namespaceRows({ network }: ShownPolicies): readonly TreeRow[] {
  const sizes = new Map<string, number>();
  for (const { namespace } of network) sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1);
  return [...sizes]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, size]) =>
      group(`namespace:${name}`, 'namespace', name, count(size, 'policy', 'policies'), 'symbol-namespace', {
        tooltip: [['Namespace', name]],
      }),
    );
}

function vendorRows(shown: ShownPolicies): readonly TreeRow[] {
  const sizes = new Map<string, number>();
  for (const { policy } of shown.vendor) sizes.set(policy.vendor, (sizes.get(policy.vendor) ?? 0) + 1);
  return [...sizes]
    .sort(([a], [b]) => compareText(a, b))
    .map(([vendor, size]) =>
      group(`vendor:${vendor}`, 'vendor', vendor, count(size, 'policy', 'policies'), 'question', {
        tooltip: [['Vendor', vendor]],
      }),
    );
}

function networkRow(cluster: Cluster, policy: NetworkPolicy): TreeRow {
  const pods = policiesOf(cluster).selectedBy(policy).length;
  const isolates = directions.filter((direction) => policy.isolates[direction]).join(' and ');
  const isolation = isolates === '' ? 'isolates nothing' : `isolates ${isolates}`;
  return group(
    `policy:${policy.kind} ${keyOf(policy)}`,
    'policy',
    policy.name,
    `selects ${podsText(pods)} · ${isolation}`,
    'shield',
    {
      problem: pods === 0,
      tooltip: [
        [policy.kind, keyOf(policy)],
        ['Selects', `${selectorText(policy.podSelector)}: ${podsText(pods)}`],
        ['Isolates', isolates || 'nothing'],
      ],
      at: policy.nameAt ?? policy.at,
    },
  );
}

function adminRow(cluster: Cluster, policy: AdminPolicy): TreeRow {
  const pods = policiesOf(cluster).selectedBy(policy).length;
  const ties = samePriority(cluster, policy);
  const priority = policy.kind === 'BaselineAdminNetworkPolicy' ? [] : [`priority ${policy.priority}`];
  const tied =
    ties.length === 0
      ? []
      : [
          `same priority as ${listed(
            ties.map(({ name }) => name),
            2,
          )}`,
        ];
  return group(
    `policy:${policy.kind} ${policy.name}`,
    'policy',
    policy.name,
    [...priority, `about ${podsText(pods)}`, ...tied].join(' · '),
    'shield',
    {
      problem: ties.length > 0 || pods === 0,
      tooltip: [
        [policy.kind, policy.name],
        ['Priority', priority.length === 0 ? 'the only one of its kind' : String(policy.priority)],
        ...(ties.length === 0
          ? []
          : [
              [
                'Same priority',
                `${ties.map(({ name }) => name).join(', ')}: their order is undefined`,
              ] as const,
            ]),
        ['About', podsText(pods)],
      ],
      at: policy.nameAt ?? policy.at,
    },
  );
}

/** A policy with several subjects is there once for each. */
function vendorPolicyRow(policy: VendorPolicy, index: number): TreeRow {
  const where = policy.namespace === '' ? 'the whole cluster' : policy.namespace;
  const effect = effectWords(policy);
  return group(
    `unjudged:${index}`,
    'policy',
    policy.name,
    `${policy.kind} · ${where} · ${effect}`,
    'question',
    {
      tooltip: [
        [policy.kind, keyOf(policy)],
        ['About', vendorSubjectText(policy)],
        ['Effect', effect],
      ],
      expandable: false,
      at: policy.at,
    },
  );
}

function selectsRow(cluster: Cluster, policy: JudgedPolicy, id: string): TreeRow {
  const pods = policiesOf(cluster).selectedBy(policy).length;
  const at = policy.kind === 'NetworkPolicy' ? policy.podSelector.at : policy.subject.at;
  const text =
    policy.kind === 'NetworkPolicy'
      ? selectorText(policy.podSelector)
      : peerText(policy, { kind: 'pods', ...policy.subject });
  return group(`selects:${id}`, 'selects', podsText(pods), text, 'target', {
    tooltip: [['Selects', text]],
    expandable: pods > 0,
    at,
    accessibleName: `selects ${podsText(pods)}: ${text}`,
  });
}

/** A row per rule; one that says so where a direction is isolated without rules. */
function directionRows(
  cluster: Cluster,
  policy: JudgedPolicy,
  direction: Direction,
  id: string,
): readonly TreeRow[] {
  const isolates = policy.kind !== 'NetworkPolicy' || policy.isolates[direction];
  if (policy[direction].length === 0) {
    if (policy.kind !== 'NetworkPolicy' || !isolates) return [];
    const side = direction === 'ingress' ? 'from nobody' : 'to nobody';
    return [
      group(
        `none:${direction} ${id}`,
        'rule',
        capital(direction),
        `admits nothing: ${side}`,
        sideIcon(direction),
        {
          expandable: false,
          tooltip: [
            [capital(direction), 'Isolated, and no rule of this policy admits anything; other policies may.'],
          ],
          at: policy.at,
        },
      ),
    ];
  }
  return policy[direction].map((rule) => {
    const name = rule.name === undefined ? '' : ` “${rule.name}”`;
    const label = `${capital(direction)} rule ${rule.index + 1}${name}`;
    const description = isolates
      ? ruleCounts(cluster, policy, direction, rule)
      : `does nothing: policyTypes leaves ${direction} out`;
    return group(
      `rule:${direction} ${rule.index} ${id}`,
      'rule',
      label,
      description,
      ruleIcon(rule, direction),
      {
        problem: !isolates,
        tooltip: [[label, description]],
        at: rule.at,
      },
    );
  });
}

interface FoundRule {
  readonly policy: JudgedPolicy;
  readonly direction: Direction;
  readonly rule: PolicyRule;
}

function ruleParts(
  cluster: Cluster,
  parent: string,
  { policy, direction, rule }: FoundRule,
): readonly TreeRow[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  const peers =
    rule.peers.length === 0
      ? [
          part(
            `any:${parent}`,
            'peer',
            `${side} anybody`,
            'pods, nodes and addresses outside',
            'globe',
            rule.at,
          ),
        ]
      : rule.peers.map((peer, index) => peerRow(cluster, policy, peer, index, side, parent));
  const unknown =
    rule.unknownPort === undefined
      ? []
      : [
          part(
            `unknown:${parent}`,
            'port',
            `unknown: ${rule.unknownPort.fields.join(', ')}`,
            rule.action === 'Allow' ? 'matches nothing' : 'denies everything',
            'warning',
            rule.unknownPort.at,
          ),
        ];
  const ports =
    rule.ports.length === 0 && unknown.length === 0
      ? [part(`port:0 ${parent}`, 'port', 'every port', 'of every protocol', 'plug', rule.at)]
      : rule.ports.map((port, index) =>
          part(
            `port:${index} ${parent}`,
            'port',
            portText(port),
            typeof port.port === 'string'
              ? numbersText(receivers(cluster, policy, direction, rule), port.port, port.protocol)
              : '',
            'plug',
            port.at,
          ),
        );
  return [...peers, ...ports, ...unknown];
}

function peerRow(
  cluster: Cluster,
  policy: JudgedPolicy,
  peer: PolicyPeer,
  index: number,
  side: string,
  parent: string,
): TreeRow {
  const pods = policiesOf(cluster).peerPods(policy, peer).length;
  const byLabel = peer.kind === 'pods';
  const description = byLabel || pods > 0 ? podsText(pods) : '';
  return group(
    `peer:${index} ${parent}`,
    'peer',
    `${side} ${peerText(policy, peer)}`,
    description,
    byLabel ? 'symbol-misc' : 'globe',
    { problem: byLabel && pods === 0, expandable: pods > 0, at: peer.at },
  );
}

function receivers(
  cluster: Cluster,
  policy: JudgedPolicy,
  direction: Direction,
  rule: PolicyRule,
): readonly Pod[] {
  const judge = policiesOf(cluster);
  if (direction === 'ingress') return judge.selectedBy(policy);
  return [...new Set(rule.peers.flatMap((peer) => judge.peerPods(policy, peer)))];
}

/** Which numbers a name stands for, and at how many pods for none. */
function numbersText(pods: readonly Pod[], name: string, protocol: Parameters<typeof namedPorts>[2]): string {
  const numbers = new Map<string, number>();
  let without = 0;
  for (const pod of pods) {
    const found = namedPorts(pod, name, protocol, ['app']);
    if (found.length === 0) without++;
    for (const port of found) {
      const text = `${port.protocol} ${port.containerPort}`;
      numbers.set(text, (numbers.get(text) ?? 0) + 1);
    }
  }
  const known = [...numbers].map(([text, size]) => `${text} at ${podsText(size)}`);
  return listed([...known, ...(without === 0 ? [] : [`no port at ${podsText(without)}`])], 3);
}

function part(
  id: string,
  kind: TreeRow['kind'],
  label: string,
  description: string,
  icon: string,
  at: Location | undefined,
): TreeRow {
  return group(id, kind, label, description, icon, { expandable: false, at });
}

/** The pod as the Cluster view has it; it may stand below several policies. */
function podBelow(pod: Pod, parent: string): TreeRow {
  const row = podRow(pod, 'workload');
  return { ...row, id: `${row.id} ${parent}`, expandable: false };
}

function policyOf(cluster: Cluster, id: string): JudgedPolicy | undefined {
  const [kind, key] = splitOnce(id, ' ');
  if (kind === 'NetworkPolicy') return cluster.policies.find((policy) => keyOf(policy) === key);
  return cluster.adminPolicies.find((policy) => policy.kind === kind && policy.name === key);
}

/** @param id `DIRECTION INDEX KIND KEY` */
function ruleOf(cluster: Cluster, id: string): FoundRule | undefined {
  const [side, rest] = splitOnce(id, ' ');
  const [index, of] = splitOnce(rest, ' ');
  const direction: Direction = side === 'ingress' ? 'ingress' : 'egress';
  const policy = policyOf(cluster, of);
  const rule = policy?.[direction][Number(index)];
  return policy && rule && { policy, direction, rule };
}

function ruleIcon(rule: PolicyRule, direction: Direction): string {
  if (rule.action === 'Deny') return 'error';
  return rule.action === 'Pass' ? 'debug-step-over' : sideIcon(direction);
}

function sideIcon(direction: Direction): string {
  return direction === 'ingress' ? 'arrow-down' : 'arrow-up';
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function podsText(pods: number): string {
  return pods === 0 ? 'no pod' : count(pods, 'pod');
}
