// Cases of the checks as data: what fires, and what looks alike and must not. `finds` is `code severity` of everything that is
// found, in the order of the manifests; a part of the message may follow.
import { documents } from '../../support/manifests';
import { hostPod, pod, policy } from '../../policy/fixtures';

export interface Case {
  readonly fact: string;
  readonly manifests: string;
  /** `policy.no-dns warning words of the message` each. */
  readonly finds: readonly string[];
}

const shop = { labels: '{ app: web }', ips: ['10.244.1.2'] };
const web = pod('shop/web', shop);
const db = pod('shop/db', {
  labels: '{ app: db }',
  ips: ['10.244.1.3'],
  spec: 'containers: [{ name: db, ports: [{ containerPort: 5432, name: postgres }, { containerPort: 53, protocol: UDP }] }]',
});
const agent = hostPod('shop/agent', 'n1');

function namespace(name: string, labels = '{}'): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: ${labels} }
`;
}

function workload(kind: string, name: string, replicas: number, labels = `{ app: ${name} }`): string {
  return `
apiVersion: ${kind === 'CronJob' ? 'batch/v1' : 'apps/v1'}
kind: ${kind}
metadata: { namespace: shop, name: ${name} }
spec:
  ${
    kind === 'CronJob'
      ? `schedule: '0 * * * *'
  jobTemplate: { spec: { template: { metadata: { labels: ${labels} }, spec: { containers: [{ name: a }] } } } }`
      : `replicas: ${replicas}
  selector: { matchLabels: ${labels} }
  template: { metadata: { labels: ${labels} }, spec: { containers: [{ name: a }] } }`
  }
`;
}

function service(name: string, app: string, port: number, target: number | string): string {
  return `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: ${name} }
spec: { selector: { app: ${app} }, ports: [{ port: ${port}, targetPort: ${target} }] }
`;
}

const forDb = 'podSelector: { matchLabels: { app: db } }\n';
const fromWeb = 'from: [{ podSelector: { matchLabels: { app: web } } }]';
const dnsRule =
  '{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ports: [{ protocol: UDP, port: 53 }] }';

export const cases: readonly Case[] = [
  // selects nothing
  {
    fact: 'a podSelector with a value that no pod of the namespace has selects nothing, and the values there are named',
    manifests: documents(web, policy('shop/p', 'podSelector: { matchLabels: { app: wbe } }')),
    finds: ['policy.selects-nothing warning Values of app there are: web.'],
  },
  {
    fact: 'labels are compared exactly, with case (rule E16)',
    manifests: documents(web, policy('shop/p', 'podSelector: { matchLabels: { app: Web } }')),
    finds: ['policy.selects-nothing warning'],
  },
  {
    fact: 'a policy for a Deployment without replicas, or for a CronJob, selects something',
    manifests: documents(
      workload('Deployment', 'idle', 0),
      workload('CronJob', 'nightly', 1),
      policy('shop/a', 'podSelector: { matchLabels: { app: idle } }'),
      policy('shop/b', 'podSelector: { matchLabels: { app: nightly } }'),
    ),
    finds: [],
  },
  {
    fact: 'NotIn also selects pods without the key (rule E15)',
    manifests: documents(
      web,
      policy('shop/p', 'podSelector: { matchExpressions: [{ key: tier, operator: NotIn, values: [x] }] }'),
    ),
    finds: [],
  },
  {
    fact: 'policies of a namespace without any pod say so once, however many they are',
    manifests: documents(
      policy('far/a', 'podSelector: { matchLabels: { app: a } }'),
      policy('far/b', 'podSelector: { matchLabels: { app: b } }'),
      policy(
        'far/c',
        'podSelector: { matchLabels: { app: c } }\ningress: [{ from: [{ podSelector: { matchLabels: { app: d } } }] }]',
      ),
    ),
    finds: ['policy.no-pods-here information has 3 policies'],
  },
  // host network
  {
    fact: 'a policy that selects only hostNetwork pods does nothing (rule E53)',
    manifests: documents(agent, web, policy('shop/p', 'podSelector: { matchLabels: { app: agent } }')),
    finds: ['policy.host-network warning does nothing'],
  },
  {
    fact: 'of pods selected by label those on the host network are named',
    manifests: documents(
      agent,
      web,
      policy('shop/p', 'podSelector: { matchExpressions: [{ key: app, operator: Exists }] }'),
    ),
    finds: ['policy.host-network information Pod shop/agent'],
  },
  {
    fact: 'a default-deny beside a hostNetwork pod is as it should be',
    manifests: documents(agent, web, policy('shop/p', 'podSelector: {}')),
    finds: [],
  },
  // peers
  {
    fact: 'a podSelector means the own namespace: pods of another one need a namespaceSelector (rule E22)',
    manifests: documents(
      db,
      pod('front/web', shop),
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb} }]`),
      policy('front/p', 'podSelector: {}'),
    ),
    finds: ["policy.empty-peer warning Such pods are in front: a podSelector alone means the policy's own"],
  },
  {
    fact: 'a peer with a slip in a label matches nothing, and what there is instead is named',
    manifests: documents(
      web,
      db,
      policy('shop/p', `${forDb}ingress: [{ from: [{ podSelector: { matchLabels: { app: wep } } }] }]`),
    ),
    finds: ['policy.empty-peer warning Values of app there are: db, web.'],
  },
  {
    fact: 'a namespace that the manifests do not hold is information, and told once',
    manifests: documents(
      db,
      policy(
        'shop/p',
        `${forDb}ingress:\n- from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]\n- from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } }, podSelector: { matchLabels: { app: p } } }]`,
      ),
    ),
    finds: [
      'policy.empty-peer information namespace monitoring is not among these manifests',
      'policy.rule-shadowed warning',
    ],
  },
  {
    fact: 'kube-system is in every cluster, whether or not manifests hold it',
    manifests: documents(
      db,
      policy(
        'shop/p',
        `${forDb}policyTypes: [Egress]\negress:\n- to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]\n  ports: [{ protocol: UDP, port: 53 }]\n- to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }]\n  ports: [{ protocol: TCP, port: 53 }]`,
      ),
    ),
    finds: [],
  },
  {
    fact: 'namespaces have their name as kubernetes.io/metadata.name, not as name (rule E28)',
    manifests: documents(
      namespace('front'),
      namespace('shop'),
      db,
      pod('front/web', shop),
      policy('front/p', 'podSelector: {}'),
      policy(
        'shop/p',
        `${forDb}ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: front } } }] }]`,
      ),
    ),
    finds: ['policy.empty-peer warning Namespaces have their name as kubernetes.io/metadata.name'],
  },
  {
    fact: 'labels of a namespace without a manifest of its own are not known, so nothing is sure',
    manifests: documents(
      db,
      policy('shop/p', `${forDb}ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: x } } }] }]`),
    ),
    finds: ['policy.empty-peer information'],
  },
  {
    fact: 'selectors of peers do not match hostNetwork pods (rule E54)',
    manifests: documents(
      db,
      agent,
      policy('shop/p', `${forDb}ingress: [{ from: [{ podSelector: { matchLabels: { app: agent } } }] }]`),
    ),
    finds: ['policy.empty-peer warning only pods on the host network'],
  },
  // ports
  {
    fact: 'policies see the port of the pod, not that of the Service (rule E37)',
    manifests: documents(
      db,
      web,
      service('db', 'db', 80, 5432),
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: 80 }] }]`),
    ),
    finds: ['policy.service-port warning its pods listen on 5432'],
  },
  {
    fact: 'a port that is the Service and the pod alike is fine',
    manifests: documents(
      db,
      web,
      service('db', 'db', 5432, 'postgres'),
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: 5432 }] }]`),
    ),
    finds: [],
  },
  {
    fact: 'a port that no destination declares is information',
    manifests: documents(
      db,
      web,
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: 5433 }] }]`),
    ),
    finds: ['policy.undeclared-port information no destination declares TCP 5433 (Pod shop/db)'],
  },
  {
    fact: 'a port without protocol is TCP, and what declares only UDP is another port (rule E38)',
    manifests: documents(
      db,
      web,
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: 53 }] }]`),
    ),
    finds: ['policy.undeclared-port warning declared as UDP 53'],
  },
  {
    fact: 'pods that declare no port prove nothing, a range needs one port in it, egress looks at the peers',
    manifests: documents(
      db,
      pod('shop/bare', { labels: '{ app: bare }', spec: 'containers: [{ name: a }]' }),
      policy('shop/a', 'podSelector: { matchLabels: { app: bare } }\ningress: [{ ports: [{ port: 9 }] }]'),
      policy('shop/b', `${forDb}ingress: [{ ports: [{ port: 5000, endPort: 6000 }] }]`),
      policy(
        'shop/c',
        `podSelector: { matchLabels: { app: bare } }\npolicyTypes: [Egress]\negress: [{ to: [{ podSelector: { matchLabels: { app: db } } }], ports: [{ port: 5432 }] }, ${dnsRule}]`,
      ),
    ),
    finds: [],
  },
  {
    fact: 'a named port that no destination has admits nothing (rule E41)',
    manifests: documents(
      db,
      web,
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: pg }] }]`),
    ),
    finds: ['policy.missing-port-name warning no destination has a port named pg'],
  },
  {
    fact: 'a named port is looked up with its protocol (rule E40)',
    manifests: documents(
      db,
      web,
      policy('shop/p', `${forDb}ingress: [{ ${fromWeb}, ports: [{ protocol: UDP, port: postgres }] }]`),
    ),
    finds: ['policy.missing-port-name warning with another protocol than UDP'],
  },
  {
    fact: 'a named port that only some destinations have is information, and for all pods of a namespace not even that',
    manifests: documents(
      db,
      web,
      policy(
        'shop/a',
        'podSelector: { matchExpressions: [{ key: app, operator: Exists }] }\ningress: [{ ports: [{ port: postgres }] }]',
      ),
      policy('shop/b', 'podSelector: {}\ningress: [{ ports: [{ port: http }] }]'),
    ),
    finds: ['policy.missing-port-name information Pod shop/web has no port named postgres'],
  },
  // policyTypes
  {
    fact: 'only egress rules without policyTypes isolate ingress too (rule E9)',
    manifests: documents(web, policy('shop/p', `podSelector: {}\negress: [{}]`)),
    finds: ['policy.types-by-default warning'],
  },
  {
    fact: 'whoever writes policyTypes: [Ingress, Egress] means it',
    manifests: documents(
      web,
      policy('shop/p', `podSelector: {}\npolicyTypes: [Ingress, Egress]\negress: [{}]`),
    ),
    finds: [],
  },
  {
    fact: 'ingress rules without the type Ingress are ignored (rule E10)',
    manifests: documents(
      web,
      policy('shop/p', `podSelector: {}\npolicyTypes: [Egress]\ningress: [{}]\negress: [{}]`),
    ),
    finds: ['policy.idle-ingress warning'],
  },
  {
    fact: 'egress rules without the type Egress are ignored (rule E11)',
    manifests: documents(web, policy('shop/p', `podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]`)),
    finds: ['policy.idle-egress warning'],
  },
  // DNS
  {
    fact: 'egress isolation that admits other pods but no DNS stops connections by name (rule E64)',
    manifests: documents(
      pod('shop/api', { labels: '{ app: db }' }),
      web,
      policy(
        'shop/p',
        `podSelector: { matchLabels: { app: web } }\npolicyTypes: [Egress]\negress: [{ to: [{ podSelector: { matchLabels: { app: db } } }] }]`,
      ),
    ),
    finds: ['policy.no-dns warning Pod shop/web may not ask for names'],
  },
  {
    fact: 'port 53 without protocol is TCP, and lookups begin with UDP (rule E38)',
    manifests: documents(
      web,
      policy('shop/p', `podSelector: {}\npolicyTypes: [Egress]\negress: [{ ports: [{ port: 53 }] }]`),
    ),
    finds: ['policy.no-dns warning TCP 53 only'],
  },
  {
    fact: 'pods that may send nothing at all are information, told once for a namespace (rule E13)',
    manifests: documents(
      web,
      db,
      policy('shop/a', 'podSelector: { matchLabels: { app: web } }\npolicyTypes: [Egress]'),
      policy('shop/b', `${forDb}policyTypes: [Egress]`),
    ),
    finds: ['policy.no-dns information Pod shop/db, Pod shop/web may send nothing'],
  },
  {
    fact: 'another policy of the same pods may admit DNS (rule E5)',
    manifests: documents(
      web,
      db,
      policy('shop/deny', 'podSelector: {}\npolicyTypes: [Egress]'),
      policy('shop/dns', `podSelector: {}\npolicyTypes: [Egress]\negress: [${dnsRule}]`),
    ),
    finds: [],
  },
  {
    fact: 'a kube-dns peer without namespaceSelector means the own namespace, so it is no DNS',
    manifests: documents(
      web,
      policy(
        'shop/p',
        `podSelector: {}\npolicyTypes: [Egress]\negress: [{ to: [{ podSelector: { matchLabels: { k8s-app: kube-dns } } }], ports: [{ protocol: UDP, port: 53 }] }]`,
      ),
    ),
    finds: ['policy.no-dns warning', 'policy.empty-peer warning'],
  },
  {
    fact: 'pods with a resolver of their own need none of the cluster, and ingress policies isolate no egress',
    manifests: documents(
      pod('shop/own', { spec: 'dnsPolicy: None\ncontainers: [{ name: a }]' }),
      policy('shop/a', 'podSelector: {}\npolicyTypes: [Egress]\negress: [{ to: [{ podSelector: {} }] }]'),
      policy('shop/b', 'podSelector: {}'),
    ),
    finds: [],
  },
  // covered rules and policies
  {
    fact: 'a rule beside an empty one has no effect (rule E18)',
    manifests: documents(web, db, policy('shop/p', `${forDb}ingress:\n- {}\n- ${fromWeb}`)),
    finds: ['policy.rule-shadowed warning ingress rule 2 adds nothing to rule 1'],
  },
  {
    fact: 'a rule that is repeated is found at its second place',
    manifests: documents(
      web,
      db,
      policy(
        'shop/p',
        `${forDb}ingress:\n- { ${fromWeb}, ports: [{ port: 5432 }] }\n- { ports: [{ port: 5432, protocol: TCP }], ${fromWeb} }`,
      ),
    ),
    finds: ['policy.rule-shadowed warning ingress rule 2 repeats rule 1'],
  },
  {
    fact: 'rules for other ports, other peers or with an exception do not cover each other',
    manifests: documents(
      web,
      db,
      policy(
        'shop/p',
        `${forDb}ingress:\n- { ${fromWeb}, ports: [{ port: 5432 }] }\n- { ${fromWeb}, ports: [{ protocol: UDP, port: 53 }] }\n- { from: [{ ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.0/30] } }] }\n- { from: [{ ipBlock: { cidr: 192.0.2.0/25 } }] }\n- { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: db } } }], ports: [{ port: 5432 }] }`,
      ),
    ),
    finds: [],
  },
  {
    fact: 'anybody on one port is more than one peer on all ports',
    manifests: documents(
      web,
      db,
      policy('shop/p', `${forDb}ingress:\n- { ${fromWeb} }\n- { ports: [{ port: 5432 }] }`),
    ),
    finds: [],
  },
  {
    fact: 'every namespace covers the own one, and a range of ports those in it',
    manifests: documents(
      web,
      db,
      policy(
        'shop/p',
        `${forDb}ingress:\n- { ${fromWeb}, ports: [{ port: 5432 }] }\n- { from: [{ namespaceSelector: {} }], ports: [{ port: 5000, endPort: 6000 }] }`,
      ),
    ),
    finds: ['policy.rule-shadowed warning ingress rule 1 adds nothing to rule 2'],
  },
  {
    fact: 'a policy that a wider one covers adds nothing',
    manifests: documents(
      web,
      db,
      policy('shop/all', `podSelector: {}\ningress: [{ ${fromWeb} }]`),
      policy('shop/db', `${forDb}ingress: [{ ${fromWeb}, ports: [{ port: 5432 }] }]`),
    ),
    finds: ['policy.redundant information NetworkPolicy shop/db adds nothing: NetworkPolicy shop/all'],
  },
  {
    fact: 'a default-deny is no redundant policy, nor is one that isolates another direction',
    manifests: documents(
      web,
      db,
      policy('shop/deny', 'podSelector: {}'),
      policy('shop/all', `podSelector: {}\ningress: [{ ${fromWeb} }]`),
      policy('shop/db', `${forDb}policyTypes: [Ingress, Egress]\ningress: [{ ${fromWeb} }]\negress: [{}]`),
    ),
    finds: [],
  },
  // blocks
  {
    fact: 'exceptions that together take the whole block leave no address',
    manifests: documents(
      web,
      policy(
        'shop/p',
        'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.128/25, 192.0.2.0/25] } }] }]',
      ),
    ),
    finds: ['policy.empty-block error'],
  },
  {
    fact: 'exceptions within each other may leave nothing either',
    manifests: documents(
      web,
      policy(
        'shop/p',
        'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.0/25, 192.0.2.0/26, 192.0.2.128/25] } }] }]',
      ),
    ),
    finds: ['policy.empty-block error', 'policy.idle-exception information'],
  },
  {
    fact: 'an exception within another one excepts nothing more; one that leaves a gap is fine',
    manifests: documents(
      web,
      policy(
        'shop/a',
        'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.0/25, 192.0.2.0/26] } }] }]',
      ),
      policy(
        'shop/b',
        'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 198.51.100.0/24, except: [198.51.100.0/25, 198.51.100.192/26] } }] }]',
      ),
    ),
    finds: ['policy.idle-exception information 192.0.2.0/26'],
  },
  {
    fact: 'a block of ClusterIPs matches nothing, as they are replaced before policies look (rule E36)',
    manifests: documents(
      web,
      'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: { name: kubernetes }\nspec: { cidrs: [10.96.0.0/16] }',
      policy(
        'shop/p',
        'podSelector: {}\npolicyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 10.96.0.10/32 } }] }]',
      ),
    ),
    finds: ['policy.service-block warning 10.96.0.10/32 lies in the range of ClusterIPs (10.96.0.0/16)'],
  },
  {
    fact: 'plugins differ on blocks of pod and node addresses (rule E35); wide blocks have them in it by the way',
    manifests: documents(
      web,
      `apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\nspec: { podCIDRs: [10.244.1.0/24] }\nstatus: { addresses: [{ type: InternalIP, address: 172.30.0.11 }] }`,
      policy('shop/a', 'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 10.244.1.2/32 } }] }]'),
      policy('shop/b', 'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 172.30.0.0/24 } }] }]'),
      policy(
        'shop/c',
        'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }, { ipBlock: { cidr: 10.0.0.0/8 } }] }]',
      ),
    ),
    finds: [
      'policy.redundant information',
      'policy.pod-block information 10.244.1.2/32 lies in the pod network',
      'policy.redundant information',
      'policy.pod-block information names nodes (n1)',
    ],
  },
  {
    fact: 'ranges that are only simulated prove nothing',
    manifests: documents(
      workload('Deployment', 'web', 1),
      policy(
        'shop/p',
        'podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{ from: [{ ipBlock: { cidr: 10.244.1.0/24 } }] }]\negress: [{ to: [{ ipBlock: { cidr: 10.96.0.0/24 } }], ports: [{ protocol: UDP, port: 53 }] }]',
      ),
    ),
    finds: [],
  },
  // namespaces
  {
    fact: 'a namespace without any policy beside isolated ones is information, the own ones of the cluster are not',
    manifests: documents(
      namespace('open'),
      web,
      pod('open/a'),
      pod('kube-system/dns'),
      policy('shop/p', 'podSelector: {}'),
    ),
    finds: ['policy.open-namespace information No policy isolates the pods of namespace open; those of shop'],
  },
  {
    fact: 'where nothing is isolated no namespace is left out',
    manifests: documents(namespace('open'), web, pod('open/a')),
    finds: [],
  },
];
