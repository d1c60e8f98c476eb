// A small shop for hovers: a kind cluster, workloads, Services of every kind, policies with every kind of peer, a pod on its node's
// network, one with a shared PID namespace, two containers that want one port, and names that carry markup.
import type { Files } from './hovering';

export const shopFiles: Files = {
  'kind.yaml': `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: shop
networking:
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/16
nodes:
  - role: control-plane
  - role: worker
  - role: worker
    labels: { disk: ssd }
`,
  'shop.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { team: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 6
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels: { app: web, tier: front }
    spec:
      containers:
        - name: web
          image: registry.example/web:1.2.3.4
          ports:
            - name: http
              containerPort: 8080
              hostPort: 18080
          readinessProbe:
            httpGet:
              port: http
        - name: log-shipper
          image: registry.example/log
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: NodePort
  selector:
    app: web
    tier: front
  ports:
    - name: http
      port: 80
      targetPort: http
      nodePort: 30080
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
spec:
  serviceName: db
  replicas: 2
  selector:
    matchLabels: { app: db }
  template:
    metadata:
      labels: { app: db }
    spec:
      nodeSelector:
        disk: ssd
      containers:
        - name: postgres
          image: registry.example/postgres
          ports: [{ name: postgres, containerPort: 5432 }]
---
apiVersion: v1
kind: Service
metadata:
  name: db
  namespace: shop
spec:
  clusterIP: None
  selector: { app: db }
  ports: [{ port: 5432 }]
---
apiVersion: v1
kind: Service
metadata:
  name: bank
  namespace: shop
spec:
  type: ExternalName
  externalName: bank.example.com
---
apiVersion: v1
kind: Service
metadata:
  name: fixed
  namespace: shop
spec:
  clusterIP: 10.96.0.77
  selector: { app: webb }
  ports: [{ port: 80 }]
`,
  'watch.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: watch, labels: { team: ops } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: watch }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      hostNetwork: true
      containers: [{ name: agent, image: agent, ports: [{ containerPort: 9100 }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: collector, namespace: watch, labels: { app: collector } }
spec:
  shareProcessNamespace: true
  hostNetwork: false
  nodeName: shop-worker
  containers:
    - { name: collector, image: collector, ports: [{ containerPort: 8125, protocol: UDP }] }
    - { name: exporter, image: exporter, ports: [{ name: metrics, containerPort: 9102 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: twins, namespace: watch, labels: { app: twins } }
spec:
  containers:
    - { name: one, image: one, ports: [{ containerPort: 8080 }] }
    - { name: two, image: two, ports: [{ containerPort: 8080 }] }
`,
  'policies.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: db
  namespace: shop
spec:
  podSelector:
    matchExpressions:
      - { key: app, operator: In, values: [db] }
      - { key: locked, operator: DoesNotExist }
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: web
        - namespaceSelector:
            matchLabels: { team: ops }
          podSelector:
            matchLabels: { app: collector }
      ports:
        - port: 5432
        - port: metrics
    - from:
        - ipBlock:
            cidr: 10.0.0.0/8
            except: [10.96.0.0/16]
      ports: [{ protocol: TCP, port: 5432, endPort: 5440 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress, Egress]
  ingress:
    - ports: [{ port: 80 }]
  egress:
    - to: [{ podSelector: { matchLabels: { app: db } } }]
      ports: [{ port: postgres }]
`,
  'odd.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: '<img src=x onerror=alert(1)>'
  namespace: odd
  labels: { app: '[x](command:workbench.action.quit)' }
spec:
  containers: [{ name: '$(bug)', image: odd, ports: [{ containerPort: 80 }] }]
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: strict, namespace: odd }
spec: { endpointSelector: {}, ingressDeny: [{}] }
`,
};
