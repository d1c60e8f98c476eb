// Answers: which pods does a workload want? (apps/v1, batch/v1, core/v1 ReplicationController) `replicas` is what the API
// defaults to where nothing is written; a Job wants `parallelism` pods, at most its completions, and none while suspended.
import type { WorkloadKind } from '../model/objects';
import type { Workload } from '../model/pod';
import { selectorFromLabels } from '../model/selector';
import type { Fact } from '../model/source';
import type { Field, ObjectSource } from './field';
import { below, child, flag, integer, isWritten, rootField, stringMap, writtenAt } from './field';
import type { Metadata } from './metadata';
import { readTemplate } from './pods';
import { labelSelector } from './values';

export function readWorkload(source: ObjectSource, metadata: Metadata, kind: WorkloadKind): Workload {
  const spec = child(rootField(source), 'spec');
  const job = kind === 'CronJob' ? below(spec, 'jobTemplate', 'spec') : spec;
  const selector = child(job, 'selector');
  const { controller, namespace } = metadata;
  return {
    kind,
    namespace,
    name: metadata.name,
    labels: metadata.labels,
    replicas: kind === 'Job' || kind === 'CronJob' ? podsOfJob(spec, job) : replicasOf(spec, kind),
    selector:
      kind === 'ReplicationController'
        ? isWritten(selector)
          ? selectorFromLabels(stringMap(selector), writtenAt(selector))
          : undefined
        : labelSelector(selector),
    template: readTemplate(child(job, 'template')),
    owner: controller && { kind: controller.kind, namespace, name: controller.name },
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

function replicasOf(spec: Field, kind: WorkloadKind): Fact<number> {
  const field = child(spec, 'replicas');
  const written = integer(field);
  if (kind === 'DaemonSet') return { value: 1, provenance: 'inferred', why: 'One pod per eligible node.' };
  if (written === undefined)
    return { value: 1, provenance: 'inferred', why: 'Not written; the default is 1.' };
  return { value: Math.max(0, written), provenance: 'declared', at: writtenAt(field) };
}

function podsOfJob(spec: Field, job: Field): Fact<number> {
  const suspended = [spec, job].map((field) => child(field, 'suspend')).find((field) => flag(field) === true);
  if (suspended !== undefined) {
    return { value: 0, provenance: 'declared', at: writtenAt(suspended), why: 'Suspended.' };
  }
  const field = child(job, 'parallelism');
  const parallelism = integer(field) ?? 1;
  const completions = integer(child(job, 'completions')) ?? parallelism;
  return {
    value: Math.max(0, Math.min(parallelism, completions)),
    provenance: isWritten(field) ? 'declared' : 'inferred',
    at: writtenAt(field),
    why: isWritten(field) ? undefined : 'Not written; the default is 1.',
  };
}
