// What hovers say, fact by fact; whole hovers are in hoverGolden.test.ts. The mark is where the mouse is.
import { describe, it } from 'node:test';
import { check, type Looking } from './hovering';

type Case = readonly [fact: string, text: string, expected: readonly (string | RegExp)[], looking?: Looking];

function pod(name: string, more: string, spec = 'containers: [{ name: a, image: a }]'): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop${more} }\nspec: { nodeName: n1, ${spec} }\n`;
}

function listening(name: string, labels: string, port: string): string {
  return pod(name, `, labels: { ${labels} }`, `containers: [{ name: c, image: c, ports: [${port}] }]`);
}

function policy(name: string, spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ${spec}\n`;
}

function service(name: string, spec: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec} }\n`;
}

const node = 'apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\nspec: { podCIDR: 10.244.7.0/24 }\n';
const others = { 'node.yaml': node };

function suite(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    for (const [fact, text, expected, looking] of cases)
      it(fact, () => check(text, expected, { others, ...looking }));
  });
}

suite('a hover on an address', [
  [
    'names the pod that has it, its node and its range',
    `${pod('web', '')}status: { phase: Running, podIP: 10.244.‸7.9 }\n`,
    [
      '10.244.7.9 is pod shop/web. (observed)',
      '- Runs on node n1. (observed)',
      '- In the pod range 10.244.7.0/24 of node n1. (declared) node.yaml:4',
      '[Trace from here: shop/web] [Trace to here: shop/web]',
    ],
  ],
  [
    'works in a comment',
    `${pod('web', '')}# was 10.244.7.‸1\n`,
    [/^10\.244\.7\.1 is the gateway of n1's pods/],
  ],
  [
    'finds it within an argument',
    pod('web', '', 'containers: [{ name: a, image: a, args: ["--peer=10.244.‸7.255:7946"] }]'),
    [/^10\.244\.7\.255 is the broadcast address/],
  ],
  [
    'finds IPv6 within a URL',
    pod('web', '', 'containers: [{ name: a, image: a, args: ["http://[fd00::‸1]:80/"] }]'),
    ['fd00::1 is outside the cluster (unique local address). (inferred)'],
  ],
  [
    'is none on the version of an image',
    pod('web', '', 'containers: [{ name: a, image: "a:1.2.‸3.4" }]'),
    [],
  ],
  ['is none on a label that is a version', pod('web', ', labels: { version: 1.2.‸3.4 }'), []],
  ['is none on a part of a longer word', pod('web', ', annotations: { a: v10.0.‸0.1-rc }'), []],
  ['is none on a hardware address', pod('web', ', annotations: { a: "92:2c:6d:‸34:a3:fa" }'), []],
  ['is none on an address that Kubernetes refuses', pod('web', ', annotations: { a: 10.0.‸0.010 }'), []],
  [
    'is the same on the key of a value',
    service('web', 'cluster‸IP: 10.96.0.9, ports: [{ port: 80 }]'),
    ['10.96.0.9 is Service shop/web. (declared)', '[Trace to here: svc/shop/web]'],
  ],
  [
    'tells both ranges of a key that has two',
    'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  ipFamily: dual\n  pod‸Subnet: 10.9.0.0/16,fd00:9::/48\n',
    [/^10\.9\.0\.0\/16 holds/, /^- fd00:9::\/48 holds/],
  ],
  [
    'is none on a key that holds more than addresses',
    pod('web', '', 'containers: [{ name: a, image: a, ar‸gs: ["--peer=10.244.7.9"] }]'),
    [],
  ],
  [
    'answers in a file that is not part of the cluster, and says so',
    pod('web', ', annotations: { a: 10.244.7.‸1 }'),
    [/^10\.244\.7\.1 is the gateway/, '- This file is not part of the cluster that is shown.'],
    { stranger: true },
  ],
  [
    'names all who claim it',
    ['a', 'b']
      .map((name) => `${pod(name, '')}status: { podIP: 10.244.7.‸9 }\n`)
      .join('---\n')
      .replace(/‸(?=9[^]*‸)/, ''),
    [/claimed by pod shop\/a and pod shop\/b: only one of them/],
  ],
]);

suite('a hover on a switch of the pod spec', [
  [
    'says that hostNetwork takes the ports of the node, its name and its address',
    pod('web', '', 'host‸Network: true, containers: [{ name: a, image: a, ports: [{ containerPort: 80 }] }]'),
    [
      "hostNetwork: true puts the pod on its node's network: the node's addresses, devices and ports. (inferred)",
      '- It takes TCP 80 on the node itself. (declared)',
      /do not resolve in it without dnsPolicy ClusterFirstWithHostNet/,
      '- The pause container holds ipc. (inferred)',
    ],
  ],
  [
    'says that pause is PID 1 and reaps only with shareProcessNamespace',
    pod('web', '', 'shareProcessNamespace: t‸rue, containers: [{ name: a, image: a }]'),
    [/pause is PID 1 and reaps zombies/, /holds net, ipc, uts, pid and is PID 1/],
  ],
  [
    'says what is so without it where the key is written false',
    pod('web', '', 'share‸ProcessNamespace: false, containers: [{ name: a, image: a }]'),
    [
      /^shareProcessNamespace: false leaves each container its own processes; .* pause reaps nothing/,
      '- Processes (pid): one each: a. (inferred)',
      '- The pause container holds net, ipc, uts. (inferred)',
    ],
  ],
  [
    'says that hostPID shows the processes of the node',
    pod('web', '', 'host‸PID: true, containers: [{ name: a, image: a }]'),
    [/every process of the node/, /^- Processes \(pid\): the node's \(n1\)/],
  ],
  [
    'says that hostIPC shares memory with the node, which pause then does not hold',
    pod('web', '', 'hostIPC: ‸true, containers: [{ name: a, image: a }]'),
    [/shared memory and semaphores of the node/, '- The pause container holds net, uts. (inferred)'],
  ],
  [
    'says that hostUsers false makes root nobody on the node',
    pod('web', '', 'host‸Users: false, containers: [{ name: a, image: a }]'),
    [/root in it is nobody on the node/],
  ],
  [
    'works in the template of a CronJob',
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: j }\nspec: { jobTemplate: { spec: { template: { spec: { host‸IPC: false } } } } }\n',
    [/^hostIPC: false keeps shared memory/],
  ],
  [
    'is none on a key of that name elsewhere',
    'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: { name: p }\nspec: { host‸Network: true }\n',
    [],
  ],
  ['is none on what is no boolean', pod('web', '', 'hostNetwork: ‸maybe'), []],
  [
    'works in a file that is not part of the cluster',
    pod('web', '', 'hostNet‸work: true'),
    [/^hostNetwork: true/],
    { stranger: true },
  ],
]);

const db = listening('db', 'app: db', '{ name: sql, containerPort: 5432 }');
const web = listening('web', 'app: web', '{ name: http, containerPort: 8080 }');
const toDb = 'podSelector: { matchLabels: { app: db } }';

suite('a hover on a port', [
  [
    'of a Service names pods that do not have the named targetPort',
    `${service('db', 'selector: { app: db }, ports: [{ port: 1, targetPort: s‸ql }]')}---\n${db}---\n${listening('old', 'app: db', '{ containerPort: 5432 }')}`,
    [/is TCP 5432 of 1 endpoint/, '- Left out, as they declare no TCP port named sql: shop/old. (declared)'],
  ],
  [
    'of a Service says when no container declares the target',
    `${service('db', 'selector: { app: db }, ports: [{ port: ‸1, targetPort: 99 }]')}---\n${db}`,
    [
      /leads to TCP 99 of 1 endpoint/,
      /^- shop\/db 10\.244\.7\.\d+:99 on n1; no container declares the port\./,
    ],
  ],
  [
    'of a headless Service says that its number does nothing',
    `${service('db', 'clusterIP: None, selector: { app: db }, ports: [{ port: ‸1, targetPort: 5432 }]')}---\n${db}`,
    [/leads to TCP 5432/, /this number does nothing/],
  ],
  [
    'of a Service says who may connect by policy, and by which',
    `${service('db', 'selector: { app: db }, ports: [{ port: 543‸2 }]')}---\n${db}---\n${web}`,
    [/leads to TCP 5432/, '- May connect: shop/web. (declared) policy.yaml:7'],
    {
      others: {
        ...others,
        'policy.yaml': policy(
          'db',
          `${toDb}\n  ingress:\n    - from: [{ podSelector: { matchLabels: { app: web } } }]\n`,
        ),
      },
    },
  ],
  [
    'names senders that a rule admits and that their own egress keeps in',
    `${listening('db', 'app: db', '{ containerPort: 543‸2 }')}---\n${web}---\n${policy('db', `${toDb}\n  ingress: [{ from: [{ podSelector: {} }] }]`)}---\n${policy('shut', 'podSelector: { matchLabels: { app: web } }\n  policyTypes: [Egress]')}`,
    [
      'Container c declares TCP 5432 in 1 pod. (declared)',
      /^- Nobody but its own node may connect/,
      '- Admitted here, but kept in by their own egress policies: shop/web. (declared)',
    ],
  ],
  [
    'does not open UDP by a rule for TCP',
    `${listening('db', 'app: db', '{ containerPort: 5‸3, protocol: UDP }')}---\n${policy('db', `${toDb}\n  ingress: [{ ports: [{ port: 53 }] }]`)}`,
    [/declares UDP 53/, /^- Nobody but its own node may connect: no rule of shop\/db admits UDP 53/],
  ],
  [
    'says that policies that are not judged leave it open who may connect',
    `${listening('db', 'app: db', '{ containerPort: 543‸2 }')}---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: x, namespace: shop }\n`,
    [/declares TCP 5432/, /^- Who may connect cannot be told: not judged: CiliumNetworkPolicy shop\/x\./],
  ],
  [
    'of a policy that is a Service port says what the pods have instead',
    `${policy('db', `${toDb}\n  ingress: [{ ports: [{ port: ‸1 }] }]`)}---\n${db}---\n${service('db', 'selector: { app: db }, ports: [{ port: 1, targetPort: 5432 }]')}`,
    [
      'Ingress rule 1 lets anybody connect to TCP 1 of shop/db. (declared)',
      /^- 1 is the port of Service shop\/db; policies count the port of the pod, which is 5432\./,
    ],
  ],
  [
    'of a rule that policyTypes leaves out says that it does nothing',
    `${policy('db', `${toDb}\n  policyTypes: [Egress]\n  ingress: [{ ports: [{ port: 543‸2 }] }]`)}---\n${db}`,
    [/^Ingress rule 1/, '- It does nothing: policyTypes leaves ingress out. (declared)'],
  ],
  [
    'of a policy by name is the number that each pod gives it',
    `${policy('db', `${toDb}\n  ingress: [{ ports: [{ port: s‸ql }] }]`)}---\n${db}`,
    [/connect to TCP sql of shop\/db/, '- Declared there by container c on TCP 5432 (1 pod). (declared)'],
  ],
  [
    'of a policy by a name that only a sidecar has is left open',
    `${policy('db', `${toDb}\n  ingress: [{ ports: [{ port: s‸ql }] }]`)}---\n${pod('db', ', labels: { app: db }', 'containers: [{ name: c, image: c }], initContainers: [{ name: s, image: s, restartPolicy: Always, ports: [{ name: sql, containerPort: 1 }] }]')}`,
    [/connect to TCP sql of shop\/db/, /^- Only a sidecar has a TCP port of that name; plugins differ/],
  ],
  [
    'of a sidecar that a policy names leaves open who may connect',
    `${policy('db', `${toDb}\n  ingress: [{ ports: [{ port: sql }] }]`)}---\n${pod('db', ', labels: { app: db }', 'containers: [{ name: c, image: c }], initContainers: [{ name: s, image: s, restartPolicy: Always, ports: [{ name: sql, containerPort: 1‸1 }] }]')}`,
    [
      'Container s declares TCP 11 (sql) in 1 pod. (declared)',
      /^- Who may connect cannot be told: shop\/db names a port that only a sidecar declares/,
    ],
  ],
  [
    'of the backend of an Ingress is that of the Service',
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i, namespace: shop }\nspec: { defaultBackend: { service: { name: db, port: { num‸ber: 1 } } } }\n---\n${service('db', 'selector: { app: db }, ports: [{ port: 1, targetPort: sql }]')}---\n${db}`,
    [/^TCP 1 of Service shop\/db leads to TCP 5432 of 1 endpoint/],
  ],
  [
    'of a rule with a port alone for all of a protocol works on the protocol',
    `${policy('db', `${toDb}\n  ingress: [{ ports: [{ protocol: U‸DP }] }]`)}---\n${db}`,
    [/connect to all UDP ports of shop\/db/],
  ],
  [
    'of a probe says that the node of the pod is always let in',
    pod('db', '', 'containers: [{ name: c, image: c, livenessProbe: { tcpSocket: { port: 8‸1 } } }]'),
    [/^The kubelet of its node probes TCP 81/, /does not declare this port/, /^- No policy stops it/],
  ],
  [
    'of a named probe that no container has says so',
    pod('db', '', 'containers: [{ name: c, image: c, livenessProbe: { tcpSocket: { port: h‸ttp } } }]'),
    [/declares no TCP port named http/],
  ],
  [
    'is none in a file that is not part of the cluster',
    listening('db', '', '{ containerPort: 543‸2 }'),
    [],
    { stranger: true },
  ],
]);

const shop = `${db}---\n${web}---\n${pod('agent', ', labels: { app: db, on: node }', 'hostNetwork: true, containers: [{ name: a, image: a }]')}`;

suite('a hover on a selector', [
  [
    'of a policy says whom it selects, isolates and admits',
    `${policy('db', `pod‸Selector: { matchLabels: { app: db } }\n  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }]`)}---\n${shop}`,
    [
      'Selects 1 pod: shop/db. (declared)',
      '- Isolates ingress; admits from podSelector app=web in namespace shop on every port. (declared)',
      '- Leaves egress as it is. (declared)',
      '- Not isolated though selected, as they are on the network of their nodes: shop/agent. (inferred)',
    ],
  ],
  [
    'of a policy without rules says that it admits nothing',
    `${policy('all', 'pod‸Selector: {}\n  policyTypes: [Ingress]')}---\n${shop}`,
    [
      'Selects 2 pods: shop/db, shop/web. (declared)',
      '- Isolates ingress and admits nothing itself. (declared)',
    ],
  ],
  [
    'of a policy that no pod fits says which values there are',
    `${policy('db', 'podSelector: { matchLabels: { app: d‸d } }')}---\n${shop}`,
    [
      'Selects no pod: it isolates nothing now. (declared)',
      '- Values of app on pods in namespace shop: db, web. (declared)',
    ],
  ],
  [
    'counts pods without the key for NotIn',
    `${policy('db', 'podSelector: { matchExpressions: [{ key: tier, operator: Not‸In, values: [x] }, { key: app, operator: In, values: [db] }] }')}---\n${shop}`,
    [
      'tier notin (x) fits 3 pods in namespace shop: shop/agent, shop/db, shop/web. (declared)',
      '- All of tier notin (x),app=db: shop/agent, shop/db. (declared)',
    ],
  ],
  [
    'of a peer leaves out pods on the network of their nodes',
    `${policy('web', 'podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ pod‸Selector: { matchLabels: { app: db } } }] }]')}---\n${shop}`,
    [
      'Selects 1 pod in namespace shop: shop/db. (declared)',
      '- Ingress rule 1 lets them connect to shop/web on every port. (declared)',
      "- Not matched, as they have their node's address: shop/agent. (inferred)",
    ],
  ],
  [
    'of a peer means the own namespace of the policy only',
    `${policy('web', 'podSelector: {}\n  egress: [{ to: [{ podSelector: { matchLabels: { app: f‸ar } } }] }]')}---\n${shop}---\n${listening('far', 'app: far', '').replace('namespace: shop', 'namespace: other')}`,
    ['Selects no pod in namespace shop. (declared)'],
  ],
  [
    'of a peer with both selectors wants both',
    `${policy('web', 'podSelector: {}\n  ingress: [{ from: [{ namespace‸Selector: {}, podSelector: { matchLabels: { app: db } } }] }]')}---\n${shop}`,
    [/^Selects 1 pod in/, '- Both selectors must match: pods app=db in any namespace. (declared)'],
  ],
  [
    'of namespaces that none fits says so',
    `${policy('web', 'podSelector: {}\n  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: sh‸op2 } } }] }]')}---\n${shop}`,
    [
      'Selects no namespace: kubernetes.io/metadata.name=shop2 is on none. (declared)',
      /^- Values of kubernetes.io\/metadata.name on namespaces: .*shop/,
    ],
  ],
  [
    'of an empty list of peers means anybody',
    `${policy('web', 'podSelector: {}\n  ingress: [{ fro‸m: [] }]')}---\n${shop}`,
    ['Names no peer, which means anybody. (declared)'],
  ],
  [
    'of an address block says that it is meant for the outside',
    `${policy('web', 'podSelector: {}\n  egress: [{ to: [{ ipBlock: { cidr: 203.0.113.‸0/24 } }] }]')}---\n${shop}`,
    [
      /^203\.0\.113\.0\/24 holds no address of a pod, node or Service/,
      /^- Egress rule 1 lets shop\/db, shop\/web connect to these addresses on every port/,
      /Cilium does not/,
    ],
  ],
  [
    'is none in a file that is not part of the cluster',
    policy('db', 'pod‸Selector: { matchLabels: { app: db } }'),
    [],
    { stranger: true, others: { ...others, 'shop.yaml': shop } },
  ],
  [
    'of a workload names pods that it did not make',
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, namespace: shop }\nspec: { sel‸ector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: {} } }\n---\n${db}`,
    [/^Selects 2 pods: shop\/d-0, shop\/db\./, '- Not made by Deployment shop/d: shop/db. (declared)'],
  ],
  [
    'of a workload whose template has other labels says that it is refused',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, namespace: shop }\nspec: { sel‸ector: { matchLabels: { app: x } }, template: { metadata: { labels: { app: y } }, spec: {} } }\n',
    [/^Selects no pod/, /the API server rejects that/],
  ],
  [
    'of a Service with several labels speaks of the line',
    `${service('db', 'selector: { app: d‸b, tier: back }, ports: [{ port: 1 }]')}---\n${db}`,
    [
      'app=db fits 1 pod in namespace shop: shop/db. (declared)',
      '- All of app=db,tier=back: no pod. (declared)',
    ],
  ],
]);

suite('a hover on a name', [
  [
    'of a finished pod says that its address was given back',
    `apiVersion: v1\nkind: Pod\nmetadata: { name: d‸one, namespace: shop, uid: u }\nspec: { nodeName: n1, containers: [{ name: a, image: a }] }\nstatus: { phase: Succeeded, podIP: 10.244.7.9 }\n`,
    ['Pod shop/done is Succeeded: it has given its address back. (observed)', /no sandbox now/],
  ],
  [
    'of a pod without a node says why',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: w‸ait }\nspec: { nodeSelector: { gpu: "yes" }, containers: [] }\n',
    [/^Pod default\/wait is not scheduled: 0\/1 nodes/],
  ],
  [
    'of a ReplicaSet has the pods of its Deployment that it selects, and is traced as that',
    `apiVersion: apps/v1\nkind: Replica‸Set\nmetadata: { name: d-1, namespace: shop, uid: r, ownerReferences: [{ kind: Deployment, name: d, controller: true }] }\nspec: { selector: { matchLabels: { v: "1" } }, template: { spec: {} } }\n`,
    [
      'ReplicaSet shop/d-1 has 1 pod. (observed)',
      /^- Made by Deployment shop\/d\./,
      /Trace to here: Deployment\/shop\/d\]/,
    ],
    {
      others: {
        ...others,
        'd.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, namespace: shop, uid: d }\nspec: { selector: { matchLabels: { a: b } }, template: { spec: {} } }\n---\n${['1', '2'].map((v) => pod(`d-${v}-x`, `, uid: p, labels: { v: "${v}" }, ownerReferences: [{ kind: ReplicaSet, name: d-${v}, controller: true }]`)).join('---\n')}---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: { name: d-2, namespace: shop, uid: s, ownerReferences: [{ kind: Deployment, name: d, controller: true }] }\nspec: { selector: { matchLabels: { v: "2" } }, template: { spec: {} } }\n`,
      },
    },
  ],
  [
    'of a node that is not there says so',
    pod('web', '').replace('nodeName: n1', 'nodeName: m‸issing'),
    [/^The shown cluster has no node missing|^Node missing/],
  ],
  [
    'of a Service without virtual address stands at clusterIP',
    `${service('db', 'clusterIP: No‸ne, selector: { app: db }, ports: [{ port: 5432 }]')}---\n${db}`,
    [/^Service shop\/db is headless: DNS answers with 1 ready endpoint/],
  ],
  [
    'of a Service behind an Ingress is that Service',
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i, namespace: shop }\nspec: { rules: [{ http: { paths: [{ path: /, backend: { service: { name: d‸b, port: { number: 1 } } } }] } }] }\n---\n${service('db', 'clusterIP: 10.96.0.9, ports: [{ port: 1 }]')}`,
    [/^Service shop\/db is 10\.96\.0\.9/],
  ],
  [
    'of a container says with whom it shares the network',
    pod(
      'web',
      '',
      'containers: [{ name: a, image: a }, { name: b‸b, image: b }], initContainers: [{ name: i, image: i }]',
    ),
    [
      'Container bb declares no port. (declared)',
      '- It shares network namespace, address and localhost with pause, a, i. (inferred)',
    ],
  ],
  ['that another object has already is none', `${pod('web', '')}---\n${pod('w‸eb', '')}`, []],
  ['of an object that is not read is none', 'apiVersion: v1\nkind: Con‸figMap\nmetadata: { name: c }\n', []],
  [
    'is none in a file that is not part of the cluster',
    pod('w‸eb', ''),
    [],
    { stranger: true, others: { ...others, 'b.yaml': pod('web', '') } },
  ],
]);
