// Answers: how is the product asked about a profile of the lab?
import type { Cluster } from '../../src/model/cluster';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import type { Tracer } from './lab';
import { cniProfiles, type Mode, type Shape } from './profile';

export function tracerOf(cluster: Cluster, shape: Shape, mode: Mode): Tracer {
  const choice = { cni: cniProfiles[shape], kubeProxy: mode };
  return ({ query }) => traceConnectivity(cluster, query, choice);
}
