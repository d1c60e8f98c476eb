// NetworkPolicy as read: defaulting (rules E8-E14), peers and ports, and what the API server refuses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NetworkPolicy } from '../../src/model/policy';
import { selectorText } from '../../src/model/selector';
import { checkProblems, clusterOf, load, only } from './reading';

function policy(spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`;
}

function policyOf(spec: string): NetworkPolicy {
  return only(clusterOf(policy(spec)).policies);
}

describe('which directions a policy isolates', () => {
  const cases: readonly (readonly [rule: string, spec: string, ingress: boolean, egress: boolean])[] = [
    ['E8', '{podSelector: {}}', true, false],
    ['E8', '{podSelector: {}, policyTypes: []}', true, false],
    ['E8', '{podSelector: {}, egress: [{}]}', true, true],
    ['E9', '{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}', true, true],
    ['E10', '{podSelector: {}, policyTypes: [Egress], ingress: [{}]}', false, true],
    ['E11', '{podSelector: {}, policyTypes: [Ingress], egress: [{}]}', true, false],
    ['E12', '{podSelector: {}, egress: []}', true, false],
    ['E13', '{podSelector: {}, policyTypes: [Egress]}', false, true],
    ['both', '{podSelector: {}, policyTypes: [Ingress, Egress]}', true, true],
  ];
  for (const [rule, spec, ingress, egress] of cases) {
    test(`${rule}: ${spec}`, () => assert.deepEqual(policyOf(spec).isolates, { ingress, egress }));
  }
});

describe('what a policy says', () => {
  test('E14: no podSelector selects every pod of the namespace', () => {
    assert.equal(selectorText(policyOf('{policyTypes: [Ingress]}').podSelector), '<everything>');
    assert.equal(selectorText(policyOf('{podSelector: }').podSelector), '<everything>');
  });
  test('E15: matchLabels and matchExpressions are one list', () => {
    const spec = `{podSelector: {matchLabels: {app: web}, matchExpressions: [
      {key: tier, operator: In, values: [a, b]}, {key: x, operator: NotIn, values: [z]},
      {key: new, operator: Exists}, {key: old, operator: DoesNotExist}]}}`;
    assert.equal(selectorText(policyOf(spec).podSelector), 'app=web,tier in (a,b),x notin (z),new,!old');
  });
  test('E18: an empty rule admits all; so does a rule of nothing, as the API reads it', () => {
    for (const spec of ['{podSelector: {}, ingress: [{}]}', '{podSelector: {}, ingress: [null]}']) {
      const rule = only(policyOf(spec).ingress);
      assert.deepEqual([rule.index, rule.peers, rule.ports], [0, [], []]);
    }
  });
  test('E22-E27: selectors in one element belong together, two elements are two peers', () => {
    const { peers } = only(
      policyOf(
        '{podSelector: {}, ingress: [{from: [{podSelector: {}, namespaceSelector: {}}, {podSelector: {}}, {namespaceSelector: {}}]}]}',
      ).ingress,
    );
    assert.deepEqual(
      peers.map(
        (peer) =>
          peer.kind === 'pods' && [peer.podSelector !== undefined, peer.namespaceSelector !== undefined],
      ),
      [
        [true, true],
        [true, false],
        [false, true],
      ],
    );
  });
  test('E32: ranges with their exceptions', () => {
    const [peer] = only(
      policyOf('{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}')
        .egress,
    ).peers;
    assert.ok(peer?.kind === 'ipBlock');
    assert.deepEqual(
      [peer.cidr.text, peer.except.map((range) => range.text)],
      ['10.0.0.0/8', ['10.1.0.0/16']],
    );
  });
  test('E38, E39, E44: ports with TCP as the default, protocols without a port, ranges and names', () => {
    const { ports } = only(
      policyOf(
        '{podSelector: {}, ingress: [{ports: [{port: 80}, {protocol: UDP}, {port: 1000, endPort: 2000}, {port: http}]}]}',
      ).ingress,
    );
    assert.deepEqual(
      ports.map((port) => [port.protocol, port.port, port.endPort]),
      [
        ['TCP', 80, undefined],
        ['UDP', undefined, undefined],
        ['TCP', 1000, 2000],
        ['TCP', 'http', undefined],
      ],
    );
  });
  test('rules, peers and ports know their lines', () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p
spec:
  podSelector: {}
  ingress:
  - from:
    - podSelector: {}
    ports:
    - port: 80
  - {}
`;
    const { ingress, nameAt, podSelector } = only(clusterOf(text).policies);
    assert.deepEqual([nameAt?.line, podSelector.at?.line], [3, 5]);
    assert.deepEqual(
      ingress.map((rule) => rule.at?.line),
      [7, 11],
    );
    assert.deepEqual([ingress[0]?.peers[0]?.at?.line, ingress[0]?.ports[0]?.at?.line], [8, 10]);
  });
});

describe('what the API server refuses takes no part', () => {
  const from = (peer: string): string => `{podSelector: {}, ingress: [{}, {from: [${peer}]}]}`;
  const ports = (port: string): string => `{podSelector: {}, ingress: [{ports: [{port: 80}, ${port}]}]}`;
  const peerPath = 'spec.ingress[1].from[0]';
  const portPath = 'spec.ingress[0].ports[1]';
  const badCidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  const cases: readonly (readonly [spec: string, reason: string])[] = [
    [from('{}'), `${peerPath}: Required value: must specify a peer`],
    [from('{podSelector: }'), `${peerPath}: Required value: must specify a peer`],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}'),
      `${peerPath}: Forbidden: may not specify both ipBlock and another peer`,
    ],
    [from('{ipBlock: {cidr: ""}}'), `${peerPath}.ipBlock.cidr: Required value`],
    [from('{ipBlock: {}}'), `${peerPath}.ipBlock.cidr: Required value`],
    [from('{ipBlock: {cidr: 10.0.0.0}}'), `${peerPath}.ipBlock.cidr: Invalid value: "10.0.0.0": ${badCidr}`],
    [
      from('{ipBlock: {cidr: 10.0.0.0/33}}'),
      `${peerPath}.ipBlock.cidr: Invalid value: "10.0.0.0/33": ${badCidr}`,
    ],
    [
      from('{ipBlock: {cidr: example.com}}'),
      `${peerPath}.ipBlock.cidr: Invalid value: "example.com": ${badCidr}`,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8}, namespaceSelector: {}}'),
      `${peerPath}: Forbidden: may not specify both ipBlock and another peer`,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0]}}'),
      `${peerPath}.ipBlock.except[0]: Invalid value: "10.1.0.0": ${badCidr}`,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8, except: ["", 10.1.0.0/16]}}'),
      `${peerPath}.ipBlock.except[0]: Invalid value: "": ${badCidr}`,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, "fd00::/64"]}}'),
      `${peerPath}.ipBlock.except[1]: Invalid value: "fd00::/64": must be a strict subset of \`cidr\``,
    ],
    [
      from('{ipBlock: {cidr: 10.1.0.0/16, except: [10.0.0.0/8]}}'),
      `${peerPath}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}'),
      `${peerPath}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``,
    ],
    [
      from('{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}'),
      `${peerPath}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
    ],
    [
      from('{podSelector: {matchExpressions: [{key: a, operator: Equals, values: [b]}]}}'),
      `${peerPath}.podSelector.matchExpressions[0].operator: Invalid value: "Equals": not a valid selector operator`,
    ],
    [
      from('{podSelector: {matchExpressions: [{key: a, operator: In}]}}'),
      `${peerPath}.podSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ],
    [
      from('{podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}'),
      `${peerPath}.podSelector.matchExpressions[0].values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    ],
    [
      ports('{protocol: HTTP}'),
      `${portPath}.protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [
      ports('{protocol: tcp, port: 80}'),
      `${portPath}.protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [
      ports('{protocol: "", port: 80}'),
      `${portPath}.protocol: Unsupported value: "": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [ports('{port: 0}'), `${portPath}.port: Invalid value: 0: must be between 1 and 65535, inclusive`],
    [
      ports('{port: 70000}'),
      `${portPath}.port: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    [ports('{port: "80"}'), `${portPath}.port: Invalid value: "80": must contain at least one letter (a-z)`],
    [
      ports('{port: Web}'),
      `${portPath}.port: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
    ],
    [
      ports('{port: a-name-too-long1}'),
      `${portPath}.port: Invalid value: "a-name-too-long1": must be no more than 15 characters`,
    ],
    [ports('{port: web-}'), `${portPath}.port: Invalid value: "web-": must not begin or end with a hyphen`],
    [
      ports('{port: web.http}'),
      `${portPath}.port: Invalid value: "web.http": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
    ],
    [ports('{port: 1.5}'), `${portPath}.port: Invalid value: 1.5: must be an integer or a string`],
    [ports('{port: a--b}'), `${portPath}.port: Invalid value: "a--b": must not contain consecutive hyphens`],
    [
      ports('{port: 80, endPort: 79}'),
      `${portPath}.endPort: Invalid value: 80: must be greater than or equal to \`port\``,
    ],
    [
      ports('{endPort: 90}'),
      `${portPath}.endPort: Invalid value: 90: may not be specified when \`port\` is not specified`,
    ],
    [
      ports('{port: 65000, endPort: 70000}'),
      `${portPath}.endPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    [
      ports('{port: http, endPort: 90}'),
      `${portPath}.endPort: Invalid value: 90: may not be specified when \`port\` is non-numeric`,
    ],
    [
      '{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}',
      'spec.policyTypes: Invalid value: a list: may not specify more than two policyTypes',
    ],
    [
      '{podSelector: {}, policyTypes: [Ingress, Egress, Sideways]}',
      'spec.policyTypes: Invalid value: a list: may not specify more than two policyTypes',
    ],
    [
      '{podSelector: {}, policyTypes: [ingress]}',
      'spec.policyTypes[0]: Unsupported value: "ingress": supported values: "Egress", "Ingress"',
    ],
    ['{podSelector: web}', 'spec.podSelector: Invalid value: "web": must be a map'],
    ['{podSelector: {}, ingress: {from: []}}', 'spec.ingress: Invalid value: a map: must be a list'],
  ];
  for (const [spec, reason] of cases) {
    test(reason.slice(0, 110), () => {
      const expected = `error policy.invalid a.yaml:4 ${reason}. NetworkPolicy shop/p is left out, as the API server would reject it.`;
      checkProblems(policy(spec), [expected]);
      assert.deepEqual(load(policy(spec)).cluster.policies, []);
    });
  }

  test('an empty port name breaks two rules at once, as the API server tells', () => {
    const left = '. NetworkPolicy shop/p is left out, as the API server would reject it.';
    checkProblems(
      policy(ports('{port: ""}')),
      [
        'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'must contain at least one letter (a-z)',
      ].map(
        (reason) => `error policy.invalid a.yaml:4 ${portPath}.port: Invalid value: "": ${reason}${left}`,
      ),
    );
  });

  test('bits behind the prefix are only warned of; the whole range is meant', () => {
    const text = policy(from('{ipBlock: {cidr: 10.0.0.5/8}}'));
    checkProblems(text, [
      'warning policy.cidr-host-bits a.yaml:4 spec.ingress[1].from[0].ipBlock.cidr: "10.0.0.5/8" has bits set behind the prefix; it means 10.0.0.0/8.',
    ]);
    assert.equal(load(text).cluster.policies.length, 1);
  });
  test('IPv6 ranges in long form are the same ranges', () => {
    const [peer] = only(
      policyOf('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "2001:0DB8:0::/32"}}]}]}').ingress,
    ).peers;
    assert.equal(peer?.kind === 'ipBlock' && peer.cidr.text, '2001:db8::/32');
  });
});

test('policies of vendors are kept by name', () => {
  const kinds: readonly (readonly [apiVersion: string, kind: string, namespace: string])[] = [
    ['cilium.io/v2', 'CiliumNetworkPolicy', 'shop'],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', ''],
    ['crd.projectcalico.org/v1', 'NetworkPolicy', 'shop'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy', ''],
    ['crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', ''],
    ['crd.antrea.io/v1beta1', 'NetworkPolicy', 'shop'],
    ['security.istio.io/v1', 'AuthorizationPolicy', 'shop'],
    ['networking.k8s.aws/v1alpha1', 'ClusterNetworkPolicy', ''],
  ];
  const text = kinds
    .map(
      ([apiVersion, kind]) =>
        `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: p, namespace: shop}\n`,
    )
    .join('---\n');
  const cluster = clusterOf(text);
  assert.deepEqual(cluster.policies, []);
  assert.deepEqual(
    cluster.vendorPolicies.map((one) => `${one.apiVersion} ${one.kind} ${one.namespace}`).sort(),
    kinds.map((one) => one.join(' ')).sort(),
  );
});
