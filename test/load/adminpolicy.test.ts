// AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy as read (spec E2): one form for all, what the API
// server refuses in its words, and what a newer API may mean, which fails closed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AdminPolicy, PolicyPeer, PolicyPort } from '../../src/model/policy';
import { selectorText } from '../../src/model/selector';
import { checkProblems, clusterOf, load, only, problemLines } from './reading';

function document(version: string, kind: string, spec: string, name = 'p'): string {
  return `apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

const anp = (spec: string): string => document('v1alpha1', 'AdminNetworkPolicy', spec);
const banp = (spec: string): string => document('v1alpha1', 'BaselineAdminNetworkPolicy', spec, 'default');
const cnp = (spec: string): string => document('v1alpha2', 'ClusterNetworkPolicy', spec);

const subject = 'subject: {namespaces: {}}';
const anpWith = (rules: string): string => anp(`{priority: 5, ${subject}, ${rules}}`);
const banpWith = (rules: string): string => banp(`{${subject}, ${rules}}`);
const cnpWith = (rules: string): string => cnp(`{tier: Admin, priority: 5, ${subject}, ${rules}}`);
const anpTo = (peer: string): string => anpWith(`egress: [{action: Allow, to: [${peer}]}]`);
const anpPort = (port: string): string =>
  anpWith(`egress: [{action: Allow, to: [{namespaces: {}}], ports: [${port}]}]`);
const cnpTo = (peer: string): string => cnpWith(`egress: [{action: Accept, to: [${peer}]}]`);
const cnpPort = (entry: string): string =>
  cnpWith(`egress: [{action: Accept, to: [{namespaces: {}}], protocols: [${entry}]}]`);

function adminOf(text: string): AdminPolicy {
  return only(clusterOf(text).adminPolicies);
}

function peerText(peer: PolicyPeer): string {
  switch (peer.kind) {
    case 'pods': {
      const pods = peer.podSelector === undefined ? 'all' : selectorText(peer.podSelector);
      return `pods ${pods} in ${peer.namespaceSelector === undefined ? 'own' : selectorText(peer.namespaceSelector)}`;
    }
    case 'ipBlock':
      return `block ${peer.cidr.text}`;
    case 'nodes':
      return `nodes ${selectorText(peer.selector)}`;
    case 'domainNames':
      return `names ${peer.names.join(' ')}`;
    case 'unknown':
      return `unknown ${peer.fields.join(' ')}`;
  }
}

function portText({ protocol, port, endPort }: PolicyPort): string {
  return `${protocol ?? 'any'} ${port ?? 'all'}${endPort === undefined ? '' : `-${endPort}`}`;
}

/** The one rule of the one policy: `Allow: peers / ports`. */
function ruleText(text: string): string {
  const { ingress, egress } = only(load(text).cluster.adminPolicies);
  const { action, peers, ports, unknownPort } = only([...ingress, ...egress]);
  const unknown = unknownPort === undefined ? [] : [`unknown ${unknownPort.fields.join(' ')}`];
  return `${action}: ${peers.map(peerText).join(', ')} / ${[...ports.map(portText), ...unknown].join(', ')}`;
}

describe('what an admin policy says', () => {
  test('an AdminNetworkPolicy is of the admin tier with its priority, for the pods of its subject', () => {
    const text = anp(
      '{priority: 7, subject: {pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: web}}}}}',
    );
    const { kind, namespace, name, tier, priority, subject: about, ingress, egress } = adminOf(text);
    assert.deepEqual(
      [kind, namespace, name, tier, priority, selectorText(about.namespaceSelector), ingress, egress],
      ['AdminNetworkPolicy', '', 'p', 'admin', 7, 'team=a', [], []],
    );
    assert.equal(about.podSelector && selectorText(about.podSelector), 'app=web');
  });
  test('a BaselineAdminNetworkPolicy is of the baseline tier and needs no priority', () => {
    const { tier, priority, priorityAt } = adminOf(banp(`{${subject}}`));
    assert.deepEqual([tier, priority, priorityAt], ['baseline', 0, undefined]);
  });
  test('a ClusterNetworkPolicy names its tier, and writes Accept for Allow', () => {
    const text = cnp(
      `{tier: Baseline, priority: 5, ${subject}, ingress: [{action: Accept, from: [{namespaces: {}}]}]}`,
    );
    assert.equal(adminOf(text).tier, 'baseline');
    assert.equal(ruleText(text), 'Allow: pods all in <everything> / ');
  });
  test('v1beta1 writes a ClusterNetworkPolicy as v1alpha2 does', () => {
    const text = cnpWith('ingress: [{action: Deny, from: [{namespaces: {}}]}]');
    assert.equal(ruleText(text.replace('v1alpha2', 'v1beta1')), ruleText(text));
  });
  const peers: readonly (readonly [peer: string, expected: string])[] = [
    ['{namespaces: {}}', 'pods all in <everything>'],
    ['{pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}}', 'pods <everything> in team=a'],
    ['{nodes: {matchLabels: {role: edge}}}', 'nodes role=edge'],
    ['{domainNames: [example.org, "*.example.com"]}', 'names example.org *.example.com'],
    ['{networks: [10.0.0.0/8, "fd00::/8"]}', 'block 10.0.0.0/8, block fd00::/8'],
  ];
  for (const [peer, expected] of peers) {
    test(`the peer ${peer} is ${expected}, in both spellings`, () => {
      assert.equal(ruleText(anpTo(peer)), `Allow: ${expected} / `);
      assert.equal(ruleText(cnpTo(peer)), `Allow: ${expected} / `);
    });
  }
  test('pods without namespaceSelector are those of every namespace for ClusterNetworkPolicy', () => {
    assert.equal(ruleText(cnpTo('{pods: {podSelector: {}}}')), 'Allow: pods <everything> in <everything> / ');
  });
  const ports: readonly (readonly [text: string, expected: string])[] = [
    [anpPort('{portNumber: {port: 80}}'), 'TCP 80'],
    [anpPort('{portNumber: {protocol: UDP, port: 53}}'), 'UDP 53'],
    [anpPort('{portRange: {start: 1000, end: 2000}}'), 'TCP 1000-2000'],
    [anpPort('{portRange: {protocol: SCTP, start: 7, end: 7}}'), 'SCTP 7-7'],
    [anpPort('{namedPort: web}'), 'any web'],
    [cnpPort('{tcp: {destinationPort: {number: 80}}}'), 'TCP 80'],
    [cnpPort('{udp: {destinationPort: {range: {start: 1, end: 65535}}}}'), 'UDP 1-65535'],
    [cnpPort('{sctp: {destinationPort: {number: 9}}}'), 'SCTP 9'],
    [cnpPort('{destinationNamedPort: web}'), 'any web'],
  ];
  for (const [text, expected] of ports) {
    test(`${expected} as ${text.split('\n')[1] ?? ''} writes it`, () =>
      assert.equal(ruleText(text), `Allow: pods all in <everything> / ${expected}`));
  }
  test('policies, priorities, rules, every range of networks and ports know their lines', () => {
    const text = `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: p
spec:
  priority: 3
  subject:
    namespaces: {}
  egress:
  - name: out
    action: Deny
    to:
    - networks:
      - 10.0.0.0/8
      - 192.168.0.0/16
    ports:
    - portNumber: {port: 80}
`;
    const { nameAt, priorityAt, subject: about, egress } = adminOf(text);
    const rule = only(egress);
    assert.deepEqual([nameAt?.line, priorityAt?.line, about.at?.line, rule.at?.line], [3, 5, 7, 9]);
    assert.deepEqual([rule.name, rule.ports[0]?.at?.line], ['out', 16]);
    assert.deepEqual(
      rule.peers.map((peer) => peer.at?.line),
      [13, 14],
    );
  });
  test('policies are kept in the order in which they are asked: tier, priority, name', () => {
    const policy = (kind: string, name: string, priority: number): string =>
      kind === 'Baseline'
        ? document(
            'v1alpha2',
            'ClusterNetworkPolicy',
            `{tier: Baseline, priority: ${priority}, ${subject}}`,
            name,
          )
        : document('v1alpha1', 'AdminNetworkPolicy', `{priority: ${priority}, ${subject}}`, name);
    const texts = [
      policy('Baseline', 'a', 0),
      policy('Admin', 'late', 10),
      policy('Admin', 'b', 9),
      policy('Admin', 'a', 9),
    ];
    assert.deepEqual(
      clusterOf(texts.join('---\n')).adminPolicies.map(({ tier, name }) => `${tier} ${name}`),
      ['admin a', 'admin b', 'admin late', 'baseline a'],
    );
  });
  test('a second policy of the same kind and name is not used, and told', () => {
    const text = anp(`{priority: 1, ${subject}}`);
    assert.deepEqual(problemLines(load(`${text}---\n${text}`).problems), [
      'warning object.duplicate a.yaml:8 AdminNetworkPolicy p is already defined at a.yaml:3; this one is not used.',
    ]);
  });
});

describe('what the API server refuses of admin policies takes no part', () => {
  const many = (count: number, item: string): string => Array.from({ length: count }, () => item).join(', ');
  const allow = '{action: Allow, to: [{namespaces: {}}]}';
  const accept = '{action: Accept, to: [{namespaces: {}}]}';
  const cidrs = (count: number): string =>
    Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`).join(', ');
  const peer = 'spec.egress[0].to[0]';
  const port = 'spec.egress[0].ports[0]';
  const protocol = 'spec.egress[0].protocols[0]';
  const least = (path: string, what: string): string =>
    `${path}: Invalid value: 0: ${path} in body should have at least 1 ${what}`;
  const range = (path: string, value: number, words: string): string =>
    `${path}: Invalid value: ${value}: ${path} in body should be ${words}`;
  const nameless = 'since there are no namedPorts for networks/nodes/domainNames';
  const embedded =
    'CIDR must be either an IPv4 or IPv6 address. IPv4 address embedded in IPv6 addresses are not supported';
  const cases: readonly (readonly [text: string, reason: string])[] = [
    [anp(`{${subject}}`), 'spec.priority: Required value'],
    [anp(`{priority: -1, ${subject}}`), range('spec.priority', -1, 'greater than or equal to 0')],
    [anp(`{priority: 1001, ${subject}}`), range('spec.priority', 1001, 'less than or equal to 1000')],
    [
      cnp(`{tier: Admin, priority: 1001, ${subject}}`),
      range('spec.priority', 1001, 'less than or equal to 1000'),
    ],
    [anp('{priority: 1}'), 'spec.subject: Required value'],
    [anp('{priority: 1, subject: {}}'), least('spec.subject', 'properties')],
    [
      anp('{priority: 1, subject: {namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}}'),
      'spec.subject: Too many: 2: must have at most 1 items',
    ],
    [
      anp('{priority: 1, subject: {pods: {podSelector: {}}}}'),
      'spec.subject.pods.namespaceSelector: Required value',
    ],
    [
      anp('{priority: 1, subject: {pods: {namespaceSelector: {}}}}'),
      'spec.subject.pods.podSelector: Required value',
    ],
    [cnp(`{priority: 1, ${subject}}`), 'spec.tier: Required value'],
    [
      cnp(`{tier: admin, priority: 1, ${subject}}`),
      'spec.tier: Unsupported value: "admin": supported values: "Admin", "Baseline"',
    ],
    [
      document('v1alpha1', 'BaselineAdminNetworkPolicy', `{${subject}}`, 'other'),
      'metadata.name: Invalid value: "other": Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
    ],
    [anpWith('egress: [{to: [{namespaces: {}}]}]'), 'spec.egress[0].action: Required value'],
    [
      anpWith('egress: [{action: Accept, to: [{namespaces: {}}]}]'),
      'spec.egress[0].action: Unsupported value: "Accept": supported values: "Allow", "Deny", "Pass"',
    ],
    [
      cnpWith('egress: [{action: Allow, to: [{namespaces: {}}]}]'),
      'spec.egress[0].action: Unsupported value: "Allow": supported values: "Accept", "Deny", "Pass"',
    ],
    [
      banpWith('egress: [{action: Pass, to: [{namespaces: {}}]}]'),
      'spec.egress[0].action: Unsupported value: "Pass": supported values: "Allow", "Deny"',
    ],
    [
      anpWith(`egress: [{name: ${'n'.repeat(101)}, action: Allow, to: [{namespaces: {}}]}]`),
      'spec.egress[0].name: Too long: may not be more than 100 bytes',
    ],
    [anpWith('egress: [{action: Allow}]'), 'spec.egress[0].to: Required value'],
    [anpWith('ingress: [{action: Allow, from: []}]'), least('spec.ingress[0].from', 'items')],
    [anpWith(`egress: [${many(101, allow)}]`), 'spec.egress: Too many: 101: must have at most 100 items'],
    [cnpWith(`egress: [${many(26, accept)}]`), 'spec.egress: Too many: 26: must have at most 25 items'],
    [anpTo(many(101, '{namespaces: {}}')), 'spec.egress[0].to: Too many: 101: must have at most 100 items'],
    [cnpTo(many(26, '{namespaces: {}}')), 'spec.egress[0].to: Too many: 26: must have at most 25 items'],
    [anpTo('{}'), least(peer, 'properties')],
    [anpTo('{nodes: }'), least(peer, 'properties')],
    [anpTo('{namespaces: {}, nodes: {}}'), `${peer}: Too many: 2: must have at most 1 items`],
    [anpTo('{pods: {podSelector: {}}}'), `${peer}.pods.namespaceSelector: Required value`],
    [cnpTo('{pods: {namespaceSelector: {}}}'), `${peer}.pods.podSelector: Required value`],
    [anpTo('{networks: []}'), least(`${peer}.networks`, 'items')],
    [anpTo(`{networks: [${cidrs(26)}]}`), `${peer}.networks: Too many: 26: must have at most 25 items`],
    [anpTo('{networks: [10.0.0.0/8, 10.0.0.0/8]}'), `${peer}.networks[1]: Duplicate value: "10.0.0.0/8"`],
    [anpTo('{networks: [here]}'), `${peer}.networks[0]: Invalid value: "here": ${embedded}`],
    [
      anpTo('{networks: ["::ffff:10.0.0.0/104"]}'),
      `${peer}.networks[0]: Invalid value: "::ffff:10.0.0.0/104": ${embedded}`,
    ],
    [
      cnpTo('{networks: [10.0.0.0/33]}'),
      `${peer}.networks[0]: Invalid value: "10.0.0.0/33": Invalid CIDR format provided`,
    ],
    [
      cnpTo('{networks: [10.0.0.5/8]}').replace('v1alpha2', 'v1beta1'),
      `${peer}.networks[0]: Invalid value: "10.0.0.5/8": Invalid CIDR format provided`,
    ],
    [anpTo('{domainNames: []}'), least(`${peer}.domainNames`, 'items')],
    [
      cnpWith('egress: [{action: Deny, to: [{domainNames: [example.org]}]}]'),
      'spec.egress[0]: Invalid value: a map: domainNames may only be used with Accept action',
    ],
    [
      anpWith('egress: [{action: Pass, to: [{domainNames: [example.org]}]}]'),
      'spec.egress[0]: Invalid value: a map: domainNames may only be used with Allow action',
    ],
    [anpPort('{}'), least(port, 'properties')],
    [anpPort('{namedPort: a, portNumber: {port: 1}}'), `${port}: Too many: 2: must have at most 1 items`],
    [anpPort('{portNumber: {protocol: TCP}}'), `${port}.portNumber.port: Required value`],
    [anpPort('{portNumber: {port: 0}}'), range(`${port}.portNumber.port`, 0, 'greater than or equal to 1')],
    [
      anpPort('{portNumber: {port: 65536}}'),
      range(`${port}.portNumber.port`, 65536, 'less than or equal to 65535'),
    ],
    [anpPort('{portRange: {start: 1}}'), `${port}.portRange.end: Required value`],
    [anpPort(''), least('spec.egress[0].ports', 'items')],
    [
      anpPort(many(101, '{portNumber: {port: 1}}')),
      'spec.egress[0].ports: Too many: 101: must have at most 100 items',
    ],
    [cnpPort(''), least('spec.egress[0].protocols', 'items')],
    [
      cnpPort(many(26, '{destinationNamedPort: a}')),
      'spec.egress[0].protocols: Too many: 26: must have at most 25 items',
    ],
    [cnpPort('{}'), least(protocol, 'properties')],
    [cnpPort('{tcp: {}}'), least(`${protocol}.tcp`, 'properties')],
    [cnpPort('{udp: {destinationPort: {}}}'), least(`${protocol}.udp.destinationPort`, 'properties')],
    [
      cnpPort('{tcp: {destinationPort: {number: 1}}, destinationNamedPort: a}'),
      `${protocol}: Too many: 2: must have at most 1 items`,
    ],
    [
      cnpPort('{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}'),
      `${protocol}.tcp.destinationPort: Too many: 2: must have at most 1 items`,
    ],
    [
      cnpPort('{tcp: {destinationPort: {number: 70000}}}'),
      range(`${protocol}.tcp.destinationPort.number`, 70000, 'less than or equal to 65535'),
    ],
    [
      cnpPort('{tcp: {destinationPort: {range: {start: 5, end: 5}}}}'),
      `${protocol}.tcp.destinationPort.range: Invalid value: a map: Start port must be less than End port`,
    ],
    [
      cnpPort('{sctp: {destinationPort: {range: {start: 5}}}}'),
      `${protocol}.sctp.destinationPort.range.end: Required value`,
    ],
    [
      anpWith('egress: [{action: Allow, to: [{nodes: {}}], ports: [{namedPort: a}]}]'),
      `spec.egress[0]: Invalid value: a map: networks/nodes/domainNames peer cannot be set with namedPorts ${nameless}`,
    ],
    [
      cnpWith(
        'egress: [{action: Accept, to: [{networks: [10.0.0.0/8]}], protocols: [{destinationNamedPort: a}]}]',
      ),
      `spec.egress[0]: Invalid value: a map: networks/nodes/domainNames peer cannot be set with namedPorts ${nameless}`,
    ],
    [
      banpWith('egress: [{action: Deny, to: [{networks: [10.0.0.0/8]}], ports: [{namedPort: a}]}]'),
      'spec.egress[0]: Invalid value: a map: networks/nodes peer cannot be set with namedPorts since there are no namedPorts for networks/nodes',
    ],
    [anpWith('egress: {to: []}'), 'spec.egress: Invalid value: a map: must be a list'],
  ];
  for (const [text, reason] of cases) {
    test(reason.slice(0, 120), () => {
      const { cluster, problems } = load(text);
      const [problem, ...others] = problemLines(problems);
      assert.deepEqual(others, []);
      const line = reason.startsWith('metadata') ? 3 : 4;
      const kind = /kind: (\w+)\nmetadata: \{name: (\w+)/.exec(text);
      assert.equal(
        problem,
        `error policy.invalid a.yaml:${line} ${reason}. ${kind?.[1] ?? ''} ${kind?.[2] ?? ''} is left out, as the API server would reject it.`,
      );
      assert.deepEqual([cluster.adminPolicies, cluster.vendorPolicies], [[], []]);
    });
  }
  test('a domain name that is none is told with the pattern', () => {
    for (const name of ['*', 'example', '*.*.org', 'a..b', '-a.b']) {
      const [problem] = load(anpTo(`{domainNames: ["${name}"]}`)).problems;
      assert.ok(
        problem?.message.startsWith(
          `${peer}.domainNames[0]: Invalid value: "${name}": ${peer}.domainNames[0] in body should match '^(`,
        ),
        name,
      );
    }
  });
});

describe('what a newer API may mean is kept and fails closed', () => {
  const peerTail =
    'unknown field. This version of the API does not know such peers: an allowing rule then matches nobody by it, any other denies everybody.';
  const portTail =
    'unknown field. This version of the API does not know it: an allowing rule then matches nothing by it, any other denies everything.';
  const unknown = 'warning policy.unknown-field a.yaml:4';
  const cases: readonly (readonly [what: string, text: string, rule: string, problem: string])[] = [
    [
      'a peer of which no field is known',
      anpTo('{services: {}}'),
      'Allow: unknown services / ',
      `${unknown} spec.egress[0].to[0].services: ${peerTail}`,
    ],
    [
      'networks as a source, which no version has',
      cnpWith('ingress: [{action: Deny, from: [{networks: [10.0.0.0/8]}]}]'),
      'Deny: unknown networks / ',
      `${unknown} spec.ingress[0].from[0].networks: ${peerTail}`,
    ],
    [
      'a misspelt peer',
      anpTo('{namespace: {}}'),
      'Allow: unknown namespace / ',
      `${unknown} spec.egress[0].to[0].namespace: ${peerTail} Did you mean namespaces?`,
    ],
    [
      'domain names in a baseline policy of v1alpha1',
      banpWith('egress: [{action: Allow, to: [{domainNames: [a.b]}]}]'),
      'Allow: unknown domainNames / ',
      `${unknown} spec.egress[0].to[0].domainNames: ${peerTail}`,
    ],
    [
      'an unknown field beside a known one is dropped',
      anpTo('{namespaces: {}, extra: 1}'),
      'Allow: pods all in <everything> / ',
      `${unknown} spec.egress[0].to[0].extra: unknown field. The API server drops it.`,
    ],
    [
      'a protocol of which no field is known',
      cnpPort('{icmp: {}}'),
      'Allow: pods all in <everything> / unknown icmp',
      `${unknown} spec.egress[0].protocols[0].icmp: ${portTail}`,
    ],
    [
      'a way to match TCP that is not known',
      cnpPort('{tcp: {flags: [syn]}}'),
      'Allow: pods all in <everything> / unknown tcp.flags',
      `${unknown} spec.egress[0].protocols[0].tcp.flags: ${portTail}`,
    ],
    [
      'a way to write a port that is not known',
      cnpPort('{tcp: {destinationPort: {numbers: [1, 2]}}}'),
      'Allow: pods all in <everything> / unknown destinationPort.numbers',
      `${unknown} spec.egress[0].protocols[0].tcp.destinationPort.numbers: ${portTail} Did you mean number?`,
    ],
    [
      'a protocol that is none: the schema of v1alpha1 takes it',
      anpPort('{portNumber: {protocol: HTTP, port: 80}}'),
      'Allow: pods all in <everything> / unknown portNumber.protocol',
      `warning policy.protocol a.yaml:4 spec.egress[0].ports[0].portNumber.protocol: "HTTP" is none of TCP, UDP and SCTP. ${portTail.slice('unknown field. '.length)}`,
    ],
    [
      'a range that ends before it starts: the schema of v1alpha1 takes it',
      anpPort('{portRange: {start: 9, end: 8}}'),
      'Allow: pods all in <everything> / unknown portRange',
      `warning policy.port-range a.yaml:4 spec.egress[0].ports[0].portRange: the range ends before it starts. ${portTail.slice('unknown field. '.length)}`,
    ],
    [
      'a range of addresses that is none: the schema of v1alpha1 takes it',
      anpTo('{networks: [10.0.0.0/33]}'),
      'Allow: unknown networks / ',
      'warning policy.cidr a.yaml:4 spec.egress[0].to[0].networks[0]: "10.0.0.0/33" is no range of addresses, though the API server takes it.',
    ],
    [
      'a selector that nobody can read: no schema looks into it',
      anpTo('{namespaces: {matchExpressions: [{key: a, operator: Equals}]}}'),
      'Allow: unknown namespaces / ',
      'warning policy.selector a.yaml:4 spec.egress[0].to[0].namespaces.matchExpressions[0].operator: Invalid value: "Equals": not a valid selector operator. The API server takes this selector, but it cannot be read, so nobody knows whom it selects.',
    ],
    [
      'bits behind the prefix before v1beta1',
      cnpTo('{networks: [10.0.0.5/8]}'),
      'Allow: block 10.0.0.0/8 / ',
      'warning policy.cidr-host-bits a.yaml:4 spec.egress[0].to[0].networks[0]: "10.0.0.5/8" has bits set behind the prefix; it means 10.0.0.0/8.',
    ],
  ];
  for (const [what, text, rule, problem] of cases) {
    test(what, () => {
      checkProblems(text, [problem]);
      assert.equal(ruleText(text), rule);
    });
  }
  const notJudged = (text: string, expected: readonly string[]): void => {
    checkProblems(text, expected);
    const { adminPolicies, vendorPolicies } = load(text).cluster;
    const { vendor, name, subject: about, effect } = only(vendorPolicies);
    assert.deepEqual([adminPolicies, vendor, name, about], [[], 'Kubernetes', 'p', undefined]);
    for (const direction of ['ingress', 'egress'] as const)
      assert.deepEqual(effect[direction], { mayAllow: true, mayDeny: true, additive: false });
  };
  test('a version that is not known is kept as a policy that is not judged, about any pod', () => {
    notJudged(document('v1', 'ClusterNetworkPolicy', '{rules: []}'), [
      'warning policy.unknown-version a.yaml:1 apiVersion: ClusterNetworkPolicy of policy.networking.k8s.io/v1 is not known here, so it is not judged: what it could change is undetermined.',
    ]);
    notJudged(document('v1beta1', 'AdminNetworkPolicy', '{}'), [
      'warning policy.unknown-version a.yaml:1 apiVersion: AdminNetworkPolicy of policy.networking.k8s.io/v1beta1 is not known here, so it is not judged: what it could change is undetermined.',
    ]);
  });
  test('a subject that is not known leaves the policy unjudged, about any pod', () => {
    notJudged(anp('{priority: 1, subject: {nodes: {}}}'), [
      'warning policy.unknown-field a.yaml:4 spec.subject.nodes: unknown field. Of which pods it speaks cannot be told, so the policy is not judged.',
    ]);
  });
});

describe('fields that no version knows are warned of', () => {
  const network = (spec: string): string =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n${spec}\n`;
  const dropped = 'unknown field. The API server drops it.';
  const cases: readonly (readonly [text: string, problem: string])[] = [
    [network('spec: {podSelectors: {}}'), `spec.podSelectors: ${dropped} Did you mean podSelector?`],
    [network('specs: {}'), `specs: ${dropped} Did you mean spec?`],
    [network('spec: {ingress: [{form: []}]}'), `spec.ingress[0].form: ${dropped} Did you mean from?`],
    [network('spec: {ingress: [{to: []}]}'), `spec.ingress[0].to: ${dropped}`],
    [
      network('spec: {ingress: [{from: [{podSelector: {}, namespaceselector: {}}]}]}'),
      `spec.ingress[0].from[0].namespaceselector: ${dropped} Did you mean namespaceSelector?`,
    ],
    [
      network('spec: {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, excepts: []}}]}]}'),
      `spec.ingress[0].from[0].ipBlock.excepts: ${dropped} Did you mean except?`,
    ],
    [
      network('spec: {ingress: [{ports: [{port: 1, targetPort: 2}]}]}'),
      `spec.ingress[0].ports[0].targetPort: ${dropped}`,
    ],
    [network('spec: {podSelector: {app: web}}'), `spec.podSelector.app: ${dropped}`],
    [
      network('spec: {podSelector: {matchExpressions: [{key: a, operator: Exists, value: b}]}}'),
      `spec.podSelector.matchExpressions[0].value: ${dropped} Did you mean values?`,
    ],
    [anp(`{priority: 1, tier: Admin, ${subject}}`), `spec.tier: ${dropped}`],
    [
      anpWith('ingress: [{action: Deny, from: [{namespaces: {}}], protocols: []}]'),
      `spec.ingress[0].protocols: ${dropped}`,
    ],
    [
      cnpWith('ingress: [{action: Deny, from: [{namespaces: {}}], port: []}]'),
      `spec.ingress[0].port: ${dropped}`,
    ],
    [anpPort('{portNumber: {port: 1, name: a}}'), `spec.egress[0].ports[0].portNumber.name: ${dropped}`],
    [
      cnpPort('{tcp: {destinationPort: {range: {start: 1, end: 2, step: 1}}}}'),
      `spec.egress[0].protocols[0].tcp.destinationPort.range.step: ${dropped}`,
    ],
  ];
  for (const [text, problem] of cases) {
    test(problem, () => {
      checkProblems(text, [`warning policy.unknown-field a.yaml:4 ${problem}`]);
      const { policies, adminPolicies } = load(text).cluster;
      assert.equal(policies.length + adminPolicies.length, 1, 'the policy takes part');
    });
  }
  test('the range is the key', () => {
    const [problem] = load(network('spec: {podSelectors: {}}')).problems;
    assert.deepEqual([problem?.at.character, problem?.at.endCharacter], [7, 19]);
  });
  test('a peer that holds nothing else is no peer', () => {
    const text = network('spec: {ingress: [{from: [{podSelectors: {}}]}]}');
    assert.deepEqual(problemLines(load(text).problems), [
      'error policy.invalid a.yaml:4 spec.ingress[0].from[0]: Required value: must specify a peer. NetworkPolicy shop/p is left out, as the API server would reject it.',
      `warning policy.unknown-field a.yaml:4 spec.ingress[0].from[0].podSelectors: ${dropped} Did you mean podSelector?`,
    ]);
  });
});
