// Answers: what is this object called, where does it live, and who owns it? (meta/v1 ObjectMeta) An object that carries
// what only an API server writes (uid, creationTimestamp) was observed in a cluster; anything else is a manifest.
import type { Labels } from '../model/selector';
import type { Location, Provenance } from '../model/source';
import type { Field } from './field';
import { at, below, child, flag, items, rootField, required, stringMap, text, writtenAt } from './field';
import type { ObjectSource } from './field';

/** An owner with `controller: true`. */
export interface Controller {
  readonly kind: string;
  readonly name: string;
}

export interface Metadata {
  readonly namespace: string;
  readonly name: string;
  /** Set when no name is written: `name` is then this with a suffix made here, where the API server would choose its own. */
  readonly generateName: string | undefined;
  readonly labels: Labels;
  readonly uid: string | undefined;
  /** `observed` when an API server has written to the object. */
  readonly provenance: Provenance;
  readonly controller: Controller | undefined;
  readonly terminating: boolean;
  readonly at: Location;
  readonly nameAt: Location | undefined;
}

/** Characters that Kubernetes uses for generated names: no vowels, nothing that looks like another. */
const suffixCharacters = 'bcdfghjklmnpqrstvwxz2456789';

/** Reads metadata. `namespaced` objects without a namespace go to `default`, as kubectl sends them. */
export function readMetadata(source: ObjectSource, namespaced: boolean): Metadata {
  const root = rootField(source);
  const field = child(root, 'metadata');
  const name = child(field, 'name');
  const given = text(name) ?? '';
  const generateName = text(child(field, 'generateName')) ?? '';
  if (given === '' && generateName === '') required(name, 'name or generateName is required');
  const uid = text(child(field, 'uid'));
  const created = text(child(field, 'creationTimestamp'));
  const namespace = namespaced ? (text(child(field, 'namespace')) ?? '') || 'default' : '';
  return {
    namespace,
    name: given === '' ? generatedName(generateName, namespace, 0) : given,
    generateName: given === '' ? generateName : undefined,
    labels: stringMap(child(field, 'labels')),
    uid,
    provenance: uid !== undefined || created !== undefined ? 'observed' : 'declared',
    controller: controllerOf(field),
    terminating: text(child(field, 'deletionTimestamp')) !== undefined,
    at: at(root),
    nameAt: writtenAt(given === '' ? child(field, 'generateName') : name),
  };
}

/** A name for the `ordinal`th object with this generateName: the same on every machine. */
export function generatedName(generateName: string, namespace: string, ordinal: number): string {
  let hash = 0x811c9dc5;
  for (const character of `${namespace}/${generateName}#${ordinal}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  let suffix = '';
  for (let count = 0; count < 5; count++) {
    suffix += suffixCharacters[hash % suffixCharacters.length] ?? '';
    hash = Math.floor(hash / suffixCharacters.length);
  }
  return generateName + suffix;
}

function controllerOf(metadata: Field): Controller | undefined {
  for (const owner of items(child(metadata, 'ownerReferences'))) {
    const kind = text(child(owner, 'kind'));
    const name = text(child(owner, 'name'));
    if (flag(child(owner, 'controller')) === true && kind !== undefined && name !== undefined)
      return { kind, name };
  }
  return undefined;
}

/** An annotation's text, whatever it is; annotations that are no text are not our concern. */
export function annotation(source: ObjectSource, key: string): string | undefined {
  const { node } = below(rootField(source), 'metadata', 'annotations', key);
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
