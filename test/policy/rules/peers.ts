// E15, E16, E22-E31, E55, E56: whom selectors of pods and namespaces name.
import { documents } from '../../support/manifests';
import { pod, policy } from '../fixtures';
import type { Rule } from '../rules';

/** Ingress to b/z from one list of peers, in flow style. */
function from(peers: string, key = 'b/p'): string {
  return policy(key, `podSelector: {}\ningress:\n- from: ${peers}`);
}

const admitted = (direction = 'ingress'): string =>
  `${direction} admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3`;
const shut = 'ingress closed by b/p@policies.yaml:3';

/** A policy per operator, each named after it: those that isolate a pod are those that select it. */
const operators = documents(
  ...[
    ['1-labels', 'matchLabels: { app: x }'],
    ['2-in', 'matchExpressions: [{ key: app, operator: In, values: [x, w] }]'],
    ['3-not-in', 'matchExpressions: [{ key: app, operator: NotIn, values: [x] }]'],
    ['4-exists', 'matchExpressions: [{ key: tier, operator: Exists }]'],
    ['5-does-not-exist', 'matchExpressions: [{ key: tier, operator: DoesNotExist }]'],
    ['6-both', 'matchLabels: { app: x }, matchExpressions: [{ key: tier, operator: Exists }]'],
  ].map(([name, selector]) => policy(`a/${name ?? ''}`, `podSelector: { ${selector ?? ''} }`)),
);
const named = (...names: readonly string[]): string => {
  const order = ['1-labels', '2-in', '3-not-in', '4-exists', '5-does-not-exist', '6-both'];
  return names.map((name) => `a/${name}@policies.yaml:${3 + 6 * order.indexOf(name)}`).join(', ');
};

export const peers: readonly Rule[] = [
  {
    rule: 'E15',
    fact: 'all requirements of a selector must hold; NotIn and DoesNotExist also match pods without the key',
    policies: operators,
    objects: documents(
      pod('a/tiered', { labels: '{ app: x, tier: front }', ips: ['10.244.1.4'] }),
      pod('a/bare', { ips: ['10.244.1.5'] }),
      pod('a/w', { labels: '{ app: w, tier: "" }', ips: ['10.244.1.6'] }),
    ),
    flows: {
      'b/z -> a/x:80': `denied; egress open; ingress closed by ${named('1-labels', '2-in', '5-does-not-exist')}`,
      'b/z -> a/tiered:80': `denied; egress open; ingress closed by ${named('1-labels', '2-in', '4-exists', '6-both')}`,
      'b/z -> a/bare:80': `denied; egress open; ingress closed by ${named('3-not-in', '5-does-not-exist')}`,
      'b/z -> a/w:80': `denied; egress open; ingress closed by ${named('2-in', '3-not-in', '4-exists')}`,
    },
  },
  {
    rule: 'E16',
    fact: 'label values are matched exactly and with their case, and so are keys',
    policies: documents(
      policy('a/1-case', 'podSelector: { matchLabels: { app: X } }'),
      policy('a/2-part', 'podSelector: { matchLabels: { app: "" } }'),
      policy('a/3-key', 'podSelector: { matchLabels: { App: x } }'),
      policy('a/4-exact', 'podSelector: { matchLabels: { app: x } }'),
    ),
    flows: {
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/4-exact@policies.yaml:21',
      'b/z -> a/y:80': 'allowed; egress open; ingress open',
    },
  },
  {
    rule: 'E22',
    fact: 'a podSelector alone names pods of the policy’s own namespace',
    policies: from('[{ podSelector: { matchLabels: { app: x } } }]'),
    objects: pod('b/x', { labels: '{ app: x }', ips: ['10.244.1.7'] }),
    flows: {
      'b/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'a/x -> b/z:80': `denied; egress open; ${shut}`,
    },
    says: {
      'b/x -> b/z:80': 'podSelector app=x in namespace b selects b/x',
      'a/x -> b/z:80': 'podSelector app=x in namespace b does not select a/x',
    },
  },
  {
    rule: 'E23',
    fact: 'a namespaceSelector alone names all pods of the namespaces it selects',
    policies: from('[{ namespaceSelector: { matchLabels: { team: a } } }]'),
    objects: pod('b/x', { ips: ['10.244.1.7'] }),
    flows: {
      'a/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'a/y -> b/z:80': `allowed; egress open; ${admitted()}`,
      'b/x -> b/z:80': `denied; egress open; ${shut}`,
    },
    says: { 'a/x -> b/z:80': 'every pod in namespaces team=a selects a/x' },
  },
  {
    rule: 'E24',
    fact: 'both selectors in one element must match',
    policies: from(
      '[{ namespaceSelector: { matchLabels: { team: a } }, podSelector: { matchLabels: { app: x } } }]',
    ),
    objects: pod('b/x', { labels: '{ app: x }', ips: ['10.244.1.7'] }),
    flows: {
      'a/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'a/y -> b/z:80': `denied; egress open; ${shut}`,
      'b/x -> b/z:80': `denied; egress open; ${shut}`,
    },
    says: { 'a/x -> b/z:80': 'podSelector app=x in namespaces team=a selects a/x' },
  },
  {
    rule: 'E25',
    fact: 'two elements are alternatives, and the podSelector stays in its own namespace',
    policies: from(
      '[{ namespaceSelector: { matchLabels: { team: a } } }, { podSelector: { matchLabels: { app: x } } }]',
    ),
    objects: documents(
      pod('b/x', { labels: '{ app: x }', ips: ['10.244.1.7'] }),
      pod('c/x', { labels: '{ app: x }', ips: ['10.244.1.8'] }),
    ),
    flows: {
      'a/y -> b/z:80': `allowed; egress open; ${admitted()}`,
      'b/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'c/x -> b/z:80': `denied; egress open; ${shut}`,
    },
  },
  {
    rule: 'E26',
    fact: 'an empty namespaceSelector names all pods of all namespaces, but neither nodes nor the outside',
    policies: from('[{ namespaceSelector: {} }]'),
    objects: pod('unlabelled/q', { ips: ['10.244.1.8'] }),
    flows: {
      'a/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'unlabelled/q -> b/z:80': `allowed; egress open; ${admitted()}`,
      'node/n1 -> b/z:80': `denied; ${shut}`,
      '203.0.113.7 -> b/z:80': `denied; ${shut}`,
    },
  },
  {
    rule: 'E27',
    fact: 'an empty podSelector as a peer names all pods of the own namespace',
    policies: from('[{ podSelector: {} }]'),
    objects: pod('b/x', { ips: ['10.244.1.7'] }),
    flows: {
      'b/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'a/x -> b/z:80': `denied; egress open; ${shut}`,
      '203.0.113.7 -> b/z:80': `denied; ${shut}`,
    },
  },
  {
    rule: 'E28',
    fact: 'a namespace is chosen by name through the label that the control plane sets, which nobody can fake',
    policies: from('[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: a } } }]'),
    objects: documents(
      `
apiVersion: v1
kind: Namespace
metadata: { name: faked, labels: { kubernetes.io/metadata.name: a } }
`,
      pod('faked/q', { ips: ['10.244.1.8'] }),
      pod('unwritten/q', { ips: ['10.244.1.9'] }),
    ),
    flows: {
      'a/x -> b/z:80': `allowed; egress open; ${admitted()}`,
      'faked/q -> b/z:80': `denied; egress open; ${shut}`,
      'unwritten/q -> b/z:80': `denied; egress open; ${shut}`,
    },
  },
  {
    rule: 'E28',
    fact: 'the label is there also when no file has the Namespace',
    policies: from('[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: unwritten } } }]'),
    objects: pod('unwritten/q', { ips: ['10.244.1.9'] }),
    flows: {
      'unwritten/q -> b/z:80': `allowed; egress open; ${admitted()}`,
      'a/x -> b/z:80': `denied; egress open; ${shut}`,
    },
  },
  {
    rule: 'E29',
    fact: 'a peer without any field is refused by the API, so the policy does not exist',
    policies: from('[{}]'),
    problems: [
      'error policy.invalid policies.yaml:7 spec.ingress[0].from[0]: Required value: must specify a peer. NetworkPolicy b/p is left out, as the API server would reject it.',
    ],
    flows: { 'a/x -> b/z:80': 'allowed; egress open; ingress open' },
  },
  {
    rule: 'E30',
    fact: 'a peer that matches nothing admits nobody, and the pods are isolated all the same',
    policies: from('[{ podSelector: { matchLabels: { app: nobody } } }]'),
    flows: {
      'a/x -> b/z:80': `denied; egress open; ${shut}`,
      '203.0.113.7 -> b/z:80': `denied; ${shut}`,
    },
  },
  {
    rule: 'E31',
    fact: 'an address outside, or one that nobody owns, is matched by no selector of pods or namespaces',
    policies: from(
      '[{ namespaceSelector: {}, podSelector: {} }, { namespaceSelector: {} }, { podSelector: {} }]',
    ),
    flows: {
      '203.0.113.7 -> b/z:80': `denied; ${shut}`,
      '10.244.1.77 -> b/z:80': `denied; ${shut}`,
      '10.244.1.2 -> b/z:80': `allowed; egress open; ${admitted()}`,
    },
    says: { '203.0.113.7 -> b/z:80': '203.0.113.7 is not a pod of the pod network' },
  },
  {
    rule: 'E55',
    fact: 'a namespace without labels of its own is matched by its name or by everything',
    policies: documents(
      policy(
        'b/p',
        `
podSelector: {}
ingress:
- from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: plain } } }]
  ports: [{ port: 80 }]
- from: [{ namespaceSelector: {} }]
  ports: [{ port: 81 }]
- from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: Exists }] } }]
  ports: [{ port: 82 }]`,
      ),
    ),
    objects: documents(
      `
apiVersion: v1
kind: Namespace
metadata: { name: plain }
`,
      pod('plain/q', { ips: ['10.244.1.8'] }),
    ),
    flows: {
      'plain/q -> b/z:80':
        'allowed; egress open; ingress admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3',
      'plain/q -> b/z:81':
        'allowed; egress open; ingress admitted by b/p rule 2@policies.yaml:9 of b/p@policies.yaml:3',
      'plain/q -> b/z:82': `denied; egress open; ${shut}`,
      'a/x -> b/z:82':
        'allowed; egress open; ingress admitted by b/p rule 3@policies.yaml:11 of b/p@policies.yaml:3',
    },
  },
];
