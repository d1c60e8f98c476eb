// Answers: which documents does this text hold, as trees with positions? JSON when the text is JSON, else YAML by
// document: one broken document hides nothing else. Text with template actions is parsed for hovers only.
import type { Problem } from '../model/problem';
import { finish } from '../model/steps';
import { splitDocuments } from './documents';
import type { Skip } from './json';
import { scanInSteps } from './json';
import type { LineIndex } from './lines';
import { lineIndexOf } from './lines';
import type { SyntaxDocument, SyntaxNode } from './syntax';
import { locationOf } from './syntax';
import { templateActionAt } from './template';
import type { SyntaxFault } from './tree';
import { charactersPerStep, parseYaml, parseYamlInSteps } from './yaml';

export interface SyntaxFile {
  readonly file: string;
  readonly language: 'yaml' | 'json';
  /** Offset of the first template action outside quotes and comments: the text must be rendered before it is YAML. */
  readonly templateAt: number | undefined;
  readonly lines: LineIndex;
  readonly documents: readonly SyntaxDocument[];
  /** Syntax errors and warnings; none for a template, whose trees are guesses. */
  readonly problems: readonly Problem[];
}

export interface ParseOptions {
  /** Values of JSON objects that need not be read: they become null scalars with their range. */
  readonly skip?: Skip;
  /**
   * Takes an item of a JSON list as soon as it is read, before it is known whether the text is whole; @returns whether
   * the tree can do without it. Keeps the memory for a big snapshot to that of one object.
   */
  readonly take?: (item: SyntaxNode, lines: LineIndex) => boolean;
}

/** Parses a whole file. Total: any text gives documents and problems. */
export function parseText(file: string, text: string, options: ParseOptions = {}): SyntaxFile {
  return finish(parseInSteps(file, text, options));
}

/** The same in steps of some documents, or of some items of a list. A long YAML document that is no list is one step. */
export function* parseInSteps(
  file: string,
  text: string,
  options: ParseOptions = {},
): Generator<void, SyntaxFile, void> {
  const lines = lineIndexOf(text);
  const named = file.toLowerCase().endsWith('.json');
  if (named || /^\s*[[{]/.test(text)) {
    const { skip, take } = options;
    const json = yield* scanInSteps(text, skip ?? nothing, (item) => take?.(item, lines) ?? false);
    if (json.root !== undefined) return jsonFile(file, lines, json.root, text, undefined);
    if (named && text.trim() !== '') {
      const message = `Expected ${json.expected} here. This JSON text is not used until it is mended.`;
      const range = { start: json.offset, end: Math.min(json.offset + 1, text.length) };
      const fault: SyntaxFault = { code: 'json.syntax', severity: 'error', message, ...range };
      // YAML's tolerant parser reads JSON too, and makes a tree of what is left of it.
      return jsonFile(file, lines, parseYaml(text, { start: 0, end: text.length })[0]?.root, text, fault);
    }
  }
  const templateAt = templateActionAt(text);
  const readable = templateAt === undefined ? text : withoutActions(text);
  const documents: SyntaxDocument[] = [];
  const problems: Problem[] = [];
  let since = 0;
  for (const range of splitDocuments(readable)) {
    if (range.start - since > charactersPerStep) {
      since = range.start;
      yield;
    }
    for (const { root, faults } of yield* parseYamlInSteps(readable, range)) {
      const index = documents.length;
      const broken = templateAt !== undefined || faults.some((fault) => fault.severity === 'error');
      documents.push({ index, ...range, root, broken });
      if (templateAt === undefined)
        problems.push(...faults.map((fault) => problemOf(file, lines, index, fault)));
    }
  }
  return { file, language: 'yaml', templateAt, lines, documents, problems };
}

const nothing: Skip = () => false;

function jsonFile(
  file: string,
  lines: LineIndex,
  root: SyntaxNode | undefined,
  text: string,
  fault: SyntaxFault | undefined,
): SyntaxFile {
  const document: SyntaxDocument = {
    index: 0,
    start: 0,
    end: text.length,
    root,
    broken: fault !== undefined,
  };
  const problems = fault === undefined ? [] : [problemOf(file, lines, 0, fault)];
  return { file, language: 'json', templateAt: undefined, lines, documents: [document], problems };
}

/** Replaces actions by text of the same length, and lines that hold nothing else by blanks: offsets stay true. */
function withoutActions(text: string): string {
  let result = '';
  let from = 0;
  for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', start);
    if (close < 0) break;
    const end = close + '}}'.length;
    const lineStart = text.lastIndexOf('\n', start) + 1;
    const newline = text.indexOf('\n', end);
    const before = text.slice(Math.max(from, lineStart), start);
    const alone = before.trim() === '' && text.slice(end, newline < 0 ? text.length : newline).trim() === '';
    result += text.slice(from, start) + text.slice(start, end).replace(/[^\n]/g, alone ? ' ' : '_');
    from = end;
  }
  return result + text.slice(from);
}

function problemOf(file: string, lines: LineIndex, document: number, fault: SyntaxFault): Problem {
  return {
    code: fault.code,
    severity: fault.severity,
    message: fault.message,
    at: locationOf(file, lines, document, fault),
  };
}
