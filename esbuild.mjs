// Builds every bundle of the project: `node esbuild.mjs [--watch] [--production] [--tests [folder]]`.
// The CLI and web bundles double as guards: a stray `vscode` or Node import in a pure folder breaks them.
import { build, context } from 'esbuild';
import { existsSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const args = process.argv.slice(2);
const production = args.includes('--production');
const base = {
  bundle: true,
  sourcemap: !production,
  minify: production,
  target: 'es2023',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
};

/** Bundles of the product. `vscode` is external only where VS Code provides it. */
const products = [
  {
    ...base,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...base,
    entryPoints: { 'extension.web': 'src/extension.web.ts' },
    outdir: 'dist',
    platform: 'browser',
    format: 'cjs',
    external: ['vscode'],
    mainFields: ['browser', 'module', 'main'],
  },
  {
    ...base,
    entryPoints: { podnet: 'src/cli/main.ts' },
    outdir: 'dist',
    platform: 'node',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...base,
    entryPoints: { panel: 'webview/panel.ts' },
    outdir: 'dist/webview',
    platform: 'browser',
    format: 'iife',
    loader: { '.css': 'css' },
  },
];

/** @returns every `*.test.ts` below `folder` that runs in plain Node (not the host, e2e and lab rings). */
function pureTests(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['host', 'e2e', 'lab', 'bench', 'fixtures', 'golden'].includes(entry.name)) found.push(...pureTests(path));
    } else if (entry.name.endsWith('.test.ts')) found.push(path);
  }
  return found;
}

async function buildTests(folder) {
  const entryPoints = pureTests(folder);
  if (entryPoints.length === 0) {
    console.error(`no test matches ${folder}/**/*.test.ts`);
    process.exitCode = 1;
    return;
  }
  rmSync(join('out', folder), { recursive: true, force: true });
  await build({
    ...base,
    minify: false,
    sourcemap: 'inline',
    entryPoints: Object.fromEntries(entryPoints.map((p) => [relative('.', p).replace(/\.ts$/, ''), p])),
    outdir: 'out',
    platform: 'node',
    format: 'cjs',
    packages: 'external',
  });
}

if (args.includes('--tests')) {
  await buildTests(args[args.indexOf('--tests') + 1] ?? 'test');
} else {
  const present = products.filter((p) => Object.values(p.entryPoints).every((e) => existsSync(e)));
  if (args.includes('--watch')) {
    for (const options of present) await (await context(options)).watch();
  } else {
    if (production) rmSync('dist', { recursive: true, force: true });
    mkdirSync('dist', { recursive: true });
    const results = await Promise.all(present.map((options) => build(options)));
    if (args.includes('--meta'))
      writeFileSync('dist/meta.json', JSON.stringify(results.map((r) => r.metafile), null, 1));
  }
}
