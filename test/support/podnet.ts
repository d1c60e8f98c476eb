// Runs the command line as a terminal does: the built file, in a process of its own, with arguments and standard input.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Built together with the tests, before any runs: files of tests run side by side. They run in the project's root folder. */
export const podnetFile = resolve('dist/podnet.js');

/** @param folder where it runs, so that file names are short and the same everywhere. */
export function podnet(args: readonly string[], input = '', folder = join('test', 'fixtures', 'cli')): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [podnetFile, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return { code: status, stdout, stderr };
}
