// Answers: how does this cluster's network plugin read policies? As its CNI profile says, chosen or detected (spec E3).
import { settingsFor } from '../dataplane/detect';
import type { Cluster } from '../model/cluster';
import type { PolicyReading } from '../model/policyReading';
import { engineInSteps, policyEngineOf, policyJudgeOf, type PolicyJudge } from '../policy/judge';
import { selectionInSteps } from '../policy/selected';

export function policyReadingOf(cluster: Cluster): PolicyReading {
  return settingsFor(cluster).cni.value.policies.reading;
}

/** The judge that hovers and views ask: policies as this cluster's plugin reads them. */
export function policiesOf(cluster: Cluster): PolicyJudge {
  return policyJudgeOf(cluster, policyReadingOf(cluster));
}

/** Makes the engine that `policiesOf` asks, in steps: what is asked afterwards is not kept waiting for it. */
export function* policiesInSteps(cluster: Cluster): Generator<undefined, undefined, void> {
  const reading = policyReadingOf(cluster);
  yield;
  yield* engineInSteps(cluster, reading);
}

/** The same with whom every policy and every peer of its rules selects. */
export function* selectedInSteps(cluster: Cluster): Generator<undefined, undefined, void> {
  yield* policiesInSteps(cluster);
  yield* selectionInSteps(cluster, policyEngineOf(cluster, policyReadingOf(cluster)));
}
