// Answers: which documents does this text hold, as trees with positions? JSON when the text is JSON, else YAML by
// document: one broken document hides nothing else. Templates are recognised and not parsed.
import type { Problem } from '../model/problem';
import type { LineIndex } from './lines';
import type { SyntaxDocument } from './syntax';

export interface SyntaxFile {
  readonly file: string;
  readonly language: 'yaml' | 'json';
  /** The text has Go template actions outside quotes and comments: documents are then best guesses for hovers. */
  readonly template: boolean;
  readonly lines: LineIndex;
  readonly documents: readonly SyntaxDocument[];
  readonly problems: readonly Problem[];
}

export interface ParseOptions {
  /** Keys whose values are not read (they become empty scalars with their range): saves time on big snapshots. */
  readonly skip?: ReadonlySet<string>;
}
