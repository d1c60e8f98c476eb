// A shop with a way in: an Ingress behind a controller with a node port, a DNS Service, a client that may not ask it, and a host
// port; and the two nodes of the networking facts with whatever their flows need, for traces that are shown.
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { Cluster } from '../../src/model/cluster';
import { parseEnd } from '../../src/trace/endText';
import type { TraceQuery } from '../../src/trace/query';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { container, exposedNodes, plainSpec, pod } from '../trace/twoNodes';
import { clusterOf } from './shopCluster';

export const edge: Cluster = clusterOf(`
apiVersion: v1
kind: Node
metadata: { name: worker-1 }
---
apiVersion: v1
kind: Node
metadata: { name: worker-2 }
---
apiVersion: v1
kind: Pod
metadata: { name: controller-0, namespace: ingress-nginx, labels: { app.kubernetes.io/name: ingress-nginx } }
spec:
  nodeName: worker-2
  containers: [{ name: controller, image: nginx, ports: [{ containerPort: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: ingress-nginx, namespace: ingress-nginx }
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: { app.kubernetes.io/name: ingress-nginx }
  ports: [{ port: 80, nodePort: 30080 }]
---
apiVersion: v1
kind: Pod
metadata: { name: api-0, namespace: shop, labels: { app: api } }
spec:
  nodeName: worker-1
  containers: [{ name: api, image: api, ports: [{ containerPort: 8080 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: api, port: { name: http } } } }] }
---
apiVersion: v1
kind: Pod
metadata: { name: coredns-0, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec:
  nodeName: worker-2
  containers: [{ name: coredns, image: coredns, ports: [{ containerPort: 53, protocol: UDP }] }]
---
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec: { selector: { k8s-app: kube-dns }, ports: [{ name: dns, port: 53, protocol: UDP }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, namespace: shop, labels: { app: web } }
spec: { nodeName: worker-1, containers: [{ name: web, image: web }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }] }]
`);

const hostPorted = pod('proxy', 'n2', ['10.244.2.9'], {
  spec: {
    ...plainSpec,
    containers: [
      { ...container('web', 8080), ports: [{ containerPort: 8080, protocol: 'TCP', hostPort: 18080 }] },
    ],
  },
});

/** The two nodes with node ports, and a pod with host port 18080 on n2. */
export const wired: Cluster = { ...exposedNodes, pods: [...exposedNodes.pods, hostPorted] };

/** Ends as the CLI reads them. */
export function traceIn(
  cluster: Cluster,
  from: string,
  to: string,
  choice: ProfileChoice,
  protocol: TraceQuery['protocol'] = 'TCP',
): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  if (source === undefined || destination === undefined) throw new Error(`not two ends: ${from}, ${to}`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol };
  return traceConnectivity(cluster, query, choice);
}
