// E1-E14, E17-E21: which pods a policy isolates, in which direction, and what rules without peers or ports say.
import { documents } from '../../support/manifests';
import { pod, policy } from '../fixtures';
import type { Rule } from '../rules';

const dns = pod('kube-system/coredns', { labels: '{ k8s-app: kube-dns }', node: 'n2', ips: ['10.244.2.53'] });

/** One policy that admits app x to b/z, one that admits app y. */
const forX = policy(
  'b/for-x',
  `
podSelector: {}
ingress:
- from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: x } } }]`,
);
const forY = policy(
  'b/for-y',
  `
podSelector: { matchLabels: { app: z } }
ingress:
- from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "y" } } }]`,
);
const closed = policy('b/closed', 'podSelector: {}\npolicyTypes: [Ingress]');

export const isolation: readonly Rule[] = [
  {
    rule: 'E1',
    fact: 'without policies every pod talks to every pod',
    flows: {
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
      'b/z -> a/x:80': 'allowed; egress open; ingress open',
      'a/x -> a/y:5353/UDP': 'allowed; egress open; ingress open',
    },
  },
  {
    rule: 'E2',
    fact: 'a policy selects pods of its own namespace only',
    policies: policy('b/p', 'podSelector: {}\npolicyTypes: [Ingress, Egress]'),
    flows: {
      'a/x -> a/y:80': 'allowed; egress open; ingress open',
      'a/x -> b/z:80': 'denied; egress open; ingress closed by b/p@policies.yaml:3',
      'b/z -> a/x:80': 'denied; egress closed by b/p@policies.yaml:3; ingress open',
    },
  },
  {
    rule: 'E3',
    fact: 'an ingress policy that selects other pods leaves the destination open',
    policies: policy('b/p', 'podSelector: { matchLabels: { app: other } }\npolicyTypes: [Ingress]'),
    flows: { 'a/x -> b/z:80': 'allowed; egress open; ingress open' },
  },
  {
    rule: 'E4',
    fact: 'isolation for ingress leaves egress open',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Ingress]'),
    flows: {
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
    },
  },
  {
    rule: 'E4',
    fact: 'isolation for egress leaves ingress open',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Egress]'),
    flows: {
      'a/x -> b/z:80': 'denied; egress closed by a/p@policies.yaml:3; ingress open',
      'b/z -> a/x:80': 'allowed; egress open; ingress open',
    },
  },
  ...[documents(closed, forX, forY), documents(forY, forX, closed)].map((policies, order): Rule => {
    const lines =
      order === 0
        ? { closed: 3, x: 10, ruleX: 14, y: 18, ruleY: 22 }
        : { closed: 19, x: 11, ruleX: 15, y: 3, ruleY: 7 };
    const all = `b/closed@policies.yaml:${lines.closed}, b/for-x@policies.yaml:${lines.x}, b/for-y@policies.yaml:${lines.y}`;
    return {
      rule: 'E5',
      fact: `policies add up and nothing denies by itself, whatever their order (${order === 0 ? 'deny first' : 'deny last'})`,
      policies,
      flows: {
        'a/x -> b/z:80': `allowed; egress open; ingress admitted by b/for-x rule 1@policies.yaml:${lines.ruleX} of ${all}`,
        'a/y -> b/z:80': `allowed; egress open; ingress admitted by b/for-y rule 1@policies.yaml:${lines.ruleY} of ${all}`,
        '10.244.2.200 -> b/z:80': `denied; ingress closed by ${all}`,
      },
    };
  }),
  {
    rule: 'E6',
    fact: 'the receiving side denies: all policies that isolate it are listed, none is the culprit',
    policies: documents(
      policy('b/one', 'podSelector: {}\npolicyTypes: [Ingress]'),
      policy('b/two', 'podSelector: { matchLabels: { app: z } }\ningress:\n- ports: [{ port: 81 }]'),
      policy('a/out', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n- {}'),
    ),
    flows: {
      'a/x -> b/z:80':
        'denied; egress admitted by a/out rule 1@policies.yaml:23 of a/out@policies.yaml:18; ingress closed by b/one@policies.yaml:3, b/two@policies.yaml:10',
    },
    says: {
      'a/x -> b/z:80':
        'Ingress at b/z is not admitted: isolated by one and two, and none of their rules admits a/x on TCP 80.',
    },
    traceSays: { 'a/x -> b/z:80': 'Dropped by NetworkPolicy isolation of b/z: one, two (ingress).' },
  },
  {
    rule: 'E6',
    fact: 'the sending side denies although the receiver would admit',
    policies: documents(
      policy('a/out', 'podSelector: { matchLabels: { app: x } }\npolicyTypes: [Egress]'),
      policy('b/in', 'podSelector: {}\ningress:\n- {}'),
    ),
    flows: {
      'a/x -> b/z:80':
        'denied; egress closed by a/out@policies.yaml:3; ingress admitted by b/in rule 1@policies.yaml:14 of b/in@policies.yaml:10',
    },
    says: {
      'a/x -> b/z:80':
        'Egress from a/x is not admitted: isolated by out, and none of its rules admits traffic to b/z on TCP 80.',
    },
    traceSays: { 'a/x -> b/z:80': 'Dropped by NetworkPolicy isolation of a/x: out (egress).' },
  },
  {
    rule: 'E7',
    fact: 'replies of an allowed connection come back although the reverse direction is isolated',
    policies: documents(
      policy('a/p', 'podSelector: {}\npolicyTypes: [Ingress]'),
      policy('b/p', 'podSelector: {}\npolicyTypes: [Egress]'),
    ),
    flows: {
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
      'b/z -> a/x:80': 'denied; egress closed by b/p@policies.yaml:10; ingress closed by a/p@policies.yaml:3',
    },
    traces: {
      'a/x -> b/z:80': 'Reachable delivered-port-unknown, answered',
      'b/z -> a/x:80': 'Unreachable dropped-policy',
    },
  },
  {
    rule: 'E8',
    fact: 'without policyTypes a policy isolates ingress, and not egress when it has no egress rules',
    policies: policy('a/p', 'podSelector: {}'),
    flows: {
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
    },
  },
  {
    rule: 'E8',
    fact: 'an empty list of policyTypes is as good as none, and one egress rule adds egress',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: []\negress:\n- ports: [{ port: 443 }]'),
    flows: {
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'a/x -> b/z:80': 'denied; egress closed by a/p@policies.yaml:3; ingress open',
      'a/x -> b/z:443':
        'allowed; egress admitted by a/p rule 1@policies.yaml:8 of a/p@policies.yaml:3; ingress open',
    },
  },
  {
    rule: 'E9',
    fact: 'a policy with only egress rules and no policyTypes denies all ingress too',
    policies: policy('a/p', 'podSelector: {}\negress:\n- {}'),
    flows: {
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'a/x -> b/z:80':
        'allowed; egress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3; ingress open',
    },
  },
  {
    rule: 'E10',
    fact: 'policyTypes [Egress] makes ingress rules idle and leaves ingress open',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Egress]\ningress:\n- ports: [{ port: 443 }]'),
    flows: {
      'b/z -> a/x:80': 'allowed; egress open; ingress open',
      'a/x -> b/z:80': 'denied; egress closed by a/p@policies.yaml:3; ingress open',
    },
  },
  {
    rule: 'E11',
    fact: 'policyTypes [Ingress] makes egress rules idle and leaves egress open',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Ingress]\negress:\n- ports: [{ port: 443 }]'),
    flows: {
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
    },
  },
  {
    rule: 'E12',
    fact: '`egress: []` without policyTypes isolates ingress only',
    policies: policy('a/p', 'podSelector: {}\negress: []'),
    flows: {
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
    },
  },
  {
    rule: 'E13',
    fact: 'policyTypes [Egress] without egress rules denies everything that is sent, DNS included',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Egress]'),
    objects: dns,
    flows: {
      'a/x -> kube-system/coredns:53/UDP': 'denied; egress closed by a/p@policies.yaml:3; ingress open',
      'a/x -> kube-system/coredns:53': 'denied; egress closed by a/p@policies.yaml:3; ingress open',
      'a/x -> 203.0.113.7:443': 'denied; egress closed by a/p@policies.yaml:3',
    },
  },
  ...['podSelector: {}\npolicyTypes: [Ingress]', 'policyTypes: [Ingress]'].map((spec, index): Rule => ({
    rule: 'E14',
    fact: `${index === 0 ? 'an empty podSelector' : 'no podSelector at all'} selects every pod of the namespace, also those that come later, and no other`,
    policies: policy('a/p', spec),
    objects: documents(
      pod('a/later', { ips: ['10.244.1.4'] }),
      // A pod that only its Deployment knows: it is simulated, with an address of n1 or n2.
      `
apiVersion: apps/v1
kind: Deployment
metadata: { namespace: a, name: web }
spec:
  replicas: 1
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web }] } }
`,
    ),
    flows: {
      'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'b/z -> a/later:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'b/z -> a/web-0:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
      'a/x -> b/z:80': 'allowed; egress open; ingress open',
    },
  })),
  ...['', 'ingress:', 'ingress: null', 'ingress: []'].map((ingress): Rule => ({
    rule: 'E17',
    fact: `type Ingress with ${ingress === '' ? 'no ingress field' : `\`${ingress}\``} denies all ingress`,
    policies: policy('a/p', `podSelector: {}\npolicyTypes: [Ingress]\n${ingress}`),
    flows: { 'b/z -> a/x:80': 'denied; egress open; ingress closed by a/p@policies.yaml:3' },
  })),
  {
    rule: 'E18',
    fact: '`ingress: [{}]` admits every source, also outside, on all ports and protocols',
    policies: policy('a/p', 'podSelector: {}\ningress: [{}]'),
    flows: {
      'b/z -> a/x:80':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
      'b/z -> a/x:65535/UDP':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
      'b/z -> a/x:1/SCTP':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
      '203.0.113.7 -> a/x:80':
        'allowed; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
      'node/n2 -> a/x:80': 'allowed; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
      'b/z -> a/x/ICMP':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:6 of a/p@policies.yaml:3',
    },
  },
  ...[
    '- ports: [{ port: 80 }]',
    '- from: []\n  ports: [{ port: 80 }]',
    '- from:\n  ports: [{ port: 80 }]',
  ].map((rule): Rule => ({
    rule: 'E19',
    fact: `a rule ${rule.includes('from') ? 'with an empty `from`' : 'without `from`'} admits pods, nodes and the internet (${rule.includes('[]') ? '[]' : 'nothing'})`,
    policies: policy('a/p', `podSelector: {}\ningress:\n${rule}`),
    flows: {
      'b/z -> a/x:80':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
      'node/n2 -> a/x:80': 'allowed; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
      '203.0.113.7 -> a/x:80':
        'allowed; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
      'b/z -> a/x:81': 'denied; egress open; ingress closed by a/p@policies.yaml:3',
    },
    says: { 'b/z -> a/x:80': 'the rule names no peer, so any matches' },
  })),
  ...['', '  ports: []\n', '  ports:\n'].map((ports): Rule => ({
    rule: 'E20',
    fact: `a rule with ${ports === '' ? 'no `ports`' : `\`${ports.trim()}\``} admits all ports of all protocols`,
    policies: policy('a/p', `podSelector: {}\ningress:\n- from: [{ namespaceSelector: {} }]\n${ports}`),
    flows: {
      'b/z -> a/x:1':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
      'b/z -> a/x:53/UDP':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
      'b/z -> a/x:65535/SCTP':
        'allowed; egress open; ingress admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3',
    },
    says: { 'b/z -> a/x:1': 'the rule names no port, so any matches' },
  })),
  {
    rule: 'E21',
    fact: 'peers and ports of one rule must both match; rules, peers and ports are alternatives',
    policies: policy(
      'b/p',
      `
podSelector: {}
ingress:
- from:
  - { namespaceSelector: {}, podSelector: { matchLabels: { app: x } } }
  - { namespaceSelector: {}, podSelector: { matchLabels: { app: nobody } } }
  ports: [{ port: 80 }, { port: 81 }]
- from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "y" } } }]
  ports: [{ port: 90 }]`,
    ),
    flows: {
      'a/x -> b/z:80':
        'allowed; egress open; ingress admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3',
      'a/x -> b/z:81':
        'allowed; egress open; ingress admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3',
      'a/y -> b/z:90':
        'allowed; egress open; ingress admitted by b/p rule 2@policies.yaml:11 of b/p@policies.yaml:3',
      'a/x -> b/z:90': 'denied; egress open; ingress closed by b/p@policies.yaml:3',
      'a/y -> b/z:80': 'denied; egress open; ingress closed by b/p@policies.yaml:3',
    },
    says: { 'a/x -> b/z:90': 'port does not match: the rule has TCP 80, TCP 81, the flow goes to TCP 90' },
  },
];
