// Answers: as whom does a client appear to those whom it reaches, policies aside? Walks the ways of one question as a trace does,
// but no more than a few of them and with every policy open: what addresses and ports do, quickly enough for a hover.
import { settingsFor } from '../dataplane/detect';
import { backendsOf } from '../dataplane/kubeProxy/endpoints';
import type { Dataplane } from '../dataplane/network';
import type { Filter } from '../dataplane/walk';
import { dataplaneOf } from '../dataplane/wiring/wire';
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { Service, ServicePort } from '../model/service';
import type { Origin, Target } from './ends';
import type { Outcome } from './outcome';
import type { TraceQuery } from './query';
import { resolveDestination } from './resolveDestination';
import { resolveSource } from './resolveSource';
import { walkWay } from './way';

/** One way, and the client as its receiver sees it. */
export interface Sighting {
  readonly outcome: Outcome;
  /** The node by which a client outside comes in. */
  readonly entry?: string | undefined;
  /** The client's own address, also where a load balancer connects in its place; undefined when nothing was sent. */
  readonly client?: Ip | undefined;
  /** The address that the receiver sees; undefined when nothing arrives. */
  readonly seen?: Ip | undefined;
  /** The node that has the seen address. */
  readonly seenNode?: string | undefined;
  /** The client's address where its connection was given an endpoint; undefined where no Service or host port was met. */
  readonly countedAs?: Ip | undefined;
  /** A process of the node received it, and no pod's port was met. */
  readonly byNode: boolean;
}

/** Entries of load balancers, and endpoints of each, that are walked. */
const mostEntries = 8;

/** The Service that the question leads to, where its address alone does not tell: node ports. */
export interface Behind {
  readonly service: Service;
  readonly port: ServicePort;
}

/** @returns at least one; of many endpoints the first, one of the node that translates, and one of another node. */
export function sightingsOf(cluster: Cluster, query: TraceQuery, behind?: Behind): readonly Sighting[] {
  const { settings } = settingsFor(cluster);
  const dataplane = dataplaneOf(cluster, settings);
  const source = resolveSource(cluster, dataplane, query.from);
  if (source.kind === 'failed') return [{ outcome: source.outcome, byNode: false }];
  const destination = resolveDestination(cluster, dataplane, query, source.value);
  if (destination.kind === 'failed') return [{ outcome: destination.outcome, byNode: false }];
  const { targets, service, servicePort } = destination.value;
  const found = service && servicePort && { service, port: servicePort };
  return targets
    .slice(0, mostEntries)
    .flatMap((target) => sightings(cluster, dataplane, query, source.value, target, behind ?? found));
}

function sightings(
  cluster: Cluster,
  dataplane: Dataplane,
  query: TraceQuery,
  origin: Origin,
  target: Target,
  behind: Behind | undefined,
): readonly Sighting[] {
  const walk = (choice: number): { readonly sighting: Sighting; readonly candidates: number } => {
    const { way, candidates, receiver } = walkWay(
      cluster,
      dataplane,
      origin,
      target,
      query.protocol,
      choice,
      open,
    );
    const steps = way.hops.flatMap((hop) => hop.steps);
    const last = steps.at(-1);
    const translated = steps.find(({ kind }) => kind === 'translate');
    const seen = last?.kind === 'deliver' && way.result === 'Reachable' ? last.after.source : undefined;
    const entry = way.hops.find(({ place }) => place.kind === 'node')?.place;
    return {
      candidates,
      sighting: {
        outcome: { result: way.result, final: way.final, verdict: way.verdict },
        entry: origin.outside !== undefined && entry?.kind === 'node' ? entry.name : undefined,
        client: origin.outside ?? steps.find(({ kind }) => kind === 'send')?.before.source,
        seen,
        seenNode: seen && dataplane.nodeOwning(seen)?.name,
        countedAs: translated?.before.source,
        byNode: translated === undefined && receiver !== undefined && receiver.pod === undefined,
      },
    };
  };
  const first = walk(0);
  if (first.candidates < 2) return [first.sighting];
  const at = first.sighting.entry ?? origin.netns.node?.name;
  const family = first.sighting.client?.family;
  const nodes =
    behind === undefined || family === undefined
      ? []
      : backendsOf(cluster, behind.service, behind.port, family, at).cluster.map(
          ({ endpoint }) => endpoint.nodeName,
        );
  const others = [nodes.findIndex((node) => node === at), nodes.findIndex((node) => node !== at)];
  const choices = others.filter((choice) => choice > 0 && choice < first.candidates);
  return [first.sighting, ...choices.map((choice) => walk(choice).sighting)];
}

/** Lets everything pass: what policies say of a client is another question. */
const open: Filter = (direction, subject) => ({
  direction,
  subject: keyOf(subject),
  outcome: 'allow',
  basis: 'not-isolated',
  passed: [],
  isolating: [],
  findings: [],
  reason: 'Policies are not asked.',
  notes: [],
});
