// The cluster of part E of the networking facts as manifests: namespaces a and b, pods a/x and a/y on node n1, b/z on node
// n2, all Running with port 80. Tests add policies and whatever else they speak of.
import { documents } from '../support/manifests';

interface PodText {
  readonly labels?: string;
  readonly node?: string;
  /** status.podIPs; none: the pod has no address. */
  readonly ips?: readonly string[];
  readonly phase?: string;
  /** Further fields of metadata, each line as it stands below it. */
  readonly metadata?: string;
  /** Fields of the spec instead of one container with port 80 named http. */
  readonly spec?: string;
}

const oneContainer = 'containers: [{ name: app, ports: [{ containerPort: 80, name: http }] }]';

/** A Pod as a cluster reports it. `key` is `namespace/name`. */
export function pod(key: string, more: PodText = {}): string {
  const {
    labels = '{}',
    node = 'n1',
    ips = [],
    phase = 'Running',
    metadata = '',
    spec = oneContainer,
  } = more;
  const [namespace = '', name = ''] = key.split('/');
  return `
apiVersion: v1
kind: Pod
metadata:
  namespace: ${namespace}
  name: '${name}'
  labels: ${labels}
${indented(metadata)}spec:
  nodeName: ${node}
${indented(spec)}status:
  phase: ${phase}
  conditions: [{ type: Ready, status: '${phase === 'Running' ? 'True' : 'False'}' }]
  podIPs: [${ips.map((ip) => `{ ip: '${ip}' }`).join(', ')}]
`;
}

/** A NetworkPolicy whose spec begins on line 5 of its document. */
export function policy(key: string, spec: string): string {
  const [namespace = '', name = ''] = key.split('/');
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: ${namespace}, name: ${name} }
spec:
${indented(spec)}`;
}

/** Node n1 has the addresses 172.30.0.11 and fd00:30::11 and the pod ranges 10.244.1.0/24 and fd00:1::/64; n2 likewise. */
function node(number: number): string {
  return `
apiVersion: v1
kind: Node
metadata: { name: n${number} }
spec: { podCIDRs: [10.244.${number}.0/24, 'fd00:${number}::/64'] }
status:
  addresses: [{ type: InternalIP, address: 172.30.0.1${number} }, { type: InternalIP, address: 'fd00:30::1${number}' }]
`;
}

function namespace(name: string): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { team: ${name} } }
`;
}

export const cluster = documents(
  namespace('a'),
  namespace('b'),
  node(1),
  node(2),
  pod('a/x', { labels: '{ app: x }', ips: ['10.244.1.2'] }),
  pod('a/y', { labels: '{ app: "y" }', ips: ['10.244.1.3'] }),
  pod('b/z', { labels: '{ app: z }', ips: ['10.244.2.2'], node: 'n2' }),
);

/** A hostNetwork pod; its address is its node's. */
export function hostPod(key: string, node: 'n1' | 'n2', labels = '{ app: agent }'): string {
  const address = node === 'n1' ? '172.30.0.11' : '172.30.0.12';
  const spec = 'hostNetwork: true\ncontainers: [{ name: agent, ports: [{ containerPort: 9100 }] }]';
  return pod(key, { labels, node, ips: [address], spec });
}

function indented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => `  ${line}\n`).join('');
}
