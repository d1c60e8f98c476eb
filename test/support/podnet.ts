// Runs the command line as a terminal does: the built file, in a process of its own, with arguments and standard input.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const podnetFile = resolve('dist/podnet.js');

/** Builds `dist/podnet.js` from what the sources say now. Tests run in the project's root folder. */
export function buildPodnet(): void {
  const { status, stderr } = spawnSync(process.execPath, ['esbuild.mjs', '--only', 'podnet'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`podnet was not built: ${stderr}`);
}

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
