// Answers: which files do these paths name, and what is in them? For the CLI and tests: files, folders (searched for
// YAML and JSON) and `-` for standard input. Content is handed on as bytes; load/decode.ts knows encodings.
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** `file` is the path as given (or found below the folder given), and `-` for standard input. */
export interface ReadFile {
  readonly file: string;
  readonly text: Uint8Array;
}

export type ReaderErrorKind = 'not-found' | 'denied' | 'unavailable' | 'cancelled';

/** Why a path could not be read. The message names the path and is fit to be shown. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError';
  constructor(
    readonly kind: ReaderErrorKind,
    message: string,
  ) {
    super(message);
  }
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where `-` reads from; the process's standard input unless given. */
  readonly standardInput?: AsyncIterable<Uint8Array | string> | undefined;
}

const suffixes = ['.yaml', '.yml', '.json'];
const skippedFolders: ReadonlySet<string> = new Set(['node_modules']);

/**
 * Yields the files that `paths` name, folders in the order of their names. A file named outright is read whatever it is
 * called; in folders only YAML and JSON files count, and folders that begin with a dot or are node_modules are passed
 * over. Throws ReaderError.
 */
export async function* readPaths(
  paths: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<ReadFile, void> {
  const seen = new Set<string>();
  for (const path of paths) {
    for await (const file of filesBelow(path, options.signal)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text =
        file === '-'
          ? await readInput(options)
          : await reading(file, () => readFile(file, { signal: options.signal }));
      yield { file, text };
    }
  }
}

async function* filesBelow(path: string, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
  checkCancelled(signal);
  if (path === '-' || !(await reading(path, () => stat(path))).isDirectory()) yield path;
  else yield* filesInFolder(path, signal);
}

async function* filesInFolder(folder: string, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
  checkCancelled(signal);
  const entries = await reading(folder, () => readdir(folder, { withFileTypes: true }));
  // By code unit, so that every machine reads the same order.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !skippedFolders.has(entry.name)) yield* filesInFolder(path, signal);
    } else if (
      isManifest(entry.name) &&
      (entry.isFile() || (entry.isSymbolicLink() && (await pointsToFile(path))))
    ) {
      yield path;
    }
  }
}

function isManifest(name: string): boolean {
  return suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
}

/** Links to folders are not followed: they may lead back to where they stand. */
async function pointsToFile(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isFile();
  } catch {
    return false;
  }
}

async function readInput({ signal, standardInput = process.stdin }: ReadOptions): Promise<Uint8Array> {
  return reading('standard input', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of standardInput) {
      checkCancelled(signal);
      parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    }
    return Buffer.concat(parts);
  });
}

function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ReaderError('cancelled', 'Reading was cancelled.');
}

/** Runs `read` and turns what the file system throws into a ReaderError about `path`. */
async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ReaderError) throw error;
    throw readerError(path, error);
  }
}

function readerError(path: string, error: unknown): ReaderError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError') return new ReaderError('cancelled', 'Reading was cancelled.');
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ReaderError('not-found', `${path}: no such file or folder.`);
  if (code === 'EACCES' || code === 'EPERM') return new ReaderError('denied', `${path}: permission denied.`);
  const reason = error instanceof Error ? error.message : String(error);
  return new ReaderError('unavailable', `${path}: cannot be read (${reason}).`);
}
