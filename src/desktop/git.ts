// Answers: what did these paths hold at a git revision? Asked of the installed git by `ls-tree` and one `cat-file --batch`, without
// a shell: nothing is checked out, and neither the index nor the working tree is touched.
import { spawn } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ReaderError, type ReadFile } from './read';

/** Longest revision that is taken; git has none so long. */
const longestRevision = 250;

/**
 * The files that the paths named at the revision, folders searched as `readPaths` does it. Paths that were not there then are
 * passed over: they are new. `file` is `REV:path`, with the path as given. Throws ReaderError: no repository, no such revision,
 * no git.
 */
export async function readRevision(
  paths: readonly string[],
  revision: string,
  signal?: AbortSignal,
): Promise<readonly ReadFile[]> {
  if (revision.startsWith('-') || revision.length > longestRevision || revision.trim() === '')
    throw new ReaderError('not-found', `"${revision}" is no git revision: name a branch, a tag or a commit.`);
  const files: ReadFile[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === '-')
      throw new ReaderError('unavailable', 'Standard input has no earlier revision; name files or folders.');
    const folder = await folderOf(path);
    const { top, commit } = await repositoryOf(folder, revision, signal);
    const inside = await insideOf(top, path);
    const entries = await listTree(top, commit, inside, signal);
    const wanted = entries.filter(({ name }) => isWanted(name, inside) && !seen.has(`${top} ${name}`));
    for (const { name } of wanted) seen.add(`${top} ${name}`);
    const texts = await readBlobs(
      top,
      wanted.map(({ id }) => id),
      signal,
    );
    for (const [index, { name }] of wanted.entries()) {
      const below = relative(inside, name);
      const shown = below === '' ? path : join(path, below);
      const text = texts[index];
      if (text !== undefined) files.push({ file: `${revision}:${shown}`, text });
    }
  }
  return files;
}

/** A file or folder that is gone from the working tree may be in the revision: then its nearest folder is asked. */
async function folderOf(path: string): Promise<string> {
  let here = resolve(path);
  for (;;) {
    try {
      const found = await stat(here);
      return found.isDirectory() ? here : dirname(here);
    } catch {
      const parent = dirname(here);
      if (parent === here) return here;
      here = parent;
    }
  }
}

async function repositoryOf(
  folder: string,
  revision: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly top: string; readonly commit: string }> {
  const top = await git(folder, ['rev-parse', '--show-toplevel'], signal);
  if (top.code !== 0) {
    const why = top.errors.includes('dubious ownership')
      ? 'belongs to another user; see git config safe.directory'
      : 'is not in a git repository, so there is no revision to compare with';
    throw new ReaderError('not-found', `${folder} ${why}.`);
  }
  const folderOfAll = line(top.output);
  // ^{commit} also follows tags; --end-of-options keeps a revision from being an option.
  const found = await git(
    folderOfAll,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    signal,
  );
  if (found.code !== 0)
    throw new ReaderError(
      'not-found',
      `"${revision}" is no revision of the repository ${folderOfAll}. If it is a branch of a remote, fetch it first.`,
    );
  return { top: folderOfAll, commit: line(found.output) };
}

/** The path below the top folder, with `/`; '' for the top itself. */
async function insideOf(top: string, path: string): Promise<string> {
  const whole = resolve(path);
  // The top folder is told without links; so must be the path, as far as it is still there.
  const real = await realpath(whole).catch(async () =>
    join(await realpath(dirname(whole)).catch(() => dirname(whole)), relative(dirname(whole), whole)),
  );
  const inside = relative(await realpath(top).catch(() => top), real);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new ReaderError('not-found', `${path} is outside of the git repository ${top}.`);
  return inside.replaceAll('\\', '/');
}

interface Entry {
  readonly id: string;
  readonly name: string;
}

/** Blobs at or below the path; names from the top folder. */
async function listTree(
  top: string,
  commit: string,
  inside: string,
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const literal = ['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', commit];
  const { code, output, errors } = await git(
    top,
    inside === '' ? literal : [...literal, '--', inside],
    signal,
  );
  if (code !== 0) throw failed('ls-tree', errors);
  return output
    .toString('utf8')
    .split('\0')
    .flatMap((entry): readonly Entry[] => {
      const [, mode, kind, id, name] = /^(\d+) (\w+) ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
      // 120000 is a symbolic link: its blob is a path, not a text.
      return kind === 'blob' && mode !== '120000' && id !== undefined && name !== undefined
        ? [{ id, name }]
        : [];
    });
}

/** As `readPaths` looks into folders; a file named outright is taken whatever it is called. */
function isWanted(name: string, inside: string): boolean {
  if (name === inside) return true;
  const below = inside === '' ? name : name.slice(inside.length + 1);
  const folders = below.split('/').slice(0, -1);
  return (
    /\.(ya?ml|json)$/i.test(name) &&
    !folders.some((folder) => folder.startsWith('.') || folder === 'node_modules')
  );
}

async function readBlobs(
  top: string,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly Uint8Array[]> {
  if (ids.length === 0) return [];
  const { code, output, errors } = await git(
    top,
    ['cat-file', '--batch'],
    signal,
    ids.map((id) => `${id}\n`).join(''),
  );
  if (code !== 0) throw failed('cat-file', errors);
  const texts: Uint8Array[] = [];
  let from = 0;
  while (from < output.length) {
    const end = output.indexOf(0x0a, from);
    const [, kind, size] = output.subarray(from, end).toString('utf8').split(' ');
    // A blob that a partial clone left out.
    if (kind !== 'blob' || size === undefined)
      throw failed('cat-file', output.subarray(from, end).toString('utf8'));
    const start = end + 1;
    texts.push(output.subarray(start, start + Number(size)));
    from = start + Number(size) + 1;
  }
  return texts;
}

interface GitAnswer {
  readonly code: number;
  readonly output: Buffer;
  readonly errors: string;
}

function git(
  folder: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  input = '',
): Promise<GitAnswer> {
  return new Promise((resolveAnswer, reject) => {
    const child = spawn('git', ['--no-optional-locks', ...args], {
      cwd: folder,
      signal,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // Messages in English, and no question on the terminal.
      env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => output.push(part));
    child.stderr.on('data', (part: Buffer) => errors.push(part));
    // A git that ended early takes no more input; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.name === 'AbortError'
          ? new ReaderError('cancelled', 'Reading was cancelled.')
          : new ReaderError(
              'unavailable',
              error.code === 'ENOENT'
                ? 'git was not found. Install it, or compare two folders: podnet diff A B.'
                : `git cannot be run (${error.message}).`,
            ),
      );
    });
    child.on('close', (code) => {
      resolveAnswer({
        code: code ?? 1,
        output: Buffer.concat(output),
        errors: Buffer.concat(errors).toString('utf8'),
      });
    });
    child.stdin.end(input);
  });
}

function line(output: Buffer): string {
  return output.toString('utf8').replace(/\r?\n$/, '');
}

function failed(command: string, errors: string): ReaderError {
  return new ReaderError('unavailable', `git ${command} failed: ${errors.trim() || 'no reason given'}.`);
}
