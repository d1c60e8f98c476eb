// Answers: what do readers of vendors' policies have in common? A part is one subject with its effect; these are the
// effects that occur, and the label selectors of Kubernetes as they all write them.
import type { VendorEffect, VendorPolicy } from '../../model/policy';
import type { LabelSelector } from '../../model/selector';
import type { Field } from '../field';
import { child, items, text } from '../field';
import { labelSelector } from '../values';

export type Part = Pick<VendorPolicy, 'subject' | 'effect'>;
export type Subject = VendorPolicy['subject'];

export interface VendorKind {
  readonly namespaced: boolean;
  /** As people say it. */
  readonly vendor: string;
  /** @returns one part per subject; none when the text does not tell. Faults in the source mean the same. */
  readonly read: (root: Field, namespace: string) => readonly Part[];
}

export const anyEffect: VendorEffect = { mayAllow: true, mayDeny: true, additive: false };

/** It stands beside NetworkPolicy: what both admit passes. */
export const mayDeny: VendorEffect = { mayAllow: false, mayDeny: true, additive: false };

export const noEffect: VendorPolicy['effect'] = { ingress: undefined, egress: undefined };

export const everyNamespace: LabelSelector = { requirements: [] };

/** Pods by `key` below `field`; undefined when it is not written. */
export function podsBy(field: Field, key: string): Subject {
  const podSelector = labelSelector(child(field, key));
  return podSelector && { podSelector };
}

/** Texts at `key` of each item, such as the actions of rules; `missing` where it is not written. */
export function wordsOf(list: readonly Field[], key: string, missing: string): readonly string[] {
  return list.map((item) => text(child(item, key)) ?? missing);
}

export function rulesAt(field: Field, key: string): readonly Field[] {
  return items(child(field, key));
}
