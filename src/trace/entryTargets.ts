// Answers: where does a host name of an Ingress or a route lead? To the proxy that serves it, found by the address that the
// object's status names or by how controllers label their pods; from there to the Services of the rule that fits the host and
// path best. A proxy that the input does not show is said to be unknown (Ingress and Gateway API docs; spec vocabulary "PROXY_CONNECTION").
import type { Cluster } from '../model/cluster';
import type { EntryPoint, EntryRule } from '../model/entry';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import type { Service } from '../model/service';
import type { Evidence } from '../model/source';
import { failure, found, type Destination, type Onward, type Resolution } from './ends';
import { aborted } from './outcome';
import type { Search } from './resolveDestination';
import { toService } from './serviceTargets';
import type { ResolvedEnd } from './trace';

interface Match {
  readonly entry: EntryPoint;
  readonly rule: EntryRule;
}

/** @returns undefined when no Ingress or route serves the host. */
export function toEntry(search: Search, host: string, path: string): Resolution<Destination> | undefined {
  const { cluster } = search;
  const match = bestMatch(cluster, host, path);
  if (match === undefined) return undefined;
  const { entry, rule } = match;
  const name = `${entry.kind} ${keyOf(entry)}`;
  const resolved: ResolvedEnd = { label: `${host}${path} (${name})`, at: rule.at ?? entry.nameAt };
  const missing = rule.backends.filter(
    ({ namespace, service }) => lookupOf(cluster).service(`${namespace}/${service}`) === undefined,
  );
  const onward = onwardOf(cluster, match, name);
  if (onward.backends.length === 0) {
    const names = missing.map(({ namespace, service }) => `${namespace}/${service}`).join(', ');
    const words = `${name} sends ${host}${path} to ${names === '' ? 'no Service' : `Service ${names}, which is not in the input`}: its proxy answers with an error.`;
    return failure(
      aborted('Unreachable', 'rejected-no-endpoints', words, 'HTTP 503 from the proxy'),
      resolved,
    );
  }
  const proxies = proxyServices(cluster, entry);
  const [front] = proxies;
  if (front === undefined) {
    const targets = onward.backends
      .map(({ service, port }) => `svc/${keyOf(service)}:${port.port}`)
      .join(', ');
    const kind = entry.className === undefined ? 'its class is not written' : `class ${entry.className}`;
    const words = `${name} leads ${host}${path} to ${targets}, but the controller that serves it is unknown (${kind}): its proxy is not in the input. Trace from the proxy's pod or address to ${targets} instead.`;
    return failure(aborted('Undetermined', 'unknown', words), resolved);
  }
  const reached = toService({ ...search, query: { ...search.query, port: search.query.port ?? 80 } }, front);
  if (reached.kind === 'failed') return reached;
  const served: Evidence = {
    text: `${name} is taken to be served by the pods of Service ${keyOf(front)}.`,
    provenance: 'inferred',
    at: front.nameAt ?? front.at,
  };
  return found({
    ...reached.value,
    resolved,
    targets: reached.value.targets.map((target) => ({ ...target, onward })),
    assumptions: [served, ...onward.evidence, ...reached.value.assumptions],
  });
}

/** An exact host before a wildcard before none; then an exact path, then the longest prefix. */
function bestMatch(cluster: Cluster, host: string, path: string): Match | undefined {
  let best: { readonly match: Match; readonly score: number } | undefined;
  for (const entry of cluster.entries) {
    for (const rule of entry.rules) {
      const byHost = hostScore(rule, host);
      const byPath = pathScore(rule, path);
      if (byHost === undefined || byPath === undefined) continue;
      const score = byHost * 100_000 + byPath;
      if (best === undefined || score > best.score) best = { match: { entry, rule }, score };
    }
  }
  return best?.match;
}

function hostScore({ hosts }: EntryRule, host: string): number | undefined {
  const wanted = host.toLowerCase();
  if (hosts.some((each) => each.toLowerCase() === wanted)) return 2;
  if (hosts.some((each) => each.startsWith('*.') && wanted.endsWith(each.slice(1).toLowerCase()))) return 1;
  // A rule for every host says nothing about this one: it would take any name for a host of the cluster.
  return undefined;
}

function pathScore({ paths }: EntryRule, path: string): number | undefined {
  if (paths.length === 0) return 0;
  const scores = paths.flatMap((each): readonly number[] => {
    if (each.exact) return each.path === path ? [50_000] : [];
    const prefix = each.path.replace(/\/$/, '');
    return path === prefix || path.startsWith(`${prefix}/`) ? [1 + prefix.length] : [];
  });
  return scores.length === 0 ? undefined : Math.max(...scores);
}

function onwardOf(cluster: Cluster, { entry, rule }: Match, name: string): Onward {
  const known = rule.backends.flatMap((backend) => {
    const service = lookupOf(cluster).service(`${backend.namespace}/${backend.service}`);
    const port = service?.ports.find((each) => each.port === backend.port || each.name === backend.port);
    return service === undefined || port === undefined || backend.weight === 0
      ? []
      : [{ service, port, weight: backend.weight }];
  });
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  return {
    entry: name,
    backends: known.map(({ service, port, weight }) => ({ service, port, probability: weight / total })),
    evidence: [
      {
        text: `${name} sends this host and path to ${known.map(({ service, port }) => `${keyOf(service)}:${port.port}`).join(', ')}.`,
        provenance: entry.provenance,
        at: rule.at ?? entry.at,
      },
    ],
  };
}

/** Labels that controllers put on their proxies' pods, by what class names contain. */
const controllerLabels: readonly (readonly [className: string, key: string, value: string])[] = [
  ['nginx', 'app.kubernetes.io/name', 'ingress-nginx'],
  ['nginx', 'app.kubernetes.io/name', 'nginx-ingress'],
  ['traefik', 'app.kubernetes.io/name', 'traefik'],
  ['haproxy', 'app.kubernetes.io/name', 'haproxy-ingress'],
  ['haproxy', 'app.kubernetes.io/name', 'kubernetes-ingress'],
  ['contour', 'app.kubernetes.io/component', 'envoy'],
  ['kong', 'app.kubernetes.io/name', 'kong'],
  ['istio', 'istio', 'ingressgateway'],
  ['eg', 'app.kubernetes.io/name', 'envoy'],
  ['envoy', 'app.kubernetes.io/name', 'envoy'],
];

/** Services in front of the proxy, those with an address for the outside first. */
function proxyServices(cluster: Cluster, entry: EntryPoint): readonly Service[] {
  const byStatus = cluster.services.filter((service) => servedBy(cluster, entry, service));
  if (byStatus.length > 0) return byStatus;
  const pods = controllerPods(cluster, entry);
  const fronts = cluster.services.filter(
    ({ namespace, selector }) =>
      selector !== undefined &&
      pods.some(
        (pod) =>
          pod.namespace === namespace &&
          Object.entries(selector).every(([key, value]) => pod.labels[key] === value),
      ),
  );
  const exposure = (service: Service): number =>
    service.type === 'LoadBalancer' ? 0 : service.type === 'NodePort' ? 1 : 2;
  return [...fronts].sort((a, b) => exposure(a) - exposure(b));
}

/** The status of the Ingress, or of the route's Gateway, names an address of this Service. */
function servedBy(cluster: Cluster, entry: EntryPoint, service: Service): boolean {
  const gateways = entry.gateways.flatMap(
    (ref) => cluster.gateways.find((each) => keyOf(each) === keyOf(ref))?.servedAt ?? [],
  );
  const addresses = new Set([...entry.servedAt, ...gateways].map(({ value }) => value));
  return (
    service.loadBalancerIps.some(({ value }) => addresses.has(value.text)) ||
    (service.loadBalancerProxies ?? []).some(({ value }) => addresses.has(value))
  );
}

/** Of the class that is written; without one, of the only controller there is. */
function controllerPods(cluster: Cluster, entry: EntryPoint): readonly Pod[] {
  const classes = [
    entry.className,
    ...entry.gateways.map((ref) => cluster.gateways.find((each) => keyOf(each) === keyOf(ref))?.className),
  ].filter((name) => name !== undefined);
  const byLabel = (wanted: typeof controllerLabels): readonly Pod[] =>
    cluster.pods.filter((pod) => isLive(pod) && wanted.some(([, key, value]) => pod.labels[key] === value));
  if (classes.length > 0)
    return byLabel(
      controllerLabels.filter(([name]) => classes.some((each) => each.toLowerCase().includes(name))),
    );
  const all = byLabel(controllerLabels);
  const kinds = new Set(all.map((pod) => pod.labels['app.kubernetes.io/name'] ?? pod.labels['istio']));
  return kinds.size === 1 ? all : [];
}

/** Pods of the proxy that serves the entry, as far as the input shows it. Empty: it is unknown. */
export function proxyPods(cluster: Cluster, entry: EntryPoint): readonly Pod[] {
  const behind = proxyServices(cluster, entry).flatMap(({ namespace, selector }) =>
    selector === undefined
      ? []
      : lookupOf(cluster)
          .podsIn(namespace)
          .filter(
            (pod) =>
              isLive(pod) && Object.entries(selector).every(([key, value]) => pod.labels[key] === value),
          ),
  );
  return [...new Set([...behind, ...controllerPods(cluster, entry)])];
}
