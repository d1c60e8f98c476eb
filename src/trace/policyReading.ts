// Answers: how does this cluster's network plugin read policies? As its CNI profile says, chosen or detected (spec E3).
import { settingsFor } from '../dataplane/detect';
import type { Cluster } from '../model/cluster';
import type { PolicyReading } from '../model/policyReading';
import { policyJudgeOf, type PolicyJudge } from '../policy/judge';

export function policyReadingOf(cluster: Cluster): PolicyReading {
  return settingsFor(cluster).cni.value.policies.reading;
}

/** The judge that hovers and views ask: policies as this cluster's plugin reads them. */
export function policiesOf(cluster: Cluster): PolicyJudge {
  return policyJudgeOf(cluster, policyReadingOf(cluster));
}
