// E32-E36, E60, E65: address blocks, families, and which address policies get to see.
import { documents } from '../../support/manifests';
import { pod, policy } from '../fixtures';
import type { Rule } from '../rules';

const admitted = 'admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3';
const shut = 'closed by a/p@policies.yaml:3';

/** A policy on namespace a with one rule of one peer, which is an address block. */
function block(direction: 'ingress' | 'egress', ipBlock: string): string {
  const key = direction === 'ingress' ? 'from' : 'to';
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  return policy(
    'a/p',
    `podSelector: {}\npolicyTypes: [${type}]\n${direction}: [{ ${key}: [{ ipBlock: ${ipBlock} }] }]`,
  );
}

const dual = documents(
  pod('a/d', { labels: '{ app: d }', ips: ['10.244.1.4', 'fd00:1::4'] }),
  pod('b/d', { labels: '{ app: d }', ips: ['10.244.2.4', 'fd00:2::4'], node: 'n2' }),
);

const service = `
apiVersion: v1
kind: Service
metadata: { namespace: b, name: z }
spec: { clusterIP: 10.96.0.20, selector: { app: z }, ports: [{ port: 8080, targetPort: 80 }] }
`;

export const addresses: readonly Rule[] = [
  {
    rule: 'E32',
    fact: 'an ipBlock of an ingress rule is held against the source, without its exceptions',
    policies: block('ingress', '{ cidr: 203.0.113.0/24, except: [203.0.113.128/25] }'),
    flows: {
      '203.0.113.0 -> a/x:80': `allowed; ingress ${admitted}`,
      '203.0.113.127 -> a/x:80': `allowed; ingress ${admitted}`,
      '203.0.113.128 -> a/x:80': `denied; ingress ${shut}`,
      '203.0.112.255 -> a/x:80': `denied; ingress ${shut}`,
      '203.0.114.0 -> a/x:80': `denied; ingress ${shut}`,
    },
    says: {
      '203.0.113.7 -> a/x:80': 'ipBlock 203.0.113.0/24 selects 203.0.113.7',
      '203.0.113.200 -> a/x:80': '203.0.113.200 is excepted by 203.0.113.128/25',
      '198.51.100.1 -> a/x:80': '198.51.100.1 is not in 203.0.113.0/24',
    },
  },
  {
    rule: 'E32',
    fact: 'an ipBlock of an egress rule is held against the destination',
    policies: block('egress', '{ cidr: 203.0.113.0/24, except: [203.0.113.1/32, 203.0.113.8/31] }'),
    flows: {
      'a/x -> 203.0.113.2:443': `allowed; egress ${admitted}`,
      'a/x -> 203.0.113.1:443': `denied; egress ${shut}`,
      'a/x -> 203.0.113.9:443': `denied; egress ${shut}`,
      'a/x -> 203.0.113.10:443': `allowed; egress ${admitted}`,
      'a/x -> 10.0.0.1:443': `denied; egress ${shut}`,
    },
  },
  {
    rule: 'E33',
    fact: 'an exception narrows its own block only: another rule or policy may admit the address',
    policies: documents(
      policy(
        'a/p',
        `
podSelector: {}
ingress:
- from: [{ ipBlock: { cidr: 203.0.113.0/24, except: [203.0.113.8/29] } }]
- from: [{ ipBlock: { cidr: 203.0.113.8/32 } }]`,
      ),
      policy('a/q', 'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 203.0.113.9/32 } }] }]'),
    ),
    flows: {
      '203.0.113.8 -> a/x:80':
        'allowed; ingress admitted by a/p rule 2@policies.yaml:8 of a/p@policies.yaml:3, a/q@policies.yaml:12',
      '203.0.113.9 -> a/x:80':
        'allowed; ingress admitted by a/q rule 1@policies.yaml:15 of a/p@policies.yaml:3, a/q@policies.yaml:12',
      '203.0.113.10 -> a/x:80': 'denied; ingress closed by a/p@policies.yaml:3, a/q@policies.yaml:12',
    },
  },
  {
    rule: 'E34',
    fact: '0.0.0.0/0 covers no IPv6 address',
    policies: block('ingress', '{ cidr: 0.0.0.0/0 }'),
    flows: {
      '203.0.113.7 -> a/x:80': `allowed; ingress ${admitted}`,
      '[2001:db8::1] -> a/x:80': `denied; ingress ${shut}`,
    },
  },
  {
    rule: 'E34',
    fact: '::/0 covers no IPv4 address',
    policies: block('ingress', '{ cidr: "::/0" }'),
    flows: {
      '[2001:db8::1] -> a/x:80': `allowed; ingress ${admitted}`,
      '203.0.113.7 -> a/x:80': `denied; ingress ${shut}`,
    },
  },
  {
    rule: 'E35',
    fact: 'an ipBlock matches the addresses of pods, as most plugins do, with a note that Cilium does not',
    policies: block('egress', '{ cidr: 10.244.2.0/24 }'),
    flows: { 'a/x -> b/z:80': `allowed; egress ${admitted}; ingress open` },
    says: {
      'a/x -> b/z:80':
        'a/p admits 10.244.2.2 by address block; Cilium does not match blocks against pods and nodes.',
    },
    traceSays: { 'a/x -> b/z:80': 'Cilium does not match blocks against pods and nodes.' },
  },
  {
    rule: 'E36',
    fact: 'an ipBlock never matches a ClusterIP: the address is rewritten before policies see it',
    policies: block('egress', '{ cidr: 10.96.0.0/16 }'),
    objects: service,
    traces: { 'a/x -> svc/b/z:8080': 'Unreachable dropped-policy' },
    traceSays: { 'a/x -> svc/b/z:8080': 'Dropped by NetworkPolicy isolation of a/x: p (egress).' },
  },
  {
    rule: 'E36',
    fact: 'an ipBlock around the endpoint lets the Service through',
    policies: block('egress', '{ cidr: 10.244.2.2/32 }'),
    objects: service,
    traces: { 'a/x -> svc/b/z:8080': 'Reachable delivered-port-unknown, answered' },
  },
  {
    rule: 'E60',
    fact: 'each family is judged with its own addresses',
    policies: block('ingress', '{ cidr: "fd00:2::/64" }'),
    objects: dual,
    flows: {
      '[fd00:2::4] -> [fd00:1::4]:80': `allowed; egress open; ingress ${admitted}`,
      '10.244.2.4 -> 10.244.1.4:80': `denied; egress open; ingress ${shut}`,
    },
  },
  {
    rule: 'E60',
    fact: 'selectors name a pod in both families',
    policies: policy(
      'a/p',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: d } } }] }]',
    ),
    objects: dual,
    flows: {
      '[fd00:2::4] -> [fd00:1::4]:80': `allowed; egress open; ingress ${admitted}`,
      '10.244.2.4 -> 10.244.1.4:80': `allowed; egress open; ingress ${admitted}`,
      '[2001:db8::1] -> [fd00:1::4]:80': `denied; ingress ${shut}`,
    },
  },
  {
    rule: 'E65',
    fact: 'behind node ports and host ports a policy sees the client only where its own node lets it in, else a node',
    policies: block('ingress', '{ cidr: 203.0.113.0/24 }'),
    objects: documents(
      `
apiVersion: v1
kind: Service
metadata: { namespace: a, name: x }
spec:
  type: NodePort
  clusterIP: 10.96.0.21
  selector: { app: x }
  ports: [{ port: 80, nodePort: 30080 }]
`,
      pod('a/host-port', {
        ips: ['10.244.1.9'],
        spec: 'containers: [{ name: app, ports: [{ containerPort: 80, hostPort: 8080 }] }]',
      }),
    ),
    traces: {
      'b/z -> node/n1:30080': 'Unreachable dropped-policy',
      'b/z -> node/n1:8080': 'Unreachable dropped-policy',
      '203.0.113.7 -> node/n1:30080': 'Reachable delivered-port-unknown, answered',
      '203.0.113.7 -> node/n2:30080': 'Unreachable dropped-policy',
      '203.0.113.7 -> node/n1:8080': 'Reachable delivered-port-unknown, answered',
    },
  },
];
