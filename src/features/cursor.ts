// Answers: which pod, workload or Service is written where the cursor stands? For Trace from Current Pod and Trace to Current Pod.
import type { Cluster } from '../model/cluster';
import type { Location } from '../model/source';
import type { End } from '../trace/query';

interface Written {
  readonly end: End;
  readonly at: Location;
}

/** @returns the object whose text holds the line, else the first of the file; undefined when the file has none that can be traced. */
export function endAt(
  cluster: Cluster,
  file: string,
  line: number,
  role: 'source' | 'destination',
): End | undefined {
  const written = objectsIn(cluster, file, role);
  const around = written.filter(({ at }) => at.line <= line && line <= at.endLine);
  const innermost = around.sort((a, b) => a.at.endLine - a.at.line - (b.at.endLine - b.at.line))[0];
  const first = written.sort((a, b) => a.at.line - b.at.line)[0];
  return (innermost ?? first)?.end;
}

/** A Service cannot send, so it is no source. */
function objectsIn(cluster: Cluster, file: string, role: 'source' | 'destination'): Written[] {
  const found: Written[] = [];
  const add = (at: Location | undefined, end: End): void => {
    if (at?.file === file) found.push({ end, at });
  };
  for (const pod of cluster.pods) {
    if (pod.provenance !== 'simulated')
      add(pod.at, { kind: 'pod', namespace: pod.namespace, name: pod.name });
  }
  for (const { at, kind, namespace, name } of cluster.workloads)
    add(at, { kind: 'workload', workload: kind, namespace, name });
  if (role === 'source') return found;
  for (const { at, namespace, name } of cluster.services) add(at, { kind: 'service', namespace, name });
  return found;
}
