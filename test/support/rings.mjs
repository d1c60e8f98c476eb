// `node test/support/rings.mjs check host e2e`: runs the named rings of tests one after the other and prints as its last
// line `N passed, N failed` over all of them. Ends non-zero when anything failed or when no test ran at all. A ring
// whose tools are missing is skipped with a line that says so; in CI (CI=true) that is a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { labAccess } from '../lab/requirements.mjs';
import { findBrowser } from './vscode/browser.mjs';
import { installVsCode } from './vscode/install.mjs';
import { root } from './vscode/paths.mjs';

/** @typedef {import('./countReporter.mjs').Count} Count */

/** @type {Count} */
const none = { passed: 0, failed: 0, failures: [] };
const inCi = process.env['CI'] !== undefined && process.env['CI'] !== '' && process.env['CI'] !== 'false';
const results = mkdtempSync(join(tmpdir(), 'podnet-results-'));
/** What tests in a VS Code append to when they fail and are tried again. */
const failedOnce = join(results, 'failed-once.txt');

/** @returns {Promise<boolean>} whether Node ran these arguments to a good end */
function node(/** @type {readonly string[]} */ args, /** @type {NodeJS.ProcessEnv} */ environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PODNET_FAILED_ONCE: failedOnce, ...environment },
    });
    child.on('error', () => {
      resolve(false);
    });
    child.on('exit', (code) => {
      resolve(code === 0);
    });
  });
}

/** @returns {Promise<Count>} a step without tests of its own: only its failure counts */
async function step(/** @type {string} */ name, /** @type {readonly string[]} */ args) {
  const started = Date.now();
  const good = await node(args);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${good ? 'ok' : 'FAILED'}: ${name} (${seconds} s)`);
  return good ? none : failure(name);
}

/** @returns {Count} of something that failed as a whole */
function failure(/** @type {string} */ what) {
  return { passed: 0, failed: 1, failures: [what] };
}

/** Runs what writes a count to the file it is given; an end without a count, or with a bad code, is a failure. */
async function counted(/** @type {string} */ name, /** @type {(file: string) => Promise<boolean>} */ run) {
  const file = join(results, `${name}.json`);
  const good = await run(file).catch((/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : error);
    return false;
  });
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  /** @type {Count} */
  const count = written === '' ? none : JSON.parse(written);
  if (!good && count.failed === 0) return sum([count, failure(`${name} ended badly without a failing test`)]);
  if (count.passed + count.failed === 0) return failure(`no ${name} test was found`);
  return { ...count, failures: count.failures.map((text) => `${name}: ${text}`) };
}

/** Arguments that make `node --test` print for people and count into `file`. */
function nodeTest(/** @type {string} */ file, /** @type {readonly string[]} */ rest) {
  return [
    '--test',
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${new URL('countReporter.mjs', import.meta.url).href}`],
    `--test-reporter-destination=${file}`,
    ...rest,
  ];
}

/** @returns {Promise<Count>} */
function pure(/** @type {string} */ folder, /** @type {NodeJS.ProcessEnv} */ environment = {}) {
  return counted('pure', async (file) => {
    if (!(await node(['esbuild.mjs', '--tests', folder]))) return false;
    // Node itself would leave one core free; these tests wait for nobody.
    return node(
      nodeTest(file, [`--test-concurrency=${availableParallelism()}`, `out/${folder}/`]),
      environment,
    );
  });
}

/** @returns {Promise<Count>} */
async function check() {
  const tsc = 'node_modules/typescript/bin/tsc';
  // What only reads runs beside the longest of it: each is one process on one core.
  const lint = step('lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0']);
  const others = [
    await step('types of the pure folders', [tsc, '-p', 'src/tsconfig.pure.json', '--noEmit']),
    await step('types of src', [tsc, '-p', 'tsconfig.json', '--noEmit']),
    await step('types of webview', [tsc, '-p', 'webview/tsconfig.json', '--noEmit']),
    await step('types of test', [tsc, '-p', 'test/tsconfig.json', '--noEmit']),
    await step('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']),
  ];
  return sum([await lint, ...others, await step('bundles', ['esbuild.mjs']), await pure('test')]);
}

/** @returns {Promise<Count>} */
function host() {
  return counted('host', async (file) => {
    const built = (await node(['esbuild.mjs'])) && (await node(['esbuild.mjs', '--host-tests']));
    return built && node(['test/host/run.mjs'], { PODNET_RESULTS: file });
  });
}

/** @returns {Promise<Count>} */
function e2e(/** @type {readonly string[]} */ filters) {
  return counted('e2e', async (file) => {
    if (!(await node(['esbuild.mjs', '--e2e-tests']))) return false;
    const { packForTests } = await import('../e2e/pack.mjs');
    const packed = await packForTests();
    try {
      const names = filters.map((filter) => `--test-name-pattern=${filter}`);
      // One window at a time: two at once are slower on two cores and make waiting times a matter of luck.
      const limits = ['--test-concurrency=1', '--test-timeout=300000'];
      return await node(nodeTest(file, [...limits, ...names, 'out/e2e/']), packed.environment);
    } finally {
      packed.remove();
    }
  });
}

/** @returns {Promise<Count>} */
async function lab(/** @type {readonly string[]} */ options) {
  const bundle = join('out', 'lab', String(process.pid));
  try {
    return await counted('lab', async (file) => {
      if (!(await node(['esbuild.mjs', '--lab', bundle]))) return false;
      return node([join(bundle, 'main.js'), ...options], { PODNET_RESULTS: file });
    });
  } finally {
    rmSync(bundle, { recursive: true, force: true });
  }
}

/** @returns {Promise<Count>} */
async function runtime() {
  const { missingForContainers } = await import('../lab/runtime/machine.mjs');
  const missing = missingForContainers();
  if (missing !== undefined) return skipped('runtime', missing);
  const bundle = join('out', 'lab-runtime', String(process.pid));
  try {
    return await counted('runtime', async (file) => {
      if (!(await node(['esbuild.mjs', '--runtime-lab', bundle]))) return false;
      return node([join(bundle, 'main.mjs')], { PODNET_RESULTS: file });
    });
  } finally {
    rmSync(bundle, { recursive: true, force: true });
  }
}

/** @returns {Count} of a ring that cannot run here: a failure where nobody would read that it was skipped */
function skipped(/** @type {string} */ name, /** @type {string} */ why) {
  if (inCi) return failure(`${name}: ${why}`);
  console.log(`SKIPPED: ${name}: ${why}`);
  return none;
}

/** @returns {Count} */
function sum(/** @type {readonly Count[]} */ counts) {
  return {
    passed: counts.reduce((total, count) => total + count.passed, 0),
    failed: counts.reduce((total, count) => total + count.failed, 0),
    failures: counts.flatMap(({ failures }) => failures),
  };
}

/** @returns {Promise<string | undefined>} what is missing to show a VS Code here; undefined when all is there */
async function missingForVsCode(/** @type {boolean} */ orDesktop) {
  if (orDesktop && process.env['PODNET_VSCODE']) return undefined;
  try {
    await installVsCode();
    findBrowser();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns {Promise<Count>} */
async function ring(/** @type {string} */ name, /** @type {readonly string[]} */ filters) {
  console.log(`\n== ${name} ==`);
  if (name === 'check') return check();
  if (name === 'pure') return pure(folderOf(filters[0]));
  if (name === 'accept') return pure('test', { UPDATE_GOLDEN: '1' });
  if (name === 'runtime') return runtime();
  if (name === 'lab') {
    const access = labAccess();
    return 'missing' in access ? skipped(name, access.missing) : lab(filters);
  }
  if (name !== 'host' && name !== 'e2e') throw new Error(`there is no ring named ${name}`);
  const missing = await missingForVsCode(name === 'host');
  if (missing !== undefined) return skipped(name, missing);
  return name === 'host' ? host() : e2e(filters);
}

/** @returns {string} the first lines of a text, each of a length that can be read */
function linesOf(/** @type {string} */ text, /** @type {number} */ most) {
  const lines = text.split('\n').slice(0, most);
  return lines.map((line) => line.slice(0, 500)).join('\n');
}

/** `policy` and `test/policy` both mean test/policy. */
function folderOf(/** @type {string | undefined} */ given) {
  const folder = (given ?? 'test').replace(/\/+$/, '');
  return folder === 'test' || folder.startsWith('test/') ? folder : `test/${folder}`;
}

const separator = process.argv.indexOf('--');
const names = process.argv.slice(2, separator === -1 ? undefined : separator);
const filters = separator === -1 ? [] : process.argv.slice(separator + 1);
/** @type {Count[]} */
const counts = [];
for (const name of names) counts.push(await ring(name, filters));
if (existsSync(failedOnce)) console.log(`\nfailed once, tried again:\n${readFileSync(failedOnce, 'utf8')}`);
rmSync(results, { recursive: true, force: true });
const total = sum(counts);
if (total.passed + total.failed === 0) console.log('FAILED: no test ran');
for (const text of total.failures) console.log(`\nFAILED: ${linesOf(text, 20)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`\n${String(total.passed)} passed, ${String(total.failed)} failed`);
