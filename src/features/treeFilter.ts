// Answers: which pods does the filter of the Cluster view let through? Words must all fit: a part of a name, namespace, node or
// owner, a label `key=value`, an address or its beginning, a range that holds the pod's address, or how far it is open.
import { contains, parseCidr, parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { exposureForWords, exposureMatcher } from './treeExposure';

export type PodMatcher = (pod: Pod) => boolean;

/** In steps. @returns undefined when the filter is empty: everything is shown. */
export function* matcherOf(
  cluster: Cluster,
  filter: string,
): Generator<undefined, PodMatcher | undefined, void> {
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  yield* exposureForWords(cluster, words);
  const tests = words.map((word) => exposureMatcher(cluster, word) ?? wordMatcher(word));
  return (pod) => tests.every((test) => test(pod));
}

function wordMatcher(word: string): PodMatcher {
  const range = parseCidr(word);
  if (range !== undefined) return (pod) => pod.addresses.some(({ value }) => contains(range, value));
  const equals = word.indexOf('=');
  if (equals > 0) {
    const key = word.slice(0, equals);
    const value = word.slice(equals + 1);
    return (pod) =>
      Object.entries(pod.labels).some(([k, v]) => k.toLowerCase() === key && v.toLowerCase() === value);
  }
  // An address may be written in a way that is not the canonical one.
  const address = parseIp(word)?.text ?? word;
  return (pod) =>
    keyOf(pod).toLowerCase().includes(word) ||
    (pod.node?.value.toLowerCase().includes(word) ?? false) ||
    (pod.owner?.name.toLowerCase().includes(word) ?? false) ||
    pod.addresses.some(({ value }) => value.text.startsWith(address));
}
