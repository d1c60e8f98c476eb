// Answers: how is the product asked about a profile of the lab? Profiles that it does not know yet are named, so that what
// the kernel did is still held against the networking facts.
import type { Cluster } from '../../src/model/cluster';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import type { Tracer } from './lab';
import { profileName, type Mode, type Shape } from './profile';

export function tracerOf(cluster: Cluster, shape: Shape, mode: Mode): Tracer {
  if (shape !== 'bridge' || mode !== 'iptables')
    return () => `the profile ${profileName(shape, mode)} is not traced yet`;
  return ({ query }) => traceConnectivity(cluster, query);
}
