// Answers: does this label selector match these labels? All requirements must hold; NotIn and DoesNotExist also match
// objects without the key, and an empty selector matches everything. Source: apimachinery LabelSelector (rules E15, E16).
import type { Location } from './source';

export type Labels = Readonly<Record<string, string>>;

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** Empty for Exists and DoesNotExist. */
  readonly values: readonly string[];
}

/** matchLabels and matchExpressions as one list, in the order they were written. No requirement: matches everything. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  readonly at?: Location | undefined;
}

export const everything: LabelSelector = { requirements: [] };

/** The selector that `matchLabels` alone would make. */
export function selectorFromLabels(labels: Labels, at?: Location): LabelSelector {
  return {
    requirements: Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    at,
  };
}

export function matches(selector: LabelSelector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => meets(requirement, labels));
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** The selector in kubectl's notation: `app=web,tier in (a,b),!legacy`; `<everything>` when it has no requirement. */
export function selectorText(selector: LabelSelector): string {
  if (selector.requirements.length === 0) return '<everything>';
  return selector.requirements.map(requirementText).join(',');
}

function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
