// Answers: what do all checks find in this cluster? In steps, so that a host can let others run and stop in the middle; a user may
// turn single checks off, or look at some files only.
import type { Cluster } from '../../model/cluster';
import { compareText } from '../../model/objects';
import type { Severity } from '../../model/problem';
import type { Location } from '../../model/source';
import { finish } from '../../model/steps';
import { checks } from './catalogue';
import { contextInSteps } from './context';
import type { Finding } from './finding';

export interface CheckOptions {
  /** Severity by code; `off` leaves the check out. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>> | undefined;
  /** Only findings in these files; undefined: all. */
  readonly files?: ReadonlySet<string> | undefined;
}

/**
 * Yields the number of steps done after each; a step is one policy or one namespace under all checks.
 * @returns the findings by file and place
 */
export function* checkInSteps(
  cluster: Cluster,
  options: CheckOptions = {},
): Generator<number, readonly Finding[], void> {
  const { severities = {}, files } = options;
  const wanted = checks.filter(({ code }) => severities[code] !== 'off');
  const isLookedAt = (at: Location | undefined): boolean =>
    at !== undefined && (files === undefined || files.has(at.file));
  const found: Finding[] = [];
  let steps = 0;
  const grouping = contextInSteps(cluster);
  let grouped = grouping.next();
  for (; grouped.done !== true; grouped = grouping.next()) yield steps;
  const context = grouped.value;
  for (const policy of cluster.policies) {
    if (!isLookedAt(policy.at)) continue;
    found.push(...wanted.flatMap(({ ofPolicy }) => ofPolicy?.(context, policy) ?? []));
    yield ++steps;
  }
  for (const policy of cluster.adminPolicies) {
    if (!isLookedAt(policy.at)) continue;
    found.push(...wanted.flatMap(({ ofAdminPolicy }) => ofAdminPolicy?.(context, policy) ?? []));
    yield ++steps;
  }
  for (const namespace of context.namespaces) {
    found.push(...wanted.flatMap(({ ofNamespace }) => ofNamespace?.(context, namespace) ?? []));
    yield ++steps;
  }
  return found
    .filter(({ at }) => isLookedAt(at))
    .map((each) => ({ ...each, severity: chosen(severities[each.code], each.severity) }))
    .sort(byPlace);
}

/** All at once, for terminals and tests. */
export function checkCluster(cluster: Cluster, options: CheckOptions = {}): readonly Finding[] {
  return finish(checkInSteps(cluster, options));
}

function chosen(wanted: Severity | 'off' | undefined, usual: Severity): Severity {
  return wanted === undefined || wanted === 'off' ? usual : wanted;
}

function byPlace(a: Finding, b: Finding): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.line - b.at.line ||
    a.at.character - b.at.character ||
    compareText(a.code, b.code)
  );
}
