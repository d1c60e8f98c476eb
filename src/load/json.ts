// Answers: which tree does this JSON text make? A strict one-pass scanner with positions (RFC 8259), which passes over
// values that nobody asks for: a snapshot of ten thousand pods is mostly such values. It is three times as fast as a
// general parser that keeps positions, and keeps nothing of the text alive.
import type { SyntaxEntry, SyntaxNode, SyntaxScalar } from './syntax';
import { uniqueEntries } from './tree';

const deepest = 200;
/** Longer texts are seldom equal (ids, images). */
const longestShared = 32;
/** A power of two; of texts that fall into one slot the last is remembered. */
const slots = 4096;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** The tree; or, where the text stops being JSON, the offset and what was expected there. */
export type JsonResult =
  | { readonly root: SyntaxNode }
  | { readonly root: undefined; readonly offset: number; readonly expected: string };

/** Whether the value of a key need not be read; `structured`: it is an object or array. */
export type Skip = (key: string, structured: boolean) => boolean;

/** Takes an item of the root's `items` as soon as it is read; @returns whether the tree can do without it. */
export type Take = (item: SyntaxNode) => boolean;

/** Items of the root's `items` that are read before others get their turn. */
const itemsPerStep = 50;

/**
 * Reads one JSON value, in steps of some items of the root's `items`: what a snapshot is made of. Values that `skip` names become
 * null scalars with their range.
 */
export function* scanInSteps(text: string, skip: Skip, take: Take): Generator<void, JsonResult, void> {
  const scanner = jsonScanner(text, skip, take);
  const root = yield* scanner.root();
  if (root !== undefined && scanner.atEnd()) return { root };
  return { root: undefined, ...(scanner.failure() ?? { offset: 0, expected: 'JSON' }) };
}

interface Failure {
  readonly offset: number;
  readonly expected: string;
}

interface JsonScanner {
  /** The whole value; undefined: it is not JSON. */
  root(): Generator<void, SyntaxNode | undefined, void>;
  atEnd(): boolean;
  failure(): Failure | undefined;
}

function jsonScanner(text: string, skip: Skip, take: Take): JsonScanner {
  let at = 0;
  const known: (string | undefined)[] = new Array<string | undefined>(slots).fill(undefined);
  let failed: Failure | undefined;

  /** Notes the first failure; later ones only follow from it. */
  const fail = (expected: string, offset = at): void => {
    failed ??= { offset: Math.min(offset, text.length), expected };
  };

  const code = (): number => text.charCodeAt(at);

  const space = (): void => {
    for (let next = text.charCodeAt(at); next === 0x20 || next === 0x0a || next === 0x0d || next === 0x09;) {
      next = text.charCodeAt(++at);
    }
  };

  /** Moves behind the closing quote; @returns whether there is one. `at` is on the opening quote. */
  const passString = (): boolean => {
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let slashes = end;
      while (text.charCodeAt(slashes - 1) === backslash) slashes--;
      if ((end - slashes) % 2 === 0) {
        at = end + 1;
        return true;
      }
    }
    fail('a closing quote');
    return false;
  };

  /** One value for equal short texts, and none that keeps the whole file's text alive as a slice of it would. */
  const shared = (start: number, end: number, hash: number): string => {
    if (end - start > longestShared) return detached(text.slice(start, end));
    const slot = (hash ^ (hash >>> 12)) & (slots - 1);
    const found = known[slot];
    if (found?.length === end - start && text.startsWith(found, start)) return found;
    return (known[slot] = detached(text.slice(start, end)));
  };

  /** The string at the current position in one pass; those with escapes take a second. */
  const readString = (): string | undefined => {
    const start = at + 1;
    let hash = 0;
    for (let end = start; ; end++) {
      const next = text.charCodeAt(end);
      if (next === quote) {
        at = end + 1;
        return shared(start, end, hash);
      }
      // Not `next < 0x20`: behind the end of the text it is not a number.
      if (next === backslash || !(next >= 0x20)) return readEscaped();
      hash = (Math.imul(hash, 31) + next) | 0;
    }
  };

  const readEscaped = (): string | undefined => {
    const start = at;
    if (!passString()) return undefined;
    try {
      return String(JSON.parse(text.slice(start, at)));
    } catch {
      fail('a string without control characters or unknown escapes', start);
      return undefined;
    }
  };

  const literal = (): SyntaxScalar | undefined => {
    const start = at;
    while (at < text.length && !isDelimiter(code())) at++;
    const written = text.slice(start, at);
    if (written === 'true') return { kind: 'scalar', start, end: at, value: true, text: written };
    if (written === 'false') return { kind: 'scalar', start, end: at, value: false, text: written };
    if (written === 'null') return { kind: 'scalar', start, end: at, value: null, text: written };
    if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(written)) {
      fail('a value', start);
      return undefined;
    }
    return { kind: 'scalar', start, end: at, value: Number(written), text: written };
  };

  /** Moves behind the value without reading it; only brackets and strings are looked at. */
  const pass = (): SyntaxScalar | undefined => {
    const start = at;
    const first = code();
    if (first === quote) {
      if (!passString()) return undefined;
    } else if (first === openBrace || first === openBracket) {
      let depth = 0;
      do {
        const next = code();
        if (next === quote) {
          if (!passString()) return undefined;
          continue;
        }
        if (next === openBrace || next === openBracket) depth++;
        else if (next === closeBrace || next === closeBracket) depth--;
        else if (Number.isNaN(next)) {
          fail('a closing bracket');
          return undefined;
        }
        at++;
      } while (depth > 0);
    } else if (literal() === undefined) return undefined;
    return { kind: 'scalar', start, end: at, value: null, text: '' };
  };

  /** The key of the next member; `at` is at its value then. */
  const readKey = (): Omit<SyntaxEntry, 'value'> | undefined => {
    space();
    const keyStart = at;
    if (code() !== quote) fail('a key in double quotes');
    const key = code() === quote ? readString() : undefined;
    if (key === undefined) return undefined;
    const keyEnd = at;
    space();
    if (code() !== colon) {
      fail("':'");
      return undefined;
    }
    at++;
    space();
    return { key, keyStart, keyEnd };
  };

  const isStructured = (): boolean => code() === openBrace || code() === openBracket;

  /** Passes what stands behind a member; undefined: it is neither a comma nor the end. */
  const separator = (close: number, written: string): 'more' | 'end' | undefined => {
    space();
    const next = code();
    at++;
    if (next === close) return 'end';
    if (next === comma) return 'more';
    fail(`',' or '${written}'`, at - 1);
    return undefined;
  };

  const object = (depth: number): SyntaxNode | undefined => {
    const start = at++;
    const entries: SyntaxEntry[] = [];
    space();
    if (code() === closeBrace) return { kind: 'map', start, end: ++at, entries };
    for (;;) {
      const entry = readKey();
      if (entry === undefined) return undefined;
      const node = skip(entry.key, isStructured()) ? pass() : value(depth + 1);
      if (node === undefined) return undefined;
      entries.push({ ...entry, value: node });
      const next = separator(closeBrace, '}');
      if (next === 'end') return { kind: 'map', start, end: at, entries: uniqueEntries(entries) };
      if (next === undefined) return undefined;
    }
  };

  const array = (depth: number): SyntaxNode | undefined => {
    const start = at++;
    const items: SyntaxNode[] = [];
    space();
    if (code() === closeBracket) return { kind: 'sequence', start, end: ++at, items };
    for (;;) {
      const item = value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      const next = separator(closeBracket, ']');
      if (next === 'end') return { kind: 'sequence', start, end: at, items };
      if (next === undefined) return undefined;
    }
  };

  /** As `object` does it, but `items` in steps. */
  function* root(): Generator<void, SyntaxNode | undefined, void> {
    space();
    if (code() !== openBrace) return value(0);
    const start = at++;
    const entries: SyntaxEntry[] = [];
    space();
    if (code() === closeBrace) return { kind: 'map', start, end: ++at, entries };
    for (;;) {
      const entry = readKey();
      if (entry === undefined) return undefined;
      const isList = entry.key === 'items' && code() === openBracket;
      const node = skip(entry.key, isStructured()) ? pass() : isList ? yield* rootItems() : value(1);
      if (node === undefined) return undefined;
      entries.push({ ...entry, value: node });
      const next = separator(closeBrace, '}');
      if (next === 'end') return { kind: 'map', start, end: at, entries: uniqueEntries(entries) };
      if (next === undefined) return undefined;
    }
  }

  /** As `array` does it, in steps; each item is offered. */
  function* rootItems(): Generator<void, SyntaxNode | undefined, void> {
    const start = at++;
    const items: SyntaxNode[] = [];
    space();
    if (code() === closeBracket) return { kind: 'sequence', start, end: ++at, items };
    for (let count = 1; ; count++) {
      const item = value(2);
      if (item === undefined) return undefined;
      if (!take(item)) items.push(item);
      const next = separator(closeBracket, ']');
      if (next === 'end') return { kind: 'sequence', start, end: at, items };
      if (next === undefined) return undefined;
      if (count % itemsPerStep === 0) yield;
    }
  }

  const value = (depth: number): SyntaxNode | undefined => {
    if (depth > deepest) {
      fail(`at most ${deepest} levels`);
      return undefined;
    }
    space();
    const first = code();
    if (first === openBrace) return object(depth);
    if (first === openBracket) return array(depth);
    if (first !== quote) return literal();
    const start = at;
    const text = readString();
    return text === undefined ? undefined : { kind: 'scalar', start, end: at, value: text, text };
  };

  return {
    root,
    atEnd: () => {
      space();
      if (at < text.length) fail('the end of the text');
      return at >= text.length;
    },
    failure: () => failed,
  };
}

function isDelimiter(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || code === colon || code <= 0x20;
}

/** A copy that does not share memory with the text it was cut from. Engines share slices of 13 characters and more. */
function detached(slice: string): string {
  if (slice.length < 13) return slice;
  return slice.length > 4096 ? String(JSON.parse(`"${slice}"`)) : String.fromCharCode(...codesOf(slice));
}

function codesOf(text: string): readonly number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
  return codes;
}
