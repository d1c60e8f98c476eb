// T1-T12: the tiers of part E2, one direction unless said, in every generation of the API; and what the API leaves open.
import { documents } from '../../support/manifests';
import { policy } from '../fixtures';
import type { Rule } from '../rules';

const everyPod = 'namespaces: {}';

interface Told {
  readonly kind?: 'ANP' | 'CNP' | 'CNP baseline' | 'BANP';
  readonly name?: string;
  readonly priority?: number;
  readonly rules: readonly string[];
  readonly direction?: 'ingress' | 'egress';
}

/** About the pods of namespace b. A rule is its action and then its ports in flow style. */
function admin({ kind = 'ANP', name = 'lock', priority = 5, rules, direction = 'ingress' }: Told): string {
  const cnp = kind.startsWith('CNP');
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const header = {
    ANP: ['v1alpha1', 'AdminNetworkPolicy', `  priority: ${priority}`],
    CNP: ['v1alpha2', 'ClusterNetworkPolicy', `  tier: Admin\n  priority: ${priority}`],
    'CNP baseline': ['v1alpha2', 'ClusterNetworkPolicy', `  tier: Baseline\n  priority: ${priority}`],
    BANP: ['v1alpha1', 'BaselineAdminNetworkPolicy', ''],
  }[kind];
  const [version = '', type = '', own = ''] = header;
  const lines = rules.map((rule) => {
    const [action = '', ports] = rule.split(/ (.*)/);
    const written = cnp && action === 'Allow' ? 'Accept' : action;
    const list = ports === undefined ? '' : `, ${cnp ? 'protocols' : 'ports'}: ${ports}`;
    return `  - { action: ${written}, ${peersKey}: [{ ${everyPod} }]${list} }`;
  });
  return `
apiVersion: policy.networking.k8s.io/${version}
kind: ${type}
metadata: { name: ${kind === 'BANP' ? 'default' : name} }
spec:
${own === '' ? '' : `${own}\n`}  subject: { namespaces: { matchLabels: { team: ${direction === 'ingress' ? 'b' : 'a'} } } }
  ${direction}:
${lines.join('\n')}
`;
}

const open = policy('b/open', 'podSelector: {}\ningress: [{}]');
const shut = policy('b/shut', 'podSelector: {}\npolicyTypes: [Ingress]');
const port80 = {
  ANP: '[{ portNumber: { protocol: TCP, port: 80 } }]',
  CNP: '[{ tcp: { destinationPort: { number: 80 } } }]',
};

interface Row {
  readonly rule: string;
  readonly fact: string;
  readonly policies: readonly string[];
  readonly port?: number;
  readonly outcome: string;
  readonly says?: string;
}

/** One line of the truth table: the last words of the ruling at b/z, without the places. */
const rows: readonly Row[] = [
  ...(['ANP', 'CNP'] as const).flatMap((kind): readonly Row[] => [
    {
      rule: 'T1',
      fact: `${kind}: an admin Allow is final, whatever NetworkPolicy and the baseline say`,
      policies: [admin({ kind, rules: ['Allow'] }), shut, admin({ kind: 'BANP', rules: ['Deny'] })],
      outcome: 'allowed; egress open; ingress admin-allow by lock rule 1',
      says: 'is allowed by',
    },
    {
      rule: 'T2',
      fact: `${kind}: an admin Deny is final, whatever NetworkPolicy says`,
      policies: [admin({ kind, rules: ['Deny'] }), open],
      outcome: 'denied; egress open; ingress admin-deny by lock rule 1',
      says: 'The admin tier decides before NetworkPolicy: open is not asked.',
    },
    {
      rule: 'T3',
      fact: `${kind}: Pass leaves the flow to a NetworkPolicy that admits it; the baseline is not asked`,
      policies: [admin({ kind, rules: ['Pass'] }), open, admin({ kind: 'BANP', rules: ['Deny'] })],
      outcome: 'allowed; egress open; ingress admitted by b/open rule 1 of b/open',
      says: 'passes it on to NetworkPolicy',
    },
    {
      rule: 'T4',
      fact: `${kind}: Pass leaves the flow to a NetworkPolicy that does not admit it; the baseline is not asked`,
      policies: [admin({ kind, rules: ['Pass'] }), shut, admin({ kind: 'BANP', rules: ['Allow'] })],
      outcome: 'denied; egress open; ingress closed by b/shut',
    },
    {
      rule: 'T5',
      fact: `${kind}: Pass and no NetworkPolicy: a baseline Deny decides`,
      policies: [admin({ kind, rules: ['Pass'] }), admin({ kind: 'BANP', rules: ['Deny'] })],
      outcome: 'denied; egress open; ingress baseline-deny by default rule 1',
      says: 'passes it on to the baseline',
    },
    {
      rule: 'T10',
      fact: `${kind}: rules are asked from the top, and one for another port is passed by`,
      policies: [admin({ kind, rules: [`Allow ${port80[kind]}`, 'Deny'] })],
      port: 81,
      outcome: 'denied; egress open; ingress admin-deny by lock rule 2',
    },
    {
      rule: 'T10',
      fact: `${kind}: the first rule that matches decides`,
      policies: [admin({ kind, rules: [`Allow ${port80[kind]}`, 'Deny'] })],
      outcome: 'allowed; egress open; ingress admin-allow by lock rule 1',
    },
  ]),
  {
    rule: 'T5',
    fact: 'no admin policy and no NetworkPolicy: a Baseline Deny of ClusterNetworkPolicy decides',
    policies: [admin({ kind: 'CNP baseline', rules: ['Deny'] })],
    outcome: 'denied; egress open; ingress baseline-deny by lock rule 1',
  },
  {
    rule: 'T6',
    fact: 'a baseline Allow lets through what nothing isolates',
    policies: [admin({ kind: 'BANP', rules: ['Allow', 'Deny'] })],
    outcome: 'allowed; egress open; ingress baseline-allow by default rule 1',
  },
  {
    rule: 'T7',
    fact: 'a baseline Pass leaves the flow to the default, which allows',
    policies: [admin({ kind: 'CNP baseline', rules: ['Pass', 'Deny'] })],
    outcome: 'allowed; egress open; ingress open',
    says: 'passes it on to the default',
  },
  {
    rule: 'T7',
    fact: 'a baseline that says nothing of the port leaves the flow to the default',
    policies: [admin({ kind: 'BANP', rules: [`Deny ${port80.ANP}`] })],
    port: 81,
    outcome: 'allowed; egress open; ingress open',
    says: 'no baseline rule matches: it is allowed by default',
  },
  {
    rule: 'T8',
    fact: 'NetworkPolicy isolates: a baseline Accept does not open what it closes',
    policies: [shut, admin({ kind: 'CNP baseline', rules: ['Allow'] })],
    outcome: 'denied; egress open; ingress closed by b/shut',
  },
  {
    rule: 'T9',
    fact: 'the lower priority goes first, across the kinds of policies',
    policies: [
      admin({ name: 'later', priority: 10, rules: ['Deny'] }),
      admin({ kind: 'CNP', name: 'sooner', priority: 5, rules: ['Allow'] }),
    ],
    outcome: 'allowed; egress open; ingress admin-allow by sooner rule 1',
  },
  {
    rule: 'T11',
    fact: 'equal priorities that decide differently are ambiguous',
    policies: [
      admin({ name: 'one', priority: 7, rules: ['Deny'] }),
      admin({ name: 'other', priority: 7, rules: ['Allow'] }),
    ],
    outcome: 'ambiguous; egress open; ingress priority tie',
    says: 'AdminNetworkPolicy one, ingress rule 1 and AdminNetworkPolicy other, ingress rule 1 have the same priority and decide differently',
  },
  {
    rule: 'T11',
    fact: 'equal priorities that decide alike are no tie',
    policies: [
      admin({ name: 'one', priority: 7, rules: ['Deny'] }),
      admin({ name: 'other', priority: 7, rules: ['Deny'] }),
    ],
    outcome: 'denied; egress open; ingress admin-deny by one rule 1',
  },
  {
    rule: 'T11',
    fact: 'a Pass and an Allow of one priority are no tie when NetworkPolicy admits the flow too',
    policies: [
      admin({ name: 'one', priority: 7, rules: ['Allow'] }),
      admin({ name: 'other', priority: 7, rules: ['Pass'] }),
      open,
    ],
    outcome: 'allowed; egress open; ingress admin-allow by one rule 1',
  },
  {
    rule: 'T12',
    fact: 'both sides are asked: an Allow at the sender does not help against a Deny at the receiver',
    policies: [
      admin({ name: 'out', direction: 'egress', rules: ['Allow'] }),
      admin({ name: 'in', rules: ['Deny'] }),
    ],
    outcome: 'denied; egress admin-allow by out rule 1; ingress admin-deny by in rule 1',
  },
];

/** Rulings without their places, which are `test/load`'s subject. */
export const tiers: readonly Rule[] = rows.map(({ rule, fact, policies, port = 80, outcome, says }) => ({
  rule,
  fact,
  policies: documents(...policies),
  flows: { [`a/x -> b/z:${port}`]: outcome },
  ...(says === undefined ? {} : { says: { [`a/x -> b/z:${port}`]: says } }),
}));
