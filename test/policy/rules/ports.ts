// E37-E46: which port a rule speaks of, and which protocols.
import { documents } from '../../support/manifests';
import { pod, policy } from '../fixtures';
import type { Rule } from '../rules';

const admitted = 'admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3';
const shut = 'closed by b/p@policies.yaml:3';

/** Ingress to namespace b on a list of ports, in flow style. */
function onPorts(ports: string): string {
  return policy('b/p', `podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ ports: ${ports} }]`);
}

/** Egress of namespace a on a list of ports, in flow style. */
function toPorts(ports: string, to = ''): string {
  return policy('a/p', `podSelector: {}\npolicyTypes: [Egress]\negress: [{ ${to}ports: ${ports} }]`);
}

const out = 'admitted by a/p rule 1@policies.yaml:7 of a/p@policies.yaml:3';
const outShut = 'closed by a/p@policies.yaml:3';

/** Pods whose port named http has different numbers and protocols. */
const servers = documents(
  pod('b/s8080', {
    ips: ['10.244.2.8'],
    node: 'n2',
    spec: 'containers: [{ name: app, ports: [{ name: http, containerPort: 8080 }] }]',
  }),
  pod('b/s9090', {
    ips: ['10.244.2.9'],
    node: 'n2',
    spec: 'containers: [{ name: side }, { name: app, ports: [{ name: metrics, containerPort: 80 }, { name: http, containerPort: 9090 }] }]',
  }),
  pod('b/udp', {
    ips: ['10.244.2.10'],
    node: 'n2',
    spec: 'containers: [{ name: app, ports: [{ name: http, containerPort: 8080, protocol: UDP }] }]',
  }),
);

const sidecar = documents(
  pod('b/side', {
    labels: '{ app: side }',
    ips: ['10.244.2.11'],
    node: 'n2',
    spec: `
initContainers: [{ name: proxy, restartPolicy: Always, ports: [{ name: proxy, containerPort: 15000 }] }]
containers: [{ name: app }]`,
  }),
  `
apiVersion: v1
kind: Service
metadata: { namespace: b, name: side }
spec: { clusterIP: 10.96.0.22, selector: { app: side }, ports: [{ port: 80, targetPort: proxy }] }
`,
);

export const ports: readonly Rule[] = [
  {
    rule: 'E37',
    fact: 'a rule’s port is the port of the pod, not that of the Service',
    policies: onPorts('[{ port: 80 }]'),
    objects: `
apiVersion: v1
kind: Service
metadata: { namespace: b, name: z }
spec: { clusterIP: 10.96.0.20, selector: { app: z }, ports: [{ port: 8080, targetPort: 80 }] }
`,
    traces: { 'a/x -> svc/b/z:8080': 'Reachable delivered-port-unknown, answered' },
  },
  {
    rule: 'E37',
    fact: 'a rule with the port of the Service does not admit its traffic, at neither end',
    policies: documents(onPorts('[{ port: 8080 }]'), toPorts('[{ port: 8080 }]')),
    objects: `
apiVersion: v1
kind: Service
metadata: { namespace: b, name: z }
spec: { clusterIP: 10.96.0.20, selector: { app: z }, ports: [{ port: 8080, targetPort: 80 }] }
`,
    traces: { 'a/x -> svc/b/z:8080': 'Unreachable dropped-policy' },
    traceSays: { 'a/x -> svc/b/z:8080': 'Dropped by NetworkPolicy isolation of a/x: p (egress).' },
  },
  {
    rule: 'E38',
    fact: 'without a protocol a port is TCP only',
    policies: onPorts('[{ port: 53 }]'),
    flows: {
      'a/x -> b/z:53': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:53/UDP': `denied; egress open; ingress ${shut}`,
      'a/x -> b/z:53/SCTP': `denied; egress open; ingress ${shut}`,
    },
    says: { 'a/x -> b/z:53/UDP': 'the rule has TCP 53, the flow goes to UDP 53' },
  },
  {
    rule: 'E39',
    fact: 'a protocol without a port means all its ports',
    policies: onPorts('[{ protocol: UDP }]'),
    flows: {
      'a/x -> b/z:1/UDP': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:65535/UDP': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:53': `denied; egress open; ingress ${shut}`,
    },
    says: { 'a/x -> b/z:1/UDP': 'all UDP ports covers UDP 1' },
  },
  {
    rule: 'E40',
    fact: 'an ingress rule finds a named port on the pod that the policy selects, by name and protocol',
    policies: onPorts('[{ port: http }]'),
    objects: servers,
    flows: {
      'a/x -> b/z:80': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/s8080:8080': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/s9090:9090': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/s8080:80': `denied; egress open; ingress ${shut}`,
      'a/x -> b/udp:8080/UDP': `denied; egress open; ingress ${shut}`,
      'a/x -> b/udp:8080': `denied; egress open; ingress ${shut}`,
    },
    says: { 'a/x -> b/s9090:9090': 'TCP http covers TCP 9090' },
  },
  {
    rule: 'E40',
    fact: 'an egress rule finds a named port on each pod it goes to, whatever its number there',
    policies: toPorts('[{ port: http }]'),
    objects: servers,
    flows: {
      'a/x -> b/z:80': `allowed; egress ${out}; ingress open`,
      'a/x -> b/s8080:8080': `allowed; egress ${out}; ingress open`,
      'a/x -> b/s9090:9090': `allowed; egress ${out}; ingress open`,
      'a/x -> b/s9090:80': `denied; egress ${outShut}; ingress open`,
    },
  },
  {
    rule: 'E41',
    fact: 'a name that the destination does not declare matches no port',
    policies: onPorts('[{ port: grpc }]'),
    flows: { 'a/x -> b/z:80': `denied; egress open; ingress ${shut}` },
    says: { 'a/x -> b/z:80': 'TCP grpc (no container of the destination declares that name)' },
  },
  {
    rule: 'E42',
    fact: 'a named port towards an address outside matches nothing, also beside an ipBlock that covers it',
    policies: toPorts('[{ port: http }]', 'to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], '),
    flows: {
      'a/x -> 203.0.113.7:80': `denied; egress ${outShut}`,
      'a/x -> node/n2:80': `denied; egress ${outShut}`,
    },
    says: { 'a/x -> 203.0.113.7:80': 'TCP http (no container of the destination declares that name)' },
  },
  {
    rule: 'E42',
    fact: 'a named port towards a hostNetwork pod matches nothing either: policies see the address of its node',
    policies: toPorts('[{ port: metrics }]'),
    objects: pod('b/agent', {
      ips: ['172.30.0.12'],
      node: 'n2',
      spec: 'hostNetwork: true\ncontainers: [{ name: agent, ports: [{ name: metrics, containerPort: 9100 }] }]',
    }),
    flows: { 'a/x -> b/agent:9100': `denied; egress ${outShut}; ingress host network` },
  },
  {
    rule: 'E43',
    fact: 'a port that only a sidecar names is left open: plugins differ, though Services resolve it',
    policies: onPorts('[{ port: proxy }]'),
    objects: sidecar,
    flows: {
      'a/x -> b/side:15000': 'cannot tell; egress open; ingress undefined at b/p rule 1@policies.yaml:7',
      'a/x -> b/side:15001': `denied; egress open; ingress ${shut}`,
    },
    says: {
      'a/x -> b/side:15000': 'only a sidecar declares a port named proxy; whether plugins look there varies',
    },
    traces: { 'a/x -> svc/b/side:80': 'Undetermined unknown, answered' },
  },
  {
    rule: 'E43',
    fact: 'a port that app and sidecar name alike is that of the app for certain',
    policies: onPorts('[{ port: proxy }]'),
    objects: pod('b/both', {
      ips: ['10.244.2.12'],
      node: 'n2',
      spec: `
initContainers: [{ name: proxy, restartPolicy: Always, ports: [{ name: proxy, containerPort: 15000 }] }]
containers: [{ name: app, ports: [{ name: proxy, containerPort: 16000 }] }]`,
    }),
    flows: {
      'a/x -> b/both:16000': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/both:15000': 'cannot tell; egress open; ingress undefined at b/p rule 1@policies.yaml:7',
    },
  },
  {
    rule: 'E44',
    fact: 'endPort makes an inclusive range; plugins without support for it apply the first port alone',
    policies: onPorts('[{ port: 8000, endPort: 8010 }]'),
    flows: {
      'a/x -> b/z:7999': `denied; egress open; ingress ${shut}`,
      'a/x -> b/z:8000': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:8010': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:8011': `denied; egress open; ingress ${shut}`,
      'a/x -> b/z:8005/UDP': `denied; egress open; ingress ${shut}`,
    },
    says: { 'a/x -> b/z:8010': 'A plugin without support for endPort applies port 8000 alone.' },
  },
  {
    rule: 'E44',
    fact: 'endPort beside a named port is refused by the API',
    policies: onPorts('[{ port: http, endPort: 90 }]'),
    problems: [
      'error policy.invalid policies.yaml:7 spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric. NetworkPolicy b/p is left out, as the API server would reject it.',
    ],
    flows: { 'a/x -> b/z:81': 'allowed; egress open; ingress open' },
  },
  {
    rule: 'E45',
    fact: 'SCTP is a protocol of its own; whether a plugin can do it varies, which is said',
    policies: onPorts('[{ protocol: SCTP, port: 3868 }]'),
    flows: {
      'a/x -> b/z:3868/SCTP': `allowed; egress open; ingress ${admitted}`,
      'a/x -> b/z:3868': `denied; egress open; ingress ${shut}`,
    },
    says: { 'a/x -> b/z:3868/SCTP': 'Not every network plugin supports SCTP in policies.' },
  },
  {
    rule: 'E46',
    fact: 'ICMP is undefined by the API: a rule without ports lets it through, no rule denies it, and a rule with ports leaves it open',
    policies: documents(
      policy(
        'b/p',
        `
podSelector: {}
ingress:
- from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: x } } }]
- from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "y" } } }]
  ports: [{ port: 80 }]`,
      ),
    ),
    flows: {
      'a/x -> b/z/ICMP': `allowed; egress open; ingress ${admitted}`,
      'a/y -> b/z/ICMP': 'cannot tell; egress open; ingress undefined at b/p rule 2@policies.yaml:8',
      '203.0.113.7 -> b/z/ICMP': `denied; ingress ${shut}`,
    },
    says: {
      'a/x -> b/z/ICMP':
        'NetworkPolicy is defined for TCP, UDP and SCTP: what a plugin does with ICMP varies.',
      'a/y -> b/z/ICMP': 'the rule names ports, and the API does not say what that means for ICMP',
      '203.0.113.7 -> b/z/ICMP':
        'NetworkPolicy is defined for TCP, UDP and SCTP: what a plugin does with ICMP varies.',
    },
  },
];
