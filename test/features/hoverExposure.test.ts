// Hovers on what a Service or a host port opens: who reaches it from where, and as whom the pod sees them, under each traffic policy
// and kind of address (tables D1, D3 and C4), read off traces through the cluster at hand.
import { describe, test } from 'node:test';
import { check, mark } from './hovering';

/** kindnet is taken to be known, so that no hover says what is assumed. */
const nodes = ['n1', 'n2']
  .map(
    (name, index) => `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: {} }
spec: { podCIDR: 10.244.${index + 1}.0/24, providerID: kind://docker/lab/${name} }
status: { addresses: [{ type: InternalIP, address: 172.30.0.1${index + 1} }], conditions: [{ type: Ready, status: 'True' }] }
---`,
  )
  .join('');

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: n2, containers: [{ name: web, image: web, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIPs: [{ ip: 10.244.2.2 }], conditions: [{ type: Ready, status: 'True' }] }
---
apiVersion: v1
kind: Pod
metadata: { name: near, namespace: shop }
spec: { nodeName: n2, containers: [{ name: c, image: c }] }
status: { phase: Running, podIPs: [{ ip: 10.244.2.3 }], conditions: [{ type: Ready, status: 'True' }] }
---
apiVersion: v1
kind: Pod
metadata: { name: far, namespace: shop }
spec: { nodeName: n1, containers: [{ name: c, image: c }] }
status: { phase: Running, podIPs: [{ ip: 10.244.1.2 }], conditions: [{ type: Ready, status: 'True' }] }
`;

const others = { 'cluster.yaml': `${nodes}${pods}` };

/** A Service in front of web on n2; the marked line is one of its spec's. */
function service(lines: string, status = ''): string {
  return `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  clusterIP: 10.96.0.30
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
${lines
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
${status}`;
}

const trace = '[Trace to here: svc/shop/web:80]';

describe('a hover on a node port', () => {
  const nodePort = (policy: string): string =>
    service(`type: NodePort\nexternalTrafficPolicy: ${policy}`).replace('nodePort: ', `nodePort: ${mark}`);
  test('under policy Cluster tells the node that masquerades, by each kind of node', () => {
    check(
      nodePort('Cluster'),
      [
        'TCP 30080 on every node leads to TCP 8080 of 1 endpoint by Service shop/web. (simulated)',
        '- By n2, which has an endpoint, from outside or from a pod: the pod sees 10.244.2.1, an address of n2. (simulated)',
        '- By n1, which has none, from outside or from a pod: the pod sees 172.30.0.11, an address of n1. (simulated)',
      ],
      { others },
    );
  });
  test('under policy Local keeps the client, and times out where there is no endpoint', () => {
    check(
      nodePort('Local'),
      [
        'TCP 30080 on every node leads to TCP 8080 of 1 endpoint by Service shop/web. (simulated)',
        "- By n2, which has an endpoint, from outside: the pod sees the client's own address. (simulated)",
        '- By n1, which has none, from outside: the connection times out. (simulated)',
      ],
      { others },
    );
  });
  test('does not ask policies: those are another line of it', () => {
    const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
`;
    check(
      nodePort('Local'),
      [
        'TCP 30080 on every node leads to TCP 8080 of 1 endpoint by Service shop/web. (simulated)',
        "- By n2, which has an endpoint, from outside: the pod sees the client's own address. (simulated)",
        /Nobody but its own node may connect/,
      ],
      { others: { ...others, 'deny.yaml': deny } },
    );
  });
});

describe('a hover on a traffic policy', () => {
  test('externalTrafficPolicy says what clients outside meet, by the way in that they have', () => {
    check(
      service(`type: NodePort\n${mark}externalTrafficPolicy: Local`),
      [
        'externalTrafficPolicy Local: a node passes clients from outside to its own endpoints only, and leaves their addresses alone. (declared)',
        "- By n2, which has an endpoint, from outside: the pod sees the client's own address. (simulated)",
        '- By n1, which has none, from outside: the connection times out. (simulated)',
        trace,
      ],
      { others },
    );
  });
  test('internalTrafficPolicy Local leaves pods of other nodes without an endpoint', () => {
    check(
      service(`internalTrafficPolicy: ${mark}Local`),
      [
        'internalTrafficPolicy Local: pods and processes of a node reach the endpoints of that node only. (declared)',
        "- From a pod beside an endpoint: the pod sees the client's own address. (simulated)",
        '- From a pod of a node without one: the connection times out. (simulated)',
        trace,
      ],
      { others },
    );
  });
});

describe('a hover on the type of a Service', () => {
  test('ClusterIP is not reached from outside', () => {
    check(
      service(`type: ${mark}ClusterIP`).replace(', nodePort: 30080', ''),
      [
        'ClusterIP: an address that the nodes of the cluster know, and nobody else. (declared)',
        "- From a pod beside an endpoint or from a pod of a node without one: the pod sees the client's own address. (simulated)",
        '- From outside: it is not reached, having no address for the outside. (simulated)',
        trace,
      ],
      { others },
    );
  });
  test('LoadBalancer without a status has no address yet, and is reached by nobody outside', () => {
    check(
      service(`${mark}type: LoadBalancer\nallocateLoadBalancerNodePorts: false`).replace(
        ', nodePort: 30080',
        '',
      ),
      [
        'LoadBalancer: besides the ClusterIP and node ports, an address in front of the nodes. (declared)',
        /From outside: it is not reached \(Service shop\/web of type LoadBalancer has no address yet \(pending\)\)/,
        '- Its load balancer has no address yet: the status names none. (declared)',
      ],
      { others },
    );
  });
});

describe('a hover on an address for the outside', () => {
  const status = `status: { loadBalancer: { ingress: [{ ip: ${mark}198.51.100.7 }] } }`;
  test('of a load balancer says what its clients meet by each node', () => {
    check(
      service('type: LoadBalancer', status),
      [
        /^198\.51\.100\.7 is/,
        '- By n2, which has an endpoint, from outside: the pod sees 10.244.2.1, an address of n2. (simulated)',
        '- By n1, which has none, from outside: the pod sees 172.30.0.11, an address of n1. (simulated)',
      ],
      { others },
    );
  });
  test('of a load balancer is closed to clients outside its source ranges', () => {
    check(
      service('type: LoadBalancer\nloadBalancerSourceRanges: [192.0.2.0/24]', status),
      [/^198\.51\.100\.7 is/, /By n2, which has an endpoint, from outside: the connection times out/],
      { others },
    );
  });
  test('in externalIPs is taken by every node, for pods too', () => {
    check(
      service(`externalIPs: [${mark}198.51.100.9]`).replace(', nodePort: 30080', ''),
      [
        /^198\.51\.100\.9 is/,
        /By n1, which has none, from outside: the pod sees 172\.30\.0\.11/,
        /From a pod beside an endpoint: the pod sees 10\.244\.2\.1, an address of n2/,
      ],
      { others },
    );
  });
  test('of a load balancer that proxies: the pod sees the balancer, whatever the policy', () => {
    check(
      service(
        `type: LoadBalancer\n${mark}externalTrafficPolicy: Local`,
        'status: { loadBalancer: { ingress: [{ ip: 198.51.100.8, ipMode: Proxy }] } }',
      ),
      [
        /^externalTrafficPolicy Local/,
        '- By n2, which has an endpoint, from outside: the pod sees 198.51.100.8. (simulated)',
      ],
      { others },
    );
  });
  test('that was asked for, while the status names another, is nobody’s', () => {
    check(
      service(
        `type: LoadBalancer\nloadBalancerIP: ${mark}198.51.100.6`,
        'status: { loadBalancer: { ingress: [{ ip: 198.51.100.7 }] } }',
      ),
      [/198\.51\.100\.6/, /Asked for only: the status of Service shop\/web does not name it/],
      { others },
    );
  });
});

describe('a hover on session affinity', () => {
  test('says that clients count by their own address, also where they are masqueraded afterwards', () => {
    check(
      service(`type: NodePort\nsessionAffinity: ${mark}ClientIP`),
      [
        'sessionAffinity ClientIP: connections of one client address go to one endpoint; each node remembers for itself. (declared)',
        '- From a pod beside an endpoint or from a pod of a node without one: each counts by its own address. (simulated)',
        '- By n2, which has an endpoint, from outside: each counts by its own address. (simulated)',
        '- By n1, which has none, from outside: each counts by its own address. (simulated)',
        trace,
      ],
      { others },
    );
  });
  test('says that behind a load balancer that proxies all clients are one', () => {
    check(
      service(
        `type: LoadBalancer\nsessionAffinity: ${mark}ClientIP`,
        'status: { loadBalancer: { ingress: [{ ip: 198.51.100.8, ipMode: Proxy }] } }',
      ),
      [
        /^sessionAffinity ClientIP/,
        '- By n2, which has an endpoint, from outside: all count as 198.51.100.8. (simulated)',
      ],
      { others },
    );
  });
});

describe('a hover on a host port', () => {
  const hostPort = (more = ''): string => `apiVersion: v1
kind: Pod
metadata: { name: proxy, namespace: shop }
spec:
  nodeName: n2
  containers: [{ name: proxy, image: proxy, ports: [{ containerPort: 8080, hostPort: ${mark}18080${more} }] }]
status: { phase: Running, podIPs: [{ ip: 10.244.2.9 }], conditions: [{ type: Ready, status: 'True' }] }
`;
  test('keeps clients outside, masquerades pods', () => {
    check(
      hostPort(),
      [
        'TCP 18080 on the node of the pod leads to TCP 8080 of container proxy. (declared)',
        "- From outside by n2: the pod sees the client's own address. (inferred)",
        '- From a pod of another node: the pod sees 172.30.0.11, an address of n1. (inferred)',
        '- From a pod of the same node: the pod sees 10.244.2.1, an address of n2. (inferred)',
      ],
      { others },
    );
  });
  test('on loopback only is not the pod’s for others', () => {
    check(
      hostPort(', hostIP: 127.0.0.1'),
      [
        /^TCP 18080 on the node of the pod, address 127\.0\.0\.1/,
        /From outside by n2.*: the node itself is asked, not the pod/,
      ],
      { others },
    );
  });
});

test('what rests on an assumed profile says so', () => {
  const plain = { 'cluster.yaml': `${nodes.replaceAll(/, providerID: \S+/g, '')}${pods}` };
  check(
    service(`type: NodePort\n${mark}externalTrafficPolicy: Local`),
    [/^externalTrafficPolicy Local/, /which is assumed: choose the CNI profile/],
    { others: plain },
  );
});

describe('a hover on the range of node ports', () => {
  const exposed = service('type: NodePort').replaceAll(mark, '');
  const beyond = exposed
    .replace('name: web', 'name: beyond')
    .replace('30080', '31999')
    .replace('0.30', '0.31');
  const files = { ...others, 'web.yaml': exposed, 'beyond.yaml': beyond };
  const lines = [
    'Node ports come from 30000 to 31000; every node takes those that Services have: TCP 30080 (shop/web). (declared)',
    '- Outside the range, so the API server refuses: TCP 31999 (shop/beyond). (declared)',
    '- 30080: By n1, which has none, from outside or from a pod: the pod sees 172.30.0.11, an address of n1. (simulated)',
  ];
  const places: readonly (readonly [where: string, text: string])[] = [
    [
      'among the arguments of a static pod',
      `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver, namespace: kube-system }
spec: { containers: [{ name: a, image: a, command: [kube-apiserver, ${mark}--service-node-port-range=30000-31000] }] }
`,
    ],
    [
      'as an argument of kubeadm by name',
      `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
apiServer: { extraArgs: { service-node-port-range: ${mark}30000-31000 } }
`,
    ],
    [
      'as an argument of kubeadm in a list',
      `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer: { extraArgs: [{ name: service-node-port-range, value: ${mark}30000-31000 }] }
`,
    ],
  ];
  for (const [where, text] of places)
    test(`${where} tells who has them and who reaches one`, () => {
      check(text, lines, { others: files });
    });
  test('is none on another range of numbers', () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: c, namespace: shop }
data: { range: ${mark}30000-31000 }
`;
    check(text, [], { others: files });
  });
});
