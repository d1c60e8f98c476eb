// A filter over policies that are enforced, whatever the cluster's own CNI is taken to be.
import type { Filter } from '../../src/dataplane/walk';
import { settingsFor } from '../../src/dataplane/detect';
import { dataplaneOf } from '../../src/dataplane/wiring/wire';
import type { Cluster } from '../../src/model/cluster';
import { policyFilter } from '../../src/trace/judgeFilter';

export function enforcedPolicies(cluster: Cluster): Filter {
  const { settings } = settingsFor(cluster, { cni: 'bridge' });
  return policyFilter(cluster, dataplaneOf(cluster, settings), settings.cni.policies);
}
