// The one place in the hover tests that knows the API: a text with a mark where the mouse is, the hover as lines of text.
import assert from 'node:assert/strict';
import { hoverAt } from '../../src/features/hover';
import type { Hover, HoverBlock } from '../../src/features/hoverShape';
import { positionAt } from '../../src/load/lines';
import { parseText } from '../../src/load/parse';
import { createStore } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';

/** Where the mouse is: in front of the next character. */
export const mark = '‸';

export type Files = Readonly<Record<string, string>>;

export function clusterOf(files: Files): Cluster {
  const store = createStore();
  const changes = Object.entries(files).map(([file, text]) => ({ file, text }));
  return simulate(store.apply(changes).cluster, defaultSettings).cluster;
}

export interface Looking {
  /** Name of the text under the mouse; default `a.yaml`. */
  readonly file?: string;
  /** What else is in the folder. */
  readonly others?: Files;
  /** The cluster that is shown does not hold the file. */
  readonly stranger?: boolean;
}

/** The hover at the mark of a text that is in the cluster with the others. */
export function hoverIn(
  marked: string,
  { file = 'a.yaml', others = {}, stranger = false }: Looking = {},
): Hover | undefined {
  const offset = marked.indexOf(mark);
  assert.ok(offset >= 0, 'the text has a mark');
  const text = marked.replace(mark, '');
  const files = stranger ? others : { ...others, [file]: text };
  return hoverOf(clusterOf(files), files, file, text, offset);
}

export function hoverOf(
  cluster: Cluster,
  files: Files,
  file: string,
  text: string,
  offset: number,
): Hover | undefined {
  const parsed = parseText(file, text);
  return hoverAt(
    { cluster, files: new Set(Object.keys(files)) },
    text,
    parsed,
    positionAt(parsed.lines, offset),
  );
}

/** A line for each block: `Pod shop/web has ... (simulated)`, `- fact (declared) shop.yaml:3`, `[Trace to here: shop/web]`. */
export function linesOf(hover: Hover | undefined): readonly string[] {
  return (hover?.blocks ?? []).map(lineOf);
}

function lineOf(block: HoverBlock): string {
  if (block.kind === 'trace')
    return block.links.map(({ label, from, to }) => `[${label}: ${from ?? to ?? ''}]`).join(' ');
  const known = block.provenance === undefined ? '' : ` (${block.provenance})`;
  const place = block.at === undefined ? '' : ` ${block.at.file}:${block.at.line + 1}`;
  return `${block.kind === 'fact' ? '- ' : ''}${block.text}${known}${place}`;
}

/**
 * Asserts the answer, and of the other lines those that are given. A text stands for a whole line; no expectation at
 * all: there is no hover.
 */
export function check(marked: string, expected: readonly (string | RegExp)[], looking: Looking = {}): void {
  const lines = linesOf(hoverIn(marked, looking));
  if (expected.length === 0) {
    assert.deepEqual(lines, []);
    return;
  }
  const [answer, ...others] = expected;
  const [first = '', ...rest] = lines;
  if (typeof answer === 'string') assert.equal(first, answer);
  else assert.match(first, answer ?? /./);
  for (const wanted of others)
    assert.ok(
      rest.some((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))),
      `${String(wanted)} is not among\n${rest.join('\n')}`,
    );
}
