// Answers: what does a surface show for this trace? Builds the whole view, with the chosen way in full: the page draws it,
// the terminal and Markdown print it.
import type { ProfileChoice } from '../dataplane/choice';
import type { Hop } from '../dataplane/step';
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { adminDenial, stoppingStep } from './adminDenial';
import { endText } from '../trace/endText';
import { nodeChecks, pathMtu, type NodeCheck } from '../trace/nodeChecks';
import type { TraceQuery } from '../trace/query';
import { profileRemarks } from '../trace/remarks';
import type { Principle, ResolvedEnd, Trace, TraceProfile, Way } from '../trace/trace';
import { lanesOf, type LaneEnds } from './traceLanes';
import { decidingLinks, hopViews, stepViews } from './traceSteps';
import type {
  CheckView,
  EndView,
  EvidenceView,
  LegView,
  LinkView,
  PrincipleView,
  ProfileView,
  StepView,
  TraceView,
  WaySummary,
  WayView,
} from './traceViewShape';
import {
  addressProvenance,
  bannerOf,
  evidenceOf,
  linkOf,
  hopPlaceWords,
  linksOf,
  principleWords,
} from './traceWords';
import { listed } from './words';

export interface TraceViewOptions {
  /** Which way is shown in full, from 0; out of range means the first. */
  readonly way?: number | undefined;
  /** The profile that the trace was made with. */
  readonly choice?: ProfileChoice | undefined;
}

export function traceView(trace: Trace, cluster: Cluster, options: TraceViewOptions = {}): TraceView {
  const chosen = options.way ?? 0;
  const candidates = trace.candidates.map((way) => ({
    ...way,
    destination: named(way.destination, cluster),
  }));
  const ways = candidates.map((way, index) => waySummary(way, index, candidates));
  const index = candidates[chosen] === undefined ? 0 : chosen;
  const way = candidates[index];
  const summary = ways[index];
  return {
    title: queryTitle(trace.query),
    banner: {
      ...bannerOf(
        trace,
        trace.result === 'Ambiguous' ? linksOfFailing(trace.candidates) : decidingLinks(trace),
      ),
      advice: adviceOf(trace),
    },
    source: trace.source && endView(trace.source, cluster),
    destination: trace.destination && endView(trace.destination, cluster),
    profile: profileView(trace.profile),
    ways,
    way: way && summary && wayView(trace, way, summary, cluster),
    assumptions: otherAssumptions(trace),
    warnings: trace.warnings.map(({ code, text, at }) => ({ code, text, link: linkOf(at) })),
    checks: nodeChecks(cluster, trace, options.choice).map(checkView),
  };
}

/** Of several ways the first that an admin policy denies. */
function adviceOf({ candidates }: Trace): string | undefined {
  for (const way of candidates) {
    const step = stoppingStep(way);
    const denial = step && adminDenial(step.ruling);
    if (denial !== undefined) return denial;
  }
  return undefined;
}

/** `kindnet (point-to-point veths), kube-proxy in iptables mode` */
function profileWords({ cni, kubeProxy }: TraceProfile): string {
  return kubeProxy === 'none' ? `${cni}, no kube-proxy` : `${cni}, kube-proxy in ${kubeProxy} mode`;
}

/** `shop/web to svc/shop/db, TCP port 5432` */
export function queryTitle(query: TraceQuery): string {
  const port = query.port === undefined || query.protocol === 'ICMP' ? '' : ` port ${query.port}`;
  const family = query.family === undefined ? '' : ` over IPv${query.family}`;
  return `${endText(query.from)} to ${endText(query.to)}, ${query.protocol}${port}${family}`;
}

function waySummary(way: Way, index: number, all: readonly Way[]): WaySummary {
  const { address, label } = way.destination;
  const socket = socketWords(address === label ? undefined : address, way.port);
  const entry = entryOf(way);
  const entries = new Set(all.map(entryOf));
  const isTold = entry === undefined || entries.size < 2 || label.endsWith(` of ${entry}`);
  return {
    index,
    label: [...(isTold ? [] : [`by node ${entry} to`]), label, ...(socket === '' ? [] : [socket])].join(' '),
    share: all.length === 1 ? undefined : shareWords(way.probability),
    banner: bannerOf(way, decidingLinks(way)),
  };
}

/** The node by which a connection from outside comes in. */
function entryOf({ hops }: Way): string | undefined {
  if (hops[0]?.place.kind !== 'outside') return undefined;
  const node = hops.find(({ place }) => place.kind === 'node')?.place;
  return node?.kind === 'node' ? node.name : undefined;
}

function wayView(trace: Trace, way: Way, summary: WaySummary, cluster: Cluster): WayView {
  const { source } = trace;
  const isOutside = source !== undefined && source.pod === undefined && source.node === undefined;
  const client = isOutside ? source.address : undefined;
  const last = way.hops.at(-1)?.steps.at(-1);
  const request = legView('request', way.hops, cluster, {
    sender: source?.pod,
    client,
    destination: way.destination,
    endsShort: way.final === 'Reject' && last?.kind === 'deliver',
  });
  const lost = way.verdict.id === 'reply-lost';
  const reply = legView('reply', way.reply, cluster, {
    sender: way.destination.pod,
    client,
    destination: source,
    endsShort: false,
  });
  return {
    ...summary,
    about: trace.verdict.id === 'dns-failed' ? nameLookup : undefined,
    mtu: way.final === 'Deliver' || way.final === 'Forward' ? mtuWords(way.hops) : undefined,
    request,
    reply: way.reply.length === 0 ? undefined : lost ? withoutTaker(reply) : reply,
    principles: way.principles.map(principleView),
  };
}

const nameLookup =
  'What is drawn is the question to the DNS of the cluster: it fails, so nothing is sent to the destination.';

/** An answer that comes back, but not from where the client expects it: the client does not take it for one. */
function withoutTaker(leg: LegView): LegView {
  const last = leg.steps.at(-1);
  if (last?.kind !== 'deliver') return leg;
  const step: StepView = {
    ...last,
    title: 'Not recognised',
    drops: true,
    outcomeWords: 'the client does not take it for its answer',
  };
  return { ...leg, steps: [...leg.steps.slice(0, -1), step], droppedAt: step.index };
}

/** Which device allows the least; of several the first. */
function mtuWords(hops: readonly Hop[]): string | undefined {
  const least = pathMtu(hops);
  const narrow = hops.find(({ mtu }) => mtu === least);
  if (least === undefined || narrow === undefined) return undefined;
  return `${least} bytes, the MTU of ${narrow.device} of ${hopPlaceWords(narrow)}`;
}

function checkView({ id, text, command, nodes }: NodeCheck): CheckView {
  return { id, text, command, where: `on ${listed(nodes)}` };
}

function profileView(profile: TraceProfile): ProfileView {
  return {
    words: profileWords(profile),
    evidence: profileRemarks(profile).map(evidenceOf),
    inferred:
      profile.known === 'measured'
        ? undefined
        : 'TTL and the devices inside nodes are inferred: no kernel was measured with this profile.',
  };
}

/** Those that are not told with the profile. */
function otherAssumptions({ assumptions, profile }: Trace): readonly EvidenceView[] {
  const told = new Set(profileRemarks(profile).map(({ text }) => text));
  return assumptions.filter(({ text }) => !told.has(text)).map(evidenceOf);
}

function legView(kind: LegView['kind'], hops: readonly Hop[], cluster: Cluster, ends: LaneEnds): LegView {
  const lanes = lanesOf(hops, kind, cluster, ends);
  const steps = stepViews(hops, kind);
  return {
    kind,
    lanes,
    hops: hopViews(hops, kind, (hop) => lanes.find((lane) => lane.hops.includes(hop))?.id ?? ''),
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
  // ICMP has no ports: 0.
  if (address === undefined) return port === undefined || port === 0 ? '' : `port ${port}`;
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined || port === 0 ? address : `${host}:${port}`;
}

/** `1 in 3 connections` when the chance is a whole fraction, else a percentage. */
function shareWords(probability: number): string {
  const among = Math.round(1 / probability);
  return Math.abs(1 / probability - among) < 0.001
    ? `1 in ${among} connections`
    : `${Math.round(probability * 100)} % of connections`;
}
