// Answers: what does a surface show for this trace? Builds the whole view, with the chosen way in full: the page draws it,
// the terminal and Markdown print it.
import type { Hop } from '../dataplane/step';
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { endText } from '../trace/endText';
import type { TraceQuery } from '../trace/query';
import type { Principle, ResolvedEnd, Trace, TraceProfile, Way } from '../trace/trace';
import { lanesOf, type LaneEnds } from './traceLanes';
import { decidingLinks, hopViews, stepViews } from './traceSteps';
import type {
  EndView,
  LegView,
  LinkView,
  PrincipleView,
  TraceView,
  WaySummary,
  WayView,
} from './traceViewShape';
import { addressProvenance, bannerOf, evidenceOf, linkOf, linksOf, principleWords } from './traceWords';

/** @param chosen which way is shown in full, from 0; out of range means the first. */
export function traceView(trace: Trace, cluster: Cluster, chosen = 0): TraceView {
  const candidates = trace.candidates.map((way) => ({
    ...way,
    destination: named(way.destination, cluster),
  }));
  const ways = candidates.map((way, index) => waySummary(way, index, candidates.length));
  const index = candidates[chosen] === undefined ? 0 : chosen;
  const way = candidates[index];
  const summary = ways[index];
  return {
    title: queryTitle(trace.query),
    banner: bannerOf(
      trace,
      trace.result === 'Ambiguous' ? linksOfFailing(trace.candidates) : decidingLinks(trace),
    ),
    source: trace.source && endView(trace.source, cluster),
    destination: trace.destination && endView(trace.destination, cluster),
    profile: profileWords(trace.profile),
    ways,
    way: way && summary && wayView(trace, way, summary, cluster),
    assumptions: trace.assumptions.map(evidenceOf),
    warnings: trace.warnings.map(({ code, text, at }) => ({ code, text, link: linkOf(at) })),
  };
}

/** `kindnet (point-to-point veths), kube-proxy in iptables mode` */
function profileWords({ cni, kubeProxy }: TraceProfile): string {
  return kubeProxy === 'none' ? `${cni}, no kube-proxy` : `${cni}, kube-proxy in ${kubeProxy} mode`;
}

/** `shop/web to svc/shop/db, TCP port 5432` */
export function queryTitle(query: TraceQuery): string {
  const port = query.port === undefined ? '' : ` port ${query.port}`;
  const family = query.family === undefined ? '' : ` over IPv${query.family}`;
  return `${endText(query.from)} to ${endText(query.to)}, ${query.protocol}${port}${family}`;
}

function waySummary(way: Way, index: number, count: number): WaySummary {
  const { address, label } = way.destination;
  const socket = socketWords(address === label ? undefined : address, way.port);
  return {
    index,
    label: [label, socket].filter((part) => part !== '').join(' '),
    share: count === 1 ? undefined : shareWords(way.probability),
    banner: bannerOf(way, decidingLinks(way)),
  };
}

function wayView(trace: Trace, way: Way, summary: WaySummary, cluster: Cluster): WayView {
  const request = legView('request', way.hops, cluster, {
    sender: trace.source?.pod,
    destination: way.destination,
  });
  const reply = legView('reply', way.reply, cluster, {
    sender: way.destination.pod,
    destination: trace.source,
  });
  return {
    ...summary,
    request,
    reply: way.reply.length === 0 ? undefined : reply,
    principles: way.principles.map(principleView),
  };
}

function legView(kind: LegView['kind'], hops: readonly Hop[], cluster: Cluster, ends: LaneEnds): LegView {
  const lanes = lanesOf(hops, cluster, ends);
  const steps = stepViews(hops);
  return {
    kind,
    lanes,
    hops: hopViews(hops, (hop) => lanes.find((lane) => lane.hops.includes(hop))?.id ?? ''),
    steps,
    droppedAt: steps.find((step) => step.drops)?.index,
  };
}

function endView(end: ResolvedEnd, cluster: Cluster): EndView {
  return {
    label: end.label,
    address: end.address,
    node: end.node,
    provenance: end.address === undefined ? undefined : provenanceWords(end.address, cluster),
    link: linkOf(end.at),
  };
}

/** What makes the ways differ: the lines that stop those that do not arrive. */
function linksOfFailing(ways: readonly Way[]): readonly LinkView[] {
  const failing = ways.filter(({ result }) => result === 'Unreachable').flatMap(decidingLinks);
  return linksOf(...failing.map(({ location }) => location));
}

/** An endpoint that was not reached is known by its address only; the pod that has it gives it a name. */
function named(end: ResolvedEnd, cluster: Cluster): ResolvedEnd {
  if (end.pod !== undefined || end.node !== undefined || end.label !== end.address) return end;
  const ip = parseIp(end.address);
  const owner = ip && lookupOf(cluster).owners(ip)[0];
  if (owner?.kind !== 'pod') return end;
  const { pod } = owner;
  return {
    ...end,
    label: `pod ${keyOf(pod)}`,
    pod: keyOf(pod),
    node: pod.node?.value,
    at: pod.nameAt ?? pod.at,
  };
}

/** How the address is known, asked of whoever owns it; undefined for addresses of nobody. */
function provenanceWords(address: string, cluster: Cluster): string | undefined {
  const ip = parseIp(address);
  const owner = ip && lookupOf(cluster).owners(ip)[0];
  if (owner === undefined) return undefined;
  const facts =
    owner.kind === 'pod'
      ? owner.pod.addresses
      : owner.kind === 'node'
        ? [...owner.node.addresses, ...owner.node.externalAddresses]
        : [...owner.service.clusterIps, ...owner.service.loadBalancerIps];
  const fact = facts.find(({ value }) => value.text === address);
  return fact && addressProvenance(fact.provenance);
}

function principleView(principle: Principle): PrincipleView {
  const { id, statement, status, reason } = principle;
  return {
    id,
    statement,
    status,
    statusWords: principleWords[status],
    reason,
    evidence: principle.evidence.map(evidenceOf),
  };
}

function socketWords(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return port === undefined ? '' : `port ${port}`;
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? address : `${host}:${port}`;
}

/** `1 in 3 connections` when the chance is a whole fraction, else a percentage. */
function shareWords(probability: number): string {
  const among = Math.round(1 / probability);
  return Math.abs(1 / probability - among) < 0.001
    ? `1 in ${among} connections`
    : `${Math.round(probability * 100)} % of connections`;
}
