// Builds every bundle of the project: `node esbuild.mjs [--watch] [--production]` into dist/, and what is never shipped
// into out/: `--tests [folder]` (pure tests), `--host-tests`, `--e2e-tests`, `--lab`, `--runtime-lab`, `--pictures`, `--bench`.
// The CLI and web bundles double as guards: a stray `vscode` or Node import in a pure folder breaks them.
import { build, context } from 'esbuild';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
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

/** Leaves the engine out of the activation file: `import('./vscode/engine')` loads dist/engine.js when it runs. */
function engineApart(bundle) {
  bundle.onResolve({ filter: /\/engine$/ }, ({ kind }) =>
    kind === 'dynamic-import' ? { path: './engine.js', external: true } : undefined,
  );
}

/** Bundles of the product. `vscode` is external only where VS Code provides it. */
const products = [
  {
    ...base,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    plugins: [{ name: 'engine-apart', setup: engineApart }],
  },
  {
    ...base,
    entryPoints: { engine: 'src/vscode/engine.ts' },
    outdir: 'dist',
    platform: 'node',
    format: 'cjs',
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
    define: { PODNET_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  },
  {
    ...base,
    entryPoints: { panel: 'webview/panel.ts', matrix: 'webview/matrix.ts', diff: 'webview/diff.ts' },
    outdir: 'dist/webview',
    platform: 'browser',
    format: 'iife',
    loader: { '.css': 'css' },
  },
];

/** Folders below test/ that are not pure tests. */
const apart = ['host', 'e2e', 'lab', 'bench', 'support', 'fixtures', 'golden'];

/** @returns every file below `folder` that ends in `.test.ts`, not looking into folders named in `except` */
function testsBelow(folder, except = []) {
  const found = [];
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !except.includes(entry.name)) found.push(...testsBelow(path, except));
    else if (entry.name.endsWith('.test.ts')) found.push(path);
  }
  return found;
}

/** @param only the name of one; default: all */
function buildProducts(only) {
  mkdirSync('dist', { recursive: true });
  const wanted = products.filter(({ entryPoints }) => only === undefined || only in entryPoints);
  return Promise.all(wanted.map((options) => build(options)));
}

/** Bundles each entry for Node into out/, under its path without `from`. No entry is an error, never a quiet pass. */
async function buildForTests({ what, entries, from = '.', outdir, clean, format = 'cjs' }) {
  if (entries.length === 0) {
    console.error(`no ${what} was found`);
    process.exitCode = 1;
    return;
  }
  rmSync(clean ?? outdir, { recursive: true, force: true });
  await build({
    ...base,
    minify: false,
    sourcemap: 'inline',
    entryPoints: Object.fromEntries(entries.map((path) => [relative(from, path).replace(/\.ts$/, ''), path])),
    outdir,
    outExtension: { '.js': format === 'esm' ? '.mjs' : '.js' },
    platform: 'node',
    format,
    packages: 'external',
  });
}

if (args.includes('--tests')) {
  const folder = args[args.indexOf('--tests') + 1] ?? 'test';
  const entries = testsBelow(folder, apart);
  await buildForTests({ what: `${folder}/**/*.test.ts`, entries, outdir: 'out', clean: join('out', folder) });
  // They run the command line as it is built.
  await buildProducts('podnet');
} else if (args.includes('--host-tests')) {
  const tests = testsBelow('test/host');
  const entries = tests.length === 0 ? [] : ['test/host/index.ts', ...tests];
  await buildForTests({ what: 'test/host/**/*.test.ts', entries, from: 'test/host', outdir: 'out/host' });
} else if (args.includes('--e2e-tests')) {
  const entries = testsBelow('test/e2e');
  await buildForTests({
    what: 'test/e2e/**/*.test.ts',
    entries,
    from: 'test/e2e',
    outdir: 'out/e2e',
    format: 'esm',
  });
} else if (args.includes('--runtime-lab')) {
  // A folder of its own for each run, so that two at once do not overwrite each other's bundle.
  const outdir = args[args.indexOf('--runtime-lab') + 1] ?? 'out/lab-runtime';
  const entries = ['test/lab/runtime/main.ts'].filter((path) => existsSync(path));
  await buildForTests({
    what: entries[0] ?? 'runtime lab',
    entries,
    from: 'test/lab/runtime',
    outdir,
    format: 'esm',
  });
} else if (args.includes('--pictures')) {
  const entries = ['test/e2e/pictures.ts'];
  await buildForTests({
    what: 'test/e2e/pictures.ts',
    entries,
    from: 'test/e2e',
    outdir: 'out/pictures',
    format: 'esm',
  });
} else if (args.includes('--bench')) {
  const entries = ['test/bench/main.ts'].filter((path) => existsSync(path));
  await buildForTests({ what: 'test/bench/main.ts', entries, from: 'test/bench', outdir: 'out/bench' });
} else if (args.includes('--lab')) {
  const outdir = args[args.indexOf('--lab') + 1] ?? 'out/lab';
  const entries = ['main', 'inside', 'agent'].map((name) => `test/lab/${name}.ts`);
  await buildForTests({ what: 'test/lab/*.ts', entries, from: 'test/lab', outdir });
} else {
  if (args.includes('--watch')) {
    for (const options of products) await (await context(options)).watch();
  } else {
    if (production) rmSync('dist', { recursive: true, force: true });
    const results = await buildProducts();
    if (args.includes('--meta'))
      writeFileSync(
        'dist/meta.json',
        JSON.stringify(
          results.map((r) => r.metafile),
          null,
          1,
        ),
      );
  }
}
