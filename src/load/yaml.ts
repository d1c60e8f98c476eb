// Answers: which tree does one YAML document make? js-yaml's event stream is fast and stops at the first error; the
// `yaml` library is slow and tolerant, so it reads only documents that are broken, for their message and a tree to
// hover on. Both feed the same builder.
import type { Event as YamlEvent } from 'js-yaml';
import {
  COLLECTION_STYLE,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  getScalarValue,
  parseEvents,
} from 'js-yaml';
import type { Node as YamlNode, YAMLMap } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { DocumentRange } from './documents';
import { itemsIn, listParts, type ListParts } from './listItems';
import { resolvePlain } from './scalar';
import type { SyntaxNode, SyntaxScalar } from './syntax';
import type { SyntaxFault, TreeBuilder } from './tree';
import { treeBuilder } from './tree';

export interface YamlTree {
  readonly root: SyntaxNode | undefined;
  readonly faults: readonly SyntaxFault[];
}

/** Characters of documents, or of items of a list, that are parsed before others get their turn: some milliseconds. */
export const charactersPerStep = 30_000;
/** Above this length the tolerant parser, which takes ten times as long, would keep others waiting: only the error is told. */
const mostTolerated = 2 * charactersPerStep;
/** Collections inside collections; Kubernetes objects stay below 30. */
const deepest = 200;

/** @returns one tree per document in the range: more than one where `...` ends a document inside it. */
export function parseYaml(text: string, range: DocumentRange): readonly YamlTree[] {
  const source = range.start === 0 && range.end === text.length ? text : text.slice(range.start, range.end);
  let events: readonly YamlEvent[];
  try {
    events = parseEvents(source, { maxDepth: deepest });
  } catch (error) {
    const fault = strictFault(error, source, range.start);
    return [tolerantTree(source, range.start, fault)];
  }
  return treesOf(events, source, range.start);
}

/**
 * The same in steps of some items, when the document is a long list as kubectl writes it. Of a list with mistakes only the
 * items around them are read by the tolerant parser, and each such place is told.
 */
export function* parseYamlInSteps(
  text: string,
  range: DocumentRange,
): Generator<void, readonly YamlTree[], void> {
  const long = range.end - range.start > 2 * charactersPerStep;
  const parts = long ? listParts(text, range, charactersPerStep) : undefined;
  const tree = parts === undefined ? undefined : yield* listTree(text, parts);
  return tree === undefined ? parseYaml(text, range) : [tree];
}

/** The tree that parsing the whole would make, where nothing is wrong. undefined: the parts are not what they seemed. */
function* listTree(
  text: string,
  { head, items, tail }: ListParts,
): Generator<void, YamlTree | undefined, void> {
  const builder = treeBuilder();
  const faults: SyntaxFault[] = [];
  /** @returns false: it is no such collection. @throws YAMLException, before anything is added */
  const add = ({ start, end }: DocumentRange, kind: Collection, from: number, to: number): boolean => {
    const source = text.slice(start, end);
    const events = parseEvents(source, { maxDepth: deepest });
    const [document, collection] = events;
    if (document?.type !== EVENT_ID.DOCUMENT || collection?.type !== kind) return false;
    if (events.some(({ type }, at) => at > 0 && type === EVENT_ID.DOCUMENT)) return false;
    for (const event of events.slice(from, events.length - to)) build(event, source, start, builder);
    return true;
  };
  /** The same of what is inside, and of as much of it as can be read when something is wrong. */
  const addInside = (range: DocumentRange, kind: Collection): boolean => {
    try {
      return add(range, kind, 2, 2);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const each = kind === EVENT_ID.SEQUENCE ? itemsIn(text, range, 0) : [];
      if (each.length > 1) return each.every((item) => addInside(item, kind));
      faults.push(tolerantPart(text, range, kind, error, builder));
      return true;
    }
  };
  try {
    // Of the head all but the empty value of `items` and the ends; of what follows only what is inside.
    if (!add(head, EVENT_ID.MAPPING, 1, 3)) return undefined;
    builder.open('sequence', text.indexOf('-', head.end), false, undefined);
    for (const part of items) {
      if (!addInside(part, EVENT_ID.SEQUENCE)) return undefined;
      yield;
    }
    builder.close(undefined);
    if (tail !== undefined && !addInside(tail, EVENT_ID.MAPPING)) return undefined;
    builder.close(undefined);
    return { root: builder.root, faults: [...faults, ...builder.faults] };
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

type Collection = typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING;

/** Adds what broken items or fields most likely mean. @returns what is wrong with them */
function tolerantPart(
  text: string,
  { start, end }: DocumentRange,
  kind: Collection,
  error: YAMLException,
  builder: TreeBuilder,
): SyntaxFault {
  const source = text.slice(start, end);
  const strict = strictFault(error, source, start);
  const read = tolerantly(source);
  if (read === undefined) return strict;
  const { contents } = read;
  if (kind === EVENT_ID.SEQUENCE && isSeq(contents))
    for (const item of contents.items) addTolerantOrEmpty(item, builder, start);
  if (kind === EVENT_ID.MAPPING && isMap(contents)) addPairs(contents, builder, start);
  return tolerantFault(read, source, start, strict);
}

function treesOf(events: readonly YamlEvent[], source: string, base: number): readonly YamlTree[] {
  const trees: YamlTree[] = [];
  let builder = treeBuilder();
  let open = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) builder = treeBuilder();
    else if (event.type === EVENT_ID.POP && open === 0)
      trees.push({ root: builder.root, faults: builder.faults });
    else {
      if (event.type === EVENT_ID.POP) open--;
      if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) open++;
      build(event, source, base, builder);
    }
  }
  return trees;
}

/** Adds what one event inside a document says. */
function build(event: YamlEvent, source: string, base: number, builder: TreeBuilder): void {
  switch (event.type) {
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE: {
      const kind = event.type === EVENT_ID.MAPPING ? 'map' : 'sequence';
      const flow = event.style === COLLECTION_STYLE.FLOW;
      builder.open(kind, base + event.start, flow, sliceOf(source, event.anchorStart, event.anchorEnd));
      break;
    }
    case EVENT_ID.SCALAR:
      builder.scalar(
        scalarOf(event, source, base, builder),
        sliceOf(source, event.anchorStart, event.anchorEnd),
      );
      break;
    case EVENT_ID.ALIAS:
      builder.alias(
        source.slice(event.anchorStart, event.anchorEnd),
        base + event.anchorStart - 1,
        base + event.anchorEnd,
      );
      break;
    case EVENT_ID.DOCUMENT:
      break;
    case EVENT_ID.POP:
      builder.close(builder.openFlow ? base + flowEnd(source, builder.lastEnd - base) : undefined);
      break;
  }
}

function scalarOf(
  event: Extract<YamlEvent, { type: typeof EVENT_ID.SCALAR }>,
  source: string,
  base: number,
  builder: TreeBuilder,
): SyntaxScalar {
  const tag = sliceOf(source, event.tagStart, event.tagEnd);
  if (event.valueStart < 0) {
    const at = builder.lastEnd;
    return { kind: 'scalar', start: at, end: at, value: tag === '!!str' ? '' : null, text: '' };
  }
  const text = getScalarValue(source, event);
  const plain = event.style === SCALAR_STYLE.PLAIN;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return {
    kind: 'scalar',
    start: base + event.valueStart - (quoted ? 1 : 0),
    end: base + event.valueEnd + (quoted ? 1 : 0),
    value: plain && tag !== '!!str' ? resolvePlain(text) : text,
    text,
  };
}

function sliceOf(source: string, start: number, end: number): string | undefined {
  return start < 0 ? undefined : source.slice(start, end);
}

/** The offset behind the bracket that closes a flow collection whose last child ends at `from`. */
function flowEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const character = source[at];
    if (character === ']' || character === '}') return at + 1;
    if (character === '#') {
      const newline = source.indexOf('\n', at);
      if (newline < 0) return source.length;
      at = newline;
    }
  }
  return source.length;
}

function strictFault(error: unknown, source: string, base: number): SyntaxFault {
  if (!(error instanceof YAMLException))
    return syntaxFault('the document cannot be read', source, base, 0, 0);
  const at = error.mark?.position ?? 0;
  return syntaxFault(error.reason, source, base, at, at);
}

/** An error from `start` to the end of its line at most, and at least one character long where there is one. */
function syntaxFault(reason: string, source: string, base: number, start: number, end: number): SyntaxFault {
  const from = Math.min(start, source.length);
  const newline = source.indexOf('\n', from);
  const lineEnd = newline < 0 ? source.length : newline;
  const to = end > from ? Math.min(end, lineEnd) : lineEnd;
  // The parser writes `"quote`.
  const words = reason.replace('"quote', 'double quote').replace("'quote", 'single quote');
  const sentence = words.charAt(0).toUpperCase() + words.slice(1).replace(/[.:\s]+$/, '');
  const message = `${sentence}. This YAML document is not used until it is mended.`;
  return { code: 'yaml.syntax', severity: 'error', message, start: base + from, end: base + to };
}

/** The tree that a broken document most likely means, and the tolerant parser's own words for what is wrong. */
function tolerantTree(source: string, base: number, strict: SyntaxFault): YamlTree {
  const read = tolerantly(source);
  if (read === undefined) return { root: undefined, faults: [strict] };
  const builder = treeBuilder();
  if (isNode(read.contents)) addTolerant(read.contents, builder, base);
  return { root: builder.root, faults: [tolerantFault(read, source, base, strict)] };
}

/** undefined: it is too much for this parser, or even this one gave up. */
function tolerantly(source: string): ReturnType<typeof parseDocument> | undefined {
  if (source.length > mostTolerated || mayNestDeeply(source)) return undefined;
  try {
    return parseDocument(source, {
      schema: 'failsafe',
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    });
  } catch {
    return undefined;
  }
}

function tolerantFault(
  { errors: [error] }: ReturnType<typeof parseDocument>,
  source: string,
  base: number,
  strict: SyntaxFault,
): SyntaxFault {
  return error === undefined ? strict : syntaxFault(error.message, source, base, error.pos[0], error.pos[1]);
}

/**
 * Whether the text may nest deeper than a recursive parser can stand (an engine that runs out of stack in the middle of
 * compiling a pattern ends the whole process). Counts brackets and indents without regard to quotes: a wrong yes costs
 * only the hovers of a broken document.
 */
function mayNestDeeply(source: string): boolean {
  let brackets = 0;
  let indent = 0;
  let inIndent = true;
  for (const character of source) {
    if (character === '\n') {
      indent = 0;
      inIndent = true;
    } else if (inIndent && (character === ' ' || character === '-' || character === '?' || character === ':'))
      indent++;
    else {
      inIndent = false;
      if (character === '[' || character === '{') brackets++;
      else if ((character === ']' || character === '}') && brackets > 0) brackets--;
    }
    if (brackets + indent > 2 * deepest) return true;
  }
  return false;
}

function addTolerant(node: YamlNode, builder: TreeBuilder, base: number): void {
  const [start, end] = node.range ?? [builder.lastEnd - base, builder.lastEnd - base];
  if (isAlias(node)) {
    builder.alias(node.source, base + start, base + end);
  } else if (isMap(node)) {
    builder.open('map', base + start, node.flow === true, node.anchor);
    addPairs(node, builder, base);
    builder.close(node.flow === true ? base + end : undefined);
  } else if (isSeq(node)) {
    builder.open('sequence', base + start, node.flow === true, node.anchor);
    for (const item of node.items) addTolerantOrEmpty(item, builder, base);
    builder.close(node.flow === true ? base + end : undefined);
  } else if (isScalar(node)) {
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
    const value = node.type === 'PLAIN' || node.type === undefined ? resolvePlain(text) : text;
    builder.scalar({ kind: 'scalar', start: base + start, end: base + end, value, text }, node.anchor);
  }
}

function addPairs({ items }: YAMLMap, builder: TreeBuilder, base: number): void {
  for (const { key, value } of items) {
    addTolerantOrEmpty(key, builder, base);
    addTolerantOrEmpty(value, builder, base);
  }
}

function addTolerantOrEmpty(node: unknown, builder: TreeBuilder, base: number): void {
  if (isNode(node)) addTolerant(node, builder, base);
  else {
    const at = builder.lastEnd;
    builder.scalar({ kind: 'scalar', start: at, end: at, value: null, text: '' }, undefined);
  }
}
