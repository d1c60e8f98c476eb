// A small shop as manifests, for traces that are shown: a Service with two endpoints, a default deny with a hole, a
// hostNetwork pod, a pod with a sidecar and a shared PID namespace, and names that carry markup.
import { createStore } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';

const manifests = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  nodeName: worker-1
  shareProcessNamespace: true
  containers:
    - { name: web, image: shop/web, ports: [{ containerPort: 8080 }] }
    - { name: log-shipper, image: shop/log }
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, namespace: shop, labels: { app: db } }
spec:
  nodeName: worker-2
  containers:
    - { name: postgres, image: postgres, ports: [{ containerPort: 5432, name: postgres }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db-1, namespace: shop, labels: { app: db } }
spec:
  nodeName: worker-1
  containers:
    - { name: postgres, image: postgres, ports: [{ containerPort: 5432, name: postgres }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db-locked, namespace: shop, labels: { app: db, locked: "yes" } }
spec:
  nodeName: worker-2
  containers:
    - { name: postgres, image: postgres, ports: [{ containerPort: 5432, name: postgres }] }
---
apiVersion: v1
kind: Pod
metadata: { name: exporter, namespace: monitoring, labels: { app: exporter } }
spec:
  nodeName: worker-2
  hostNetwork: true
  containers:
    - { name: exporter, image: exporter, ports: [{ containerPort: 9100 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: stranger, namespace: default, labels: { app: stranger } }
spec:
  nodeName: worker-1
  containers:
    - { name: shell, image: busybox }
---
apiVersion: v1
kind: Pod
metadata: { name: odd, namespace: default }
spec:
  nodeName: worker-2
  containers:
    - { name: '<img src=x onerror="document.title=1">', image: odd, ports: [{ containerPort: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec:
  selector: { app: db }
  ports: [{ name: postgres, port: 5432, targetPort: postgres }]
---
apiVersion: v1
kind: Service
metadata: { name: empty, namespace: shop }
spec:
  selector: { app: nobody }
  ports: [{ port: 80 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-to-db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress:
    - to: [{ podSelector: { matchLabels: { app: db } } }]
      ports: [{ port: 5432 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector:
    matchExpressions: [{ key: app, operator: In, values: [db] }, { key: locked, operator: DoesNotExist }]
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: 5432 }]
    - from: [{ namespaceSelector: { matchLabels: { team: data } } }]
---
apiVersion: v1
kind: Node
metadata: { name: worker-1 }
---
apiVersion: v1
kind: Node
metadata: { name: worker-2 }
`;

/** The manifests as `k8s/shop.yaml`, completed by simulation. */
export function clusterOf(text: string): Cluster {
  const { cluster } = createStore().apply([{ file: 'k8s/shop.yaml', text }]);
  return simulate(cluster, defaultSettings).cluster;
}

export const shop: Cluster = clusterOf(manifests);

/** Ends as the CLI reads them: `shop/web`, `svc/shop/db:5432`. */
export function shopTrace(from: string, to: string, cluster = shop): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  if (source === undefined || destination === undefined) throw new Error(`not two ends: ${from}, ${to}`);
  return traceConnectivity(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol: 'TCP',
  });
}
