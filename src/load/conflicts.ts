// Answers: who claims the same name or the same address as somebody else? Objects are told apart by kind, namespace and
// name, so of two equal ones the first counts. Addresses belong to one live pod, node or Service.
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { ObjectKey } from '../model/objects';
import { compareText, keyOf } from '../model/objects';
import type { Node } from '../model/node';
import type { Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Problem } from '../model/problem';
import type { Service } from '../model/service';
import type { Fact, Location } from '../model/source';
import type { Metadata } from './metadata';
import { generatedName } from './metadata';
import type { Loaded } from './objects';

/** `shop.yaml:12`: a place in words, for messages. */
export function placeText(at: Location): string {
  const file = at.file.slice(Math.max(at.file.lastIndexOf('/'), at.file.lastIndexOf('\\')) + 1);
  return `${file}:${at.line + 1}`;
}

/**
 * The objects that count: of equal ones the first, and generated names made unique by `rename`. `kindOf` is the kind as
 * people read it. Problems about the others are added to `problems`.
 */
export function withoutDuplicates<T>(
  list: readonly Loaded<T>[],
  kindOf: (object: T) => string,
  problems: Problem[],
  rename: (object: T, name: string) => T,
): readonly Loaded<T>[] {
  const first = new Map<string, Loaded<T>>();
  for (const loaded of list) {
    const kind = kindOf(loaded.object);
    const { metadata } = loaded;
    const key = `${kind} ${keyOf(metadata)}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, loaded);
    else if (metadata.generateName !== undefined) {
      const name = freeName(metadata, metadata.generateName, (each) => first.has(`${kind} ${each}`));
      const renamed = { object: rename(loaded.object, name), metadata: { ...metadata, name } };
      first.set(`${kind} ${keyOf(renamed.metadata)}`, renamed);
    } else {
      problems.push({
        code: 'object.duplicate',
        severity: 'warning',
        message: `${kind} ${keyOf(metadata)} is already defined at ${placeText(earlier.metadata.nameAt ?? earlier.metadata.at)}; this one is not used.`,
        at: metadata.nameAt ?? metadata.at,
        related: [{ text: 'Defined here first.', at: earlier.metadata.nameAt ?? earlier.metadata.at }],
      });
    }
  }
  return [...first.values()];
}

function freeName(
  { namespace }: Metadata,
  generateName: string,
  isTaken: (key: ObjectKey) => boolean,
): string {
  for (let ordinal = 1; ; ordinal++) {
    const name = generatedName(generateName, namespace, ordinal);
    if (!isTaken(keyOf({ namespace, name }))) return name;
  }
}

type AddressOwner = Node | Pod | Service;

/** Warnings for addresses that more than one live pod, node or Service has. */
export function addressConflicts(cluster: Cluster): readonly Problem[] {
  const owners = new Map<string, { readonly owner: AddressOwner; readonly fact: Fact<Ip> }>();
  const problems: Problem[] = [];
  const claim = (fact: Fact<Ip>, owner: AddressOwner): void => {
    const first = owners.get(fact.value.text);
    if (first === undefined) {
      owners.set(fact.value.text, { owner, fact });
      return;
    }
    const at = placeOf(fact, owner);
    if (first.owner !== owner && at !== undefined) {
      const earlier = { who: whoIs(first.owner), at: placeOf(first.fact, first.owner) };
      const place = earlier.at === undefined ? '' : ` (${placeText(earlier.at)})`;
      problems.push({
        code: 'address.duplicate',
        severity: 'warning',
        message: `${fact.value.text} is already the address of ${earlier.who}${place}. Only one of the two can be reached by it.`,
        at,
        related: earlier.at && [{ text: `The address of ${earlier.who}.`, at: earlier.at }],
      });
    }
  };
  for (const node of cluster.nodes) {
    for (const fact of node.addresses) claim(fact, node);
  }
  for (const service of cluster.services) {
    for (const fact of service.clusterIps) claim(fact, service);
  }
  for (const pod of cluster.pods) {
    if (!isLive(pod) || pod.spec.hostNetwork) continue;
    for (const fact of pod.addresses) claim(fact, pod);
  }
  return problems;
}

function whoIs(owner: AddressOwner): string {
  switch (owner.kind) {
    case 'Node':
      return `node ${owner.name}`;
    case 'Service':
      return `service ${keyOf(owner)}`;
    case 'Pod':
      return `pod ${keyOf(owner)}`;
  }
}

function placeOf(fact: Fact<Ip>, { nameAt, at }: AddressOwner): Location | undefined {
  return fact.at ?? nameAt ?? at;
}

/** Orders problems by file and position. */
export function byPlace(a: Problem, b: Problem): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.line - b.at.line ||
    a.at.character - b.at.character ||
    compareText(a.code, b.code)
  );
}
