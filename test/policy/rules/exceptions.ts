// E47-E54, E56-E59, E61-E64, E66: a pod and itself, its node, hostNetwork, pods that come and go, and what is left to plugins.
import { documents } from '../../support/manifests';
import { hostPod, pod, policy } from '../fixtures';
import type { Rule } from '../rules';

const closeA = policy('a/p', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
const closeB = policy('b/p', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
const shutA = 'closed by a/p@policies.yaml:3';
const shutB = 'closed by b/p@policies.yaml:3';

/** Ingress to namespace b from one list of peers, in flow style. */
function from(peers: string): string {
  return policy('b/p', `podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ from: ${peers} }]`);
}
const admitted = 'admitted by b/p rule 1@policies.yaml:7 of b/p@policies.yaml:3';

const ownService = `
apiVersion: v1
kind: Service
metadata: { namespace: a, name: x }
spec: { clusterIP: 10.96.0.23, selector: { app: x }, ports: [{ port: 8080, targetPort: 80 }] }
`;

const noteOnItself =
  'Its policies do not admit the pod itself: by way of a Service some plugins drop this traffic all the same.';

export const exceptions: readonly Rule[] = [
  {
    rule: 'E47',
    fact: 'a pod reaches itself whatever its policies say, by loopback and by its own address',
    policies: closeA,
    flows: {
      'a/x -> a/x:80': 'allowed; egress to itself; ingress to itself',
      'a/x -> 127.0.0.1:80': 'allowed; egress to itself; ingress to itself',
      'a/x -> a/y:80': `denied; egress ${shutA}; ingress ${shutA}`,
    },
    traces: {
      'a/x -> 127.0.0.1:80': 'Reachable delivered-port-unknown, answered',
      'a/x -> 10.244.1.2:80': 'Reachable delivered-port-unknown, answered',
    },
    says: { 'a/x -> a/x:80': 'a/x reaches itself: a pod cannot block access to itself.' },
  },
  {
    rule: 'E48',
    fact: 'a pod reaches itself through its Service, with a warning where its policies do not admit it',
    policies: closeA,
    objects: ownService,
    traces: { 'a/x -> svc/a/x:8080': 'Reachable delivered-port-unknown, answered' },
    says: { 'a/x -> a/x:80': noteOnItself },
    traceSays: { 'a/x -> svc/a/x:8080': noteOnItself },
  },
  {
    rule: 'E48',
    fact: 'no warning where the pod’s own labels are admitted',
    policies: policy(
      'a/p',
      `
podSelector: {}
policyTypes: [Ingress, Egress]
ingress: [{ from: [{ podSelector: {} }] }]
egress: [{ to: [{ podSelector: {} }] }]`,
    ),
    objects: ownService,
    traces: { 'a/x -> svc/a/x:8080': 'Reachable delivered-port-unknown, answered' },
    silentAbout: { 'a/x -> svc/a/x:8080': noteOnItself },
  },
  {
    rule: 'E49',
    fact: 'containers of one pod talk over localhost whatever policies say',
    policies: closeA,
    objects: pod('a/two', {
      ips: ['10.244.1.4'],
      spec: 'containers: [{ name: app, ports: [{ containerPort: 80 }] }, { name: proxy, ports: [{ containerPort: 9000 }] }]',
    }),
    traces: {
      'a/two/app -> localhost:9000': 'Reachable delivered-port-unknown, answered',
      'a/two/proxy -> 127.0.0.1:80': 'Reachable delivered-port-unknown, answered',
      'a/two/proxy -> a/two/app:80': 'Reachable delivered-port-unknown, answered',
    },
  },
  {
    rule: 'E50',
    fact: 'the node of a pod always reaches it, and so do hostNetwork pods of that node',
    policies: documents(closeA, closeB.replace('Ingress, Egress', 'Ingress')),
    objects: documents(hostPod('a/agent', 'n1'), hostPod('b/agent', 'n2')),
    flows: {
      'node/n1 -> a/x:80': 'allowed; ingress own node',
      'a/agent -> a/x:80': 'allowed; egress host network; ingress own node',
      'node/n2 -> b/z:80': 'allowed; ingress own node',
      'b/agent -> b/z:80': 'allowed; egress host network; ingress own node',
      'node/n2 -> a/x:80': `denied; ingress ${shutA}`,
      'b/agent -> a/x:80': `denied; egress host network; ingress ${shutA}`,
    },
    says: { 'node/n1 -> a/x:80': 'Traffic from the node that a/x runs on is always allowed.' },
  },
  {
    rule: 'E51',
    fact: 'a pod always reaches its own node; that Calico applies egress policy first is a note',
    policies: closeA,
    objects: hostPod('b/agent', 'n1'),
    flows: {
      'a/x -> node/n1:9100': 'allowed; egress own node',
      'a/x -> b/agent:9100': 'allowed; egress own node; ingress host network',
      'a/x -> node/n2:9100': `denied; egress ${shutA}`,
    },
    says: {
      'a/x -> node/n1:9100':
        'Calico applies egress policy to it and then an action of its own, ACCEPT by default.',
    },
    traceSays: { 'a/x -> node/n1:9100': 'Calico applies egress policy to it' },
  },
  {
    rule: 'E51',
    fact: 'without egress policies there is nothing to note',
    flows: { 'a/x -> node/n1:9100': 'allowed; egress own node' },
    silentAbout: { 'a/x -> node/n1:9100': 'Calico' },
  },
  {
    rule: 'E52',
    fact: 'a node is to pods of other nodes like anybody: a block around its address admits it, selectors do not',
    policies: from('[{ ipBlock: { cidr: 172.30.0.11/32 } }, { namespaceSelector: {} }]'),
    objects: hostPod('a/agent', 'n1'),
    flows: {
      'node/n1 -> b/z:80': `allowed; ingress ${admitted}`,
      'a/agent -> b/z:80': `allowed; egress host network; ingress ${admitted}`,
      'a/x -> b/z:80': `allowed; egress open; ingress ${admitted}`,
    },
    says: {
      'node/n1 -> b/z:80':
        'b/p admits 172.30.0.11 by address block; Cilium does not match blocks against pods and nodes.',
    },
  },
  {
    rule: 'E52',
    fact: 'a block around the node’s pods does not admit the node: it sends from its own address',
    policies: from('[{ ipBlock: { cidr: 10.244.1.0/24 } }, { namespaceSelector: {} }]'),
    flows: {
      'node/n1 -> b/z:80': `denied; ingress ${shutB}`,
      'a/x -> b/z:80': `allowed; egress open; ingress ${admitted}`,
    },
    says: { 'node/n1 -> b/z:80': 'node n1 (172.30.0.11) is not a pod of the pod network' },
  },
  {
    rule: 'E52',
    fact: 'a rule from everybody admits nodes',
    policies: policy('b/p', 'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ ports: [{ port: 80 }] }]'),
    flows: {
      'node/n1 -> b/z:80': `allowed; ingress ${admitted}`,
      'node/n1 -> b/z:81': `denied; ingress ${shutB}`,
    },
  },
  {
    rule: 'E53',
    fact: 'policies are ignored for a hostNetwork pod, with a note that the API leaves this open',
    policies: closeB,
    objects: hostPod('b/agent', 'n2'),
    flows: {
      'a/x -> b/agent:9100': 'allowed; egress open; ingress host network',
      'b/agent -> a/x:80': 'allowed; egress host network; ingress open',
    },
    says: {
      'a/x -> b/agent:9100':
        'The API leaves policies on hostNetwork pods undefined; most plugins ignore them.',
    },
    traceSays: { 'a/x -> b/agent:9100': 'The API leaves policies on hostNetwork pods undefined' },
  },
  {
    rule: 'E54',
    fact: 'a hostNetwork pod as a peer is its node: selectors of pods and namespaces do not name it',
    policies: from(
      '[{ namespaceSelector: {}, podSelector: {} }, { podSelector: { matchLabels: { app: agent } } }]',
    ),
    objects: documents(
      hostPod('b/agent', 'n1'),
      pod('b/same', { labels: '{ app: agent }', ips: ['10.244.1.9'] }),
    ),
    flows: {
      'b/agent -> b/z:80': `denied; egress host network; ingress ${shutB}`,
      'b/same -> b/z:80': `allowed; egress open; ingress ${admitted}`,
    },
    says: { 'b/agent -> b/z:80': 'selects pods, and node n1 (172.30.0.11) is not a pod of the pod network' },
  },
  {
    rule: 'E54',
    fact: 'as a destination too: only a block around the node’s address names it',
    policies: documents(
      policy(
        'a/p',
        `
podSelector: {}
policyTypes: [Egress]
egress:
- to: [{ namespaceSelector: {} }]
  ports: [{ port: 9100 }]
- to: [{ ipBlock: { cidr: 172.30.0.12/32 } }]
  ports: [{ port: 9101 }]`,
      ),
    ),
    objects: hostPod('b/agent', 'n2'),
    flows: {
      'a/x -> b/agent:9100': `denied; egress ${shutA}; ingress host network`,
      'a/x -> b/agent:9101':
        'allowed; egress admitted by a/p rule 2@policies.yaml:10 of a/p@policies.yaml:3; ingress host network',
    },
  },
  {
    rule: 'E57',
    fact: 'the address of a completed pod stands for whoever has it now, not for its former labels',
    policies: from('[{ namespaceSelector: {}, podSelector: { matchLabels: { app: friend } } }]'),
    objects: documents(
      pod('a/done', { labels: '{ app: friend }', ips: ['10.244.1.9'], phase: 'Succeeded' }),
      pod('a/failed', { labels: '{ app: friend }', ips: ['10.244.1.10'], phase: 'Failed' }),
      pod('a/new', { labels: '{ app: stranger }', ips: ['10.244.1.9'] }),
    ),
    flows: {
      '10.244.1.9 -> b/z:80': `denied; egress open; ingress ${shutB}`,
      '10.244.1.10 -> b/z:80': `denied; ingress ${shutB}`,
    },
    traces: {
      'a/done -> b/z:80': 'Unreachable completed',
      'b/z -> a/failed:80': 'Unreachable completed',
    },
  },
  {
    rule: 'E58',
    fact: 'a pending pod without an address is not running, and nothing is said of policies',
    policies: closeB,
    objects: pod('a/waiting', { phase: 'Pending' }),
    traces: {
      'b/z -> a/waiting:80': 'Unreachable not-running',
      'a/waiting -> b/z:80': 'Unreachable not-running',
    },
    traceSays: { 'b/z -> a/waiting:80': 'Pod a/waiting is Pending: its sandbox has no address yet.' },
  },
  {
    rule: 'E59',
    fact: 'a terminating pod is still isolated and still a peer until its address is released',
    policies: documents(
      closeA.replace('Ingress, Egress', 'Ingress'),
      policy(
        'b/q',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: going } } }] }]',
      ),
    ),
    objects: pod('a/going', {
      labels: '{ app: going }',
      ips: ['10.244.1.9'],
      metadata: 'deletionTimestamp: "2026-11-25T00:00:00Z"',
    }),
    flows: {
      'b/z -> a/going:80': `denied; egress open; ingress ${shutA}`,
      'a/going -> b/z:80':
        'allowed; egress open; ingress admitted by b/q rule 1@policies.yaml:14 of b/q@policies.yaml:10',
    },
  },
  {
    rule: 'E61',
    fact: 'a plugin that does not enforce policies lets everything pass, and the trace says what they would say',
    policies: closeB,
    objects: `
apiVersion: apps/v1
kind: DaemonSet
metadata: { namespace: kube-flannel, name: kube-flannel-ds }
spec:
  selector: { matchLabels: { app: flannel } }
  template: { metadata: { labels: { app: flannel } }, spec: { hostNetwork: true, containers: [{ name: flannel }] } }
`,
    traces: { 'a/x -> b/z:80': 'Reachable delivered-port-unknown, answered' },
    traceSays: { 'a/x -> b/z:80': 'flannel does not enforce NetworkPolicy' },
  },
  {
    rule: 'E62',
    fact: 'init containers, sidecars and ephemeral containers are covered like the app',
    policies: closeA,
    objects: pod('a/all', {
      ips: ['10.244.1.4'],
      spec: `
containers: [{ name: app, ports: [{ containerPort: 80 }] }]
initContainers:
- { name: first, ports: [{ containerPort: 81 }] }
- { name: side, restartPolicy: Always, ports: [{ containerPort: 82 }] }
ephemeralContainers: [{ name: debug }]`,
    }),
    flows: {
      'b/z -> a/all:80': `denied; egress open; ingress ${shutA}`,
      'b/z -> a/all:81': `denied; egress open; ingress ${shutA}`,
      'b/z -> a/all:82': `denied; egress open; ingress ${shutA}`,
    },
    traces: Object.fromEntries(
      ['app', 'first', 'side', 'debug'].map((name) => [
        `a/all/${name} -> b/z:80`,
        'Unreachable dropped-policy',
      ]),
    ),
  },
  {
    rule: 'E63',
    fact: 'policies of a namespace that is being deleted apply until they are gone',
    policies: policy('going/p', 'podSelector: {}\npolicyTypes: [Ingress]'),
    objects: documents(
      `
apiVersion: v1
kind: Namespace
metadata: { name: going, deletionTimestamp: "2026-11-25T00:00:00Z" }
status: { phase: Terminating }
`,
      pod('going/q', { ips: ['10.244.1.9'] }),
    ),
    flows: { 'a/x -> going/q:80': 'denied; egress open; ingress closed by going/p@policies.yaml:3' },
  },
  {
    rule: 'E64',
    fact: 'without a DNS Service in the input the look-up is not traced, and an isolated client is told to admit it',
    policies: policy('a/p', 'podSelector: {}\npolicyTypes: [Egress]\negress: [{ ports: [{ port: 80 }] }]'),
    objects: `
apiVersion: v1
kind: Service
metadata: { namespace: b, name: z }
spec: { clusterIP: 10.96.0.20, selector: { app: z }, ports: [{ port: 80 }] }
`,
    traces: { 'a/x -> z.b:80': 'Reachable delivered-port-unknown, answered' },
    traceSays: {
      'a/x -> z.b:80': 'they must admit UDP and TCP 53 to the DNS pods',
    },
  },
  {
    rule: 'E66',
    fact: 'a policy cannot name Services, nor the pod’s own node, nor deny',
    policies: documents(
      policy('a/1-service', 'podSelector: {}\ningress: [{ from: [{ serviceSelector: { app: z } }] }]'),
      policy('a/2-deny', 'podSelector: {}\ningress: [{ action: Deny, ports: [{ port: 80 }] }]'),
      policy('a/3-node', 'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 172.30.0.12/32 } }] }]'),
    ),
    problems: [
      'error policy.invalid policies.yaml:6 spec.ingress[0].from[0]: Required value: must specify a peer. NetworkPolicy a/1-service is left out, as the API server would reject it.',
      'warning policy.unknown-field policies.yaml:6 spec.ingress[0].from[0].serviceSelector: unknown field. The API server drops it.',
      'warning policy.unknown-field policies.yaml:13 spec.ingress[0].action: unknown field. The API server drops it.',
    ],
    flows: {
      'b/z -> a/x:80':
        'allowed; egress open; ingress admitted by a/2-deny rule 1@policies.yaml:13 of a/2-deny@policies.yaml:10, a/3-node@policies.yaml:17',
      'node/n1 -> a/x:22': 'allowed; ingress own node',
    },
  },
];
