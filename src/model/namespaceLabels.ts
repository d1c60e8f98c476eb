// Answers: which labels does a namespace have? Those it was given, and its name: the control plane labels each namespace with it,
// also one that nothing here tells of (rule E28).
import type { Namespace } from './node';
import type { Labels } from './selector';

const readers = new WeakMap<readonly Namespace[], (name: string) => Labels>();

/** Labels by name; made once for a list of namespaces. */
export function namespaceLabelsOf(namespaces: readonly Namespace[]): (name: string) => Labels {
  const known = readers.get(namespaces);
  if (known !== undefined) return known;
  const declared = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const complete = new Map<string, Labels>();
  const made = (name: string): Labels => {
    const before = complete.get(name);
    if (before !== undefined) return before;
    const labels = { ...declared.get(name), 'kubernetes.io/metadata.name': name };
    complete.set(name, labels);
    return labels;
  };
  readers.set(namespaces, made);
  return made;
}
