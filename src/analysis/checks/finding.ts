// Answers: what is a check of policies, and what does it report? A finding is a problem like those of loading, with the changes of
// the manifest that would mend it where they are safe. Changes name fields, not text: `features/manifestEdits.ts` writes them.
import type { AdminPolicy, NetworkPolicy } from '../../model/policy';
import type { Problem, Severity } from '../../model/problem';
import type { Location } from '../../model/source';
import type { CheckContext } from './context';

/** What a field of a manifest may be set to. */
export type FieldValue =
  string | number | boolean | readonly FieldValue[] | { readonly [key: string]: FieldValue };

export type FieldPath = readonly (string | number)[];

/** One change of an object. Paths begin at the object: `spec`, `ingress`, 0. */
export type ManifestChange =
  /** Puts the value at the end of the list, which is made when there is none. */
  | { readonly kind: 'append'; readonly path: FieldPath; readonly value: FieldValue }
  /** Puts the value in place of what is there, or adds the field; behind the field `after` where that is written. */
  | {
      readonly kind: 'set';
      readonly path: FieldPath;
      readonly value: FieldValue;
      readonly after?: string | undefined;
    }
  /** Takes an item out of its list. */
  | { readonly kind: 'remove'; readonly path: FieldPath };

export interface Fix {
  /** What it does, as an action: `Add policyTypes: [Egress]`. */
  readonly title: string;
  /** The object to change: the place of its manifest. */
  readonly object: Location;
  readonly changes: readonly ManifestChange[];
}

export interface Finding extends Problem {
  /** Ways to mend it, the one that most likely is meant first. */
  readonly fixes?: readonly Fix[] | undefined;
}

export type AnyPolicy = NetworkPolicy | AdminPolicy;

/** One record per check. Only one of the functions is usual; each is asked for what is looked at, in order. */
export interface Check {
  /** Stable: `policy.selects-nothing`. */
  readonly code: string;
  /** The usual severity; some findings of a check are milder. */
  readonly severity: Severity;
  /** `Policy selects nothing` */
  readonly title: string;
  /** One paragraph: what is found, why it matters, what to do. */
  readonly documentation: string;
  /** Where the rule comes from. */
  readonly source: string;
  readonly ofPolicy?: (context: CheckContext, policy: NetworkPolicy) => readonly Finding[];
  readonly ofAdminPolicy?: (context: CheckContext, policy: AdminPolicy) => readonly Finding[];
  /** Once for each namespace that has pods or policies. */
  readonly ofNamespace?: (context: CheckContext, namespace: string) => readonly Finding[];
}

/** A finding, unless nothing says where the object is written. */
export function finding(
  check: { readonly code: string; readonly severity: Severity },
  at: Location | undefined,
  message: string,
  more: Partial<Pick<Finding, 'severity' | 'related' | 'fixes'>> = {},
): readonly Finding[] {
  return at === undefined ? [] : [{ code: check.code, severity: check.severity, message, at, ...more }];
}

/** A fix of the object at `object`; none when nothing says where it is. */
export function fix(
  title: string,
  object: Location | undefined,
  ...changes: readonly ManifestChange[]
): readonly Fix[] {
  return object === undefined ? [] : [{ title, object, changes }];
}
