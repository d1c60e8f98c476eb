// Answers: which labels does a namespace have? Those it was given, and its name: the control plane labels each namespace with it,
// also one that nothing here tells of (rule E28).
import { inserted } from './inserted';
import type { Namespace } from './node';
import type { Labels } from './selector';
import { tableOf } from './tables';

/** Labels by name; made once for a list of namespaces. */
export const namespaceLabelsOf = tableOf((namespaces: readonly Namespace[]): ((name: string) => Labels) => {
  const declared = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const complete = new Map<string, Labels>();
  return (name) =>
    inserted(complete, name, () => ({ ...declared.get(name), 'kubernetes.io/metadata.name': name }));
});
