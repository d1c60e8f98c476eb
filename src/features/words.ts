// Answers: how are numbers and long lists said? Counted in words, capped, and pods by their workload once they are many, so that a
// line stays a line however big the cluster is.
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';

/** Names in one line before the rest is only counted. */
const usual = 5;

/** `1 pod`, `3 pods`, `2 addresses` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `a, b and 3 more` */
export function listed(names: readonly string[], most = usual): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `shop/web-0, shop/web-1`; of many pods the workloads that made them: `Deployment shop/web (12 pods), shop/debug`. */
export function podsText(pods: readonly Pod[], most = usual): string {
  if (pods.length <= most) return pods.map(keyOf).join(', ');
  const groups = new Map<string, number>();
  for (const pod of pods) {
    const group = pod.owner === undefined ? keyOf(pod) : `${pod.owner.kind} ${keyOf(pod.owner)}`;
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const names = [...groups].map(([group, size]) => (size === 1 ? group : `${group} (${count(size, 'pod')})`));
  return listed(names, most);
}
