// Answers: whom do the peers of all rules name, each distinct one once? Thousands of rules name few different peers; a term is
// one of them, with a small number, whatever rules it stands in (rules E19, E22-E36; admin peers of spec E2).
import type { Cidr, Family } from '../model/address';
import type { PolicyPeer } from '../model/policy';
import type { LabelSelector } from '../model/selector';
import { peerSelection, selectorKey, type Selection } from './selectionIndex';

export type TermId = number;

/** The term of a rule without peers: pods, nodes and outside. */
export const anybody: TermId = 0;

export type Term =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'pods'; readonly selection: Selection }
  | { readonly kind: 'block'; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  /** Outside names: which addresses they have is not known, so each outside address may match. */
  | { readonly kind: 'domainNames' };

/** Terms of one kind with their numbers, in order. */
export type TermsOf<K extends Term['kind']> = readonly (Extract<Term, { readonly kind: K }> & {
  readonly id: TermId;
})[];

export interface TermTable {
  /** In the order of their numbers. */
  readonly terms: readonly Term[];
  readonly pods: TermsOf<'pods'>;
  readonly blocks: TermsOf<'block'>;
  readonly nodes: TermsOf<'nodes'>;
  readonly domainNames: TermsOf<'domainNames'>;
  /** @param namespace the policy's own; '' for policies of the cluster. */
  idOf(peer: PolicyPeer, namespace: string): TermId | undefined;
  /** The same without adding one; undefined: no rule of the cluster has such a peer. */
  known(peer: PolicyPeer, namespace: string): TermId | undefined;
  /** undefined: the term counts for addresses of both families (rule E60). */
  familyOf(id: TermId): Family | undefined;
}

export function createTermTable(): TermTable {
  const terms: Term[] = [{ kind: 'anybody' }];
  const ids = new Map<string, TermId>();
  const pods: TermsOf<'pods'>[number][] = [];
  const blocks: TermsOf<'block'>[number][] = [];
  const nodes: TermsOf<'nodes'>[number][] = [];
  const domainNames: TermsOf<'domainNames'>[number][] = [];
  const add = (term: Term): TermId => {
    const id = terms.push(term) - 1;
    if (term.kind === 'pods') pods.push({ ...term, id });
    else if (term.kind === 'block') blocks.push({ ...term, id });
    else if (term.kind === 'nodes') nodes.push({ ...term, id });
    else if (term.kind === 'domainNames') domainNames.push({ ...term, id });
    return id;
  };
  return {
    terms,
    pods,
    blocks,
    nodes,
    domainNames,
    idOf: (peer, namespace) => {
      const term = termOf(peer, namespace);
      if (term === undefined) return undefined;
      const key = keyOf(term);
      const known = ids.get(key);
      if (known !== undefined) return known;
      const made = add(term);
      ids.set(key, made);
      return made;
    },
    known: (peer, namespace) => {
      const term = termOf(peer, namespace);
      return term === undefined ? undefined : ids.get(keyOf(term));
    },
    familyOf: (id) => {
      const term = terms[id];
      return term?.kind === 'block' ? term.cidr.first.family : undefined;
    },
  };
}

/** undefined: a peer of a newer API, which is no peer at all here (`compile.ts` fails closed). */
function termOf(peer: PolicyPeer, namespace: string): Term | undefined {
  switch (peer.kind) {
    case 'pods':
      return { kind: 'pods', selection: peerSelection(peer, namespace) };
    case 'ipBlock':
      return { kind: 'block', cidr: peer.cidr, except: peer.except };
    case 'nodes':
      return { kind: 'nodes', selector: peer.selector };
    case 'domainNames':
      return { kind: 'domainNames' };
    case 'unknown':
      return undefined;
  }
}

function keyOf(term: Term): string {
  switch (term.kind) {
    case 'anybody':
    case 'domainNames':
      return term.kind;
    case 'pods': {
      const { namespace, namespaceSelector, podSelector } = term.selection;
      const where = namespaceSelector === undefined ? (namespace ?? '') : selectorKey(namespaceSelector);
      return `pods ${where} ${podSelector === undefined ? '[]' : selectorKey(podSelector)}`;
    }
    case 'block':
      return `block ${term.cidr.text} ${term.except.map(({ text }) => text).join(' ')}`;
    case 'nodes':
      return `nodes ${selectorKey(term.selector)}`;
  }
}
