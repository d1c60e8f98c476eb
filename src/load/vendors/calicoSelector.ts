// Answers: which labels does a Calico selector ask for? Its language has ==, !=, in, not in, has(), !has(), contains,
// starts with, ends with, &&, ||, ! and brackets. What joins with && is read; a part that label selectors cannot say is left
// out, which selects more; anything with || or brackets around more than one part is undefined: any.
// Source: docs.tigera.io, NetworkPolicy, selectors. As there, `!=` and `not in` also match what lacks the label.
import type { Requirement } from '../../model/selector';

/** @returns requirements that all objects meet which the expression matches; undefined where it was not understood. */
export function calicoRequirements(expression: string): readonly Requirement[] | undefined {
  const tokens = tokensOf(expression);
  if (tokens === undefined || tokens.includes('||')) return undefined;
  const requirements: Requirement[] = [];
  for (const part of split(tokens)) {
    const read = requirementOf(part);
    if (read === undefined) return undefined;
    if (read !== 'left out') requirements.push(read);
  }
  return requirements;
}

const token = /\s*(?:("[^"]*"|'[^']*')|([a-zA-Z0-9_./-]+)|(==|!=|&&|\|\||[!(){},]))/y;

function tokensOf(expression: string): readonly string[] | undefined {
  const text = expression.trim();
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) return undefined;
    tokens.push(found[0].trim());
  }
  return tokens;
}

function split(tokens: readonly string[]): readonly (readonly string[])[] {
  if (tokens.length === 0) return [];
  const parts: string[][] = [[]];
  for (const each of tokens) {
    if (each === '&&') parts.push([]);
    else parts.at(-1)?.push(each);
  }
  return parts;
}

function requirementOf(part: readonly string[]): Requirement | 'left out' | undefined {
  const words = part.join(' ');
  if (words === 'all ( )' || words === 'global ( )') return 'left out';
  const [first = '', second = '', third = '', fourth = ''] = part;
  if (part.length === 4 && first === 'has' && second === '(' && fourth === ')')
    return { key: third, operator: 'Exists', values: [] };
  if (part.length === 5 && first === '!' && second === 'has' && third === '(' && part[4] === ')')
    return { key: fourth, operator: 'DoesNotExist', values: [] };
  if (part.length === 3 && quoted(third) !== undefined && (second === '==' || second === '!=')) {
    const operator = second === '==' ? 'In' : 'NotIn';
    return { key: first, operator, values: [quoted(third) ?? ''] };
  }
  const isTextMatch =
    (part.length === 3 && second === 'contains') ||
    (part.length === 4 && third === 'with' && (second === 'starts' || second === 'ends'));
  if (isTextMatch) return { key: first, operator: 'Exists', values: [] };
  if (second === 'in') return within(first, 'In', part.slice(2));
  if (second === 'not' && third === 'in') return within(first, 'NotIn', part.slice(3));
  return undefined;
}

/** `{ "a", "b" }` */
function within(key: string, operator: 'In' | 'NotIn', list: readonly string[]): Requirement | undefined {
  if (list[0] !== '{' || list.at(-1) !== '}') return undefined;
  const values = list.slice(1, -1).filter((each) => each !== ',');
  const read = values.flatMap((value) => quoted(value) ?? []);
  return read.length === values.length ? { key, operator, values: read } : undefined;
}

function quoted(written: string): string | undefined {
  return /^(["']).*\1$/.test(written) ? written.slice(1, -1) : undefined;
}
