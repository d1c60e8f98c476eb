// Answers: which value does Kubernetes read from an unquoted YAML scalar? It is YAML 1.1 with changes: `y`, `no`, `on`
// are booleans, integers follow Go's base 0 (`010` is 8, `0b1` is 1), there is no base 60, and dates stay text.
// Source: sigs.k8s.io/yaml goyaml.v2/resolve.go.
import type { ScalarValue } from './syntax';

const words: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, ScalarValue] => [word, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word): [string, ScalarValue] => [word, true],
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word): [string, ScalarValue] => [word, false],
  ),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, ScalarValue] => [word, NaN]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, ScalarValue] => [
    word,
    Infinity,
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, ScalarValue] => [word, -Infinity]),
]);

const longestWord = 5;
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a plain scalar. Quoted and block scalars are always text and do not come here. */
export function resolvePlain(text: string): ScalarValue {
  if (text.length <= longestWord) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  return startsNumber(text) ? (numberOf(text.replaceAll('_', '')) ?? text) : text;
}

/** @returns whether the first character is one that a number may begin with: a digit, a sign or a dot. */
function startsNumber(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
}

function numberOf(text: string): number | undefined {
  const whole = integer.test(text) ? integerOf(text) : undefined;
  if (whole !== undefined || !float.test(text)) return whole;
  // Go refuses numbers beyond a double's range, which leaves them text: `29357e882` may be a hash.
  const size = Number(text);
  return Number.isFinite(size) ? size : undefined;
}

/** undefined: more than 64 bits. */
function integerOf(text: string): number | undefined {
  const negative = text.startsWith('-');
  const digits = negative || text.startsWith('+') ? text.slice(1) : text;
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)?.[1];
  const size = octal === undefined ? Number(digits) : Number.parseInt(octal, 8);
  if (size >= 2 ** 64) return undefined;
  return negative && size !== 0 ? -size : size;
}
