// `npm start [-- folder]`: builds and packages the extension, installs it into a real VS Code of its own and serves that
// on loopback, with a copy of the sample cluster (or the given folder) open. Needs no VS Code and no browser for
// serving; the browser is the user's. Everything it made is removed on Ctrl+C.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packExtension } from '../package.mjs';
import { installVsCode } from './install.mjs';
import { root } from './paths.mjs';
import { installExtension, newToken, startServer } from './server.mjs';

const given = process.argv[2];
if (given !== undefined && !existsSync(given)) {
  console.error(`There is no folder ${resolve(given)}.`);
  process.exit(1);
}
const port = Number(process.env['PORT'] ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(
    `PORT is ${String(process.env['PORT'])}; it must be a number from 0 (any free port) to 65535.`,
  );
  process.exit(1);
}

const run = mkdtempSync(join(tmpdir(), 'podnet-start-'));
/** @type {import('./server.mjs').Server | undefined} */
let server;
let stopping = false;

/** Ends the server with everything it started, removes what this run made, and ends this process. */
async function stop(/** @type {number} */ code) {
  if (stopping) return;
  stopping = true;
  await server?.stop();
  rmSync(run, { recursive: true, force: true });
  process.exit(code);
}

async function main() {
  await installVsCode();
  console.log('Building and packaging the extension.');
  const vsix = join(run, 'pod-network-explorer.vsix');
  packExtension(vsix);
  const extensions = join(run, 'extensions');
  await installExtension(vsix, extensions);

  // The sample is copied so that trying things out does not change the checkout. It is ours, so it is trusted; about
  // a folder of the user's, VS Code asks.
  const folder = given === undefined ? join(run, 'sample') : resolve(given);
  if (given === undefined) cpSync(join(root, 'media', 'sample'), folder, { recursive: true });
  const token = newToken();
  server = await startServer({ port, token, extensions, trusted: given === undefined });
  if (stopping) {
    await server.stop();
    return;
  }
  void server.exited.then((code) => {
    if (stopping) return;
    console.error(`VS Code's server ended by itself (${String(code)}):\n${server?.log() ?? ''}`);
    void stop(1);
  });
  const query = new URLSearchParams({ tkn: token, folder });
  console.log(`\nVS Code is open with ${given === undefined ? 'a copy of the sample cluster' : folder}:\n`);
  console.log(`  http://127.0.0.1:${String(server.port)}/?${query.toString()}\n`);
  console.log('Open it in a browser, and choose Pod Network in the activity bar on the left.');
  console.log('The address lets in whoever knows it, from this machine only. Ctrl+C stops.');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
main().catch((/** @type {unknown} */ error) => {
  console.error(error instanceof Error ? error.message : error);
  void stop(1);
});
