// Files, folders and standard input of a real file system.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import type { ReadOptions } from '../../src/desktop/read';
import { ReaderError, readPaths } from '../../src/desktop/read';

const folder = mkdtempSync(join(tmpdir(), 'podnet-read-'));
after(() => rmSync(folder, { recursive: true }));

for (const file of [
  'b.yaml',
  'a.yml',
  'C.JSON',
  'notes.txt',
  'deep/er/x.yaml',
  'node_modules/n.yaml',
  '.git/g.yaml',
  '.hidden/h.yaml',
]) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `# ${file}`);
}
symlinkSync(join(folder, 'b.yaml'), join(folder, 'link.yaml'));
symlinkSync(folder, join(folder, 'deep', 'loop.yaml'));
symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.yaml'));

async function filesOf(paths: readonly string[], options?: ReadOptions): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { file, text } of readPaths(paths, options)) {
    found.push(`${file === '-' ? file : relative(folder, file)}: ${new TextDecoder().decode(text)}`);
  }
  return found;
}

async function failure(paths: readonly string[], options?: ReadOptions): Promise<string> {
  try {
    await filesOf(paths, options);
  } catch (error) {
    assert.ok(error instanceof ReaderError);
    return `${error.kind} ${error.message.replace(folder, '')}`;
  }
  return 'none';
}

async function* input(...parts: readonly string[]): AsyncGenerator<string> {
  for (const part of parts) yield await Promise.resolve(part);
}

test('a folder gives its YAML and JSON files in order, but not those of hidden folders and packages', async () => {
  assert.deepEqual(await filesOf([folder]), [
    'C.JSON: # C.JSON',
    'a.yml: # a.yml',
    'b.yaml: # b.yaml',
    'deep/er/x.yaml: # deep/er/x.yaml',
    'link.yaml: # b.yaml',
  ]);
});

test('a file named outright is read whatever it is called, and once', async () => {
  const file = join(folder, 'notes.txt');
  assert.deepEqual(await filesOf([file, file]), ['notes.txt: # notes.txt']);
});

test('`-` is standard input, in parts', async () => {
  assert.deepEqual(await filesOf(['-'], { standardInput: input('kind: ', 'Pod') }), ['-: kind: Pod']);
});

test('what is missing is not found', async () => {
  assert.equal(await failure([join(folder, 'none.yaml')]), 'not-found /none.yaml: no such file or folder.');
  assert.equal(await failure([join(folder, 'b.yaml', 'x')]), 'not-found /b.yaml/x: no such file or folder.');
});

test(
  'what may not be read is denied',
  { skip: process.getuid?.() === 0 && 'root may read everything' },
  async () => {
    const file = join(folder, 'deep', 'secret.yaml');
    writeFileSync(file, '');
    chmodSync(file, 0);
    assert.equal(await failure([file]), 'denied /deep/secret.yaml: permission denied.');
  },
);

test('a cancelled reading stops', async () => {
  const signal = AbortSignal.abort();
  assert.equal(await failure([folder], { signal }), 'cancelled Reading was cancelled.');
});

test('standard input that breaks is unavailable', async () => {
  const broken = async function* (): AsyncGenerator<string> {
    yield await Promise.resolve('a');
    throw new Error('pipe closed');
  };
  assert.equal(
    await failure(['-'], { standardInput: broken() }),
    'unavailable standard input: cannot be read (pipe closed).',
  );
});
