// Lenses as VS Code gets them, and what their clicks and Compare Connectivity open. What a comparison says is tested in
// test/analysis and test/features; what its page shows, in the end-to-end tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as vscode from 'vscode';
import { createSession } from '../../src/vscode/clusterSession';
import { readCluster } from '../../src/vscode/compareCommands';
import { registerDiffPanel } from '../../src/vscode/diffPanel';
import * as engine from '../../src/vscode/engine';
import { eventually, extension, fileIn, folder, write } from './extension';

const accept = 'workbench.action.acceptSelectedQuickOpenItem';
const policy = (name: string, labels = '{}'): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: { podSelector: { matchLabels: ${labels} }, policyTypes: [Ingress] }
`;

async function titlesOn(uri: vscode.Uri): Promise<readonly string[]> {
  await vscode.workspace.openTextDocument(uri);
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    100,
  );
  return lenses.map(({ command }) => command?.title ?? '');
}

function comparisons(): readonly string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('podNetwork.diff'),
    )
    .map(({ label }) => label);
}

async function compared(title: string): Promise<void> {
  await eventually(`the comparison "${title}"`, () => (comparisons().includes(title) ? true : undefined));
}

describe('Lenses', () => {
  const file = fileIn('lens.yaml');

  before(async () => {
    await vscode.commands.executeCommand('podNetwork.cluster.focus');
    await write(file, policy('closed'));
    await eventually('the policy in the cluster', async () =>
      (await titlesOn(file)).length > 0 ? true : undefined,
    );
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  });

  it('say whom a policy selects, and offer to try without it; unsaved text only where there is some', async () => {
    const titles = await titlesOn(file);
    assert.match(titles[0] ?? '', /^selects \d+ pods?$/);
    assert.deepEqual(titles.slice(1), ['Try Without This Policy']);
    const editor = await vscode.window.showTextDocument(file);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# a remark\n'));
    await eventually('the lens on unsaved text', async () =>
      (await titlesOn(file)).includes('Try With Unsaved Text') ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually('the lens gone', async () =>
      (await titlesOn(file)).includes('Try With Unsaved Text') ? undefined : true,
    );
  });

  it('trace from and to pods and workloads, and count the policies that apply', async () => {
    const titles = await titlesOn(fileIn('shop.yaml'));
    assert.ok(titles.includes('Trace from') && titles.includes('Trace to'), titles.join());
    assert.ok(
      titles.some((title) => /^\d+ policy applies$|^\d+ policies apply$/.test(title)),
      titles.join(),
    );
  });

  it('are turned off by a setting', async () => {
    const configuration = vscode.workspace.getConfiguration('podNetwork');
    await configuration.update('codeLens', false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await titlesOn(file), []);
    } finally {
      await configuration.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('try without a policy and with unsaved text in one panel, and leave the file alone', async () => {
    const text = (await vscode.workspace.fs.readFile(file)).toString();
    await vscode.commands.executeCommand('podNetwork.tryWithoutPolicy', {
      kind: 'NetworkPolicy',
      namespace: 'shop',
      name: 'closed',
    });
    await compared('Compare: as it is → without NetworkPolicy shop/closed');
    const editor = await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
    const end = editor.document.positionAt(editor.document.getText().length);
    await editor.edit((edit) => edit.insert(end, `---\n${policy('more')}`));
    await vscode.commands.executeCommand('podNetwork.tryUnsavedText', file.toString());
    await compared('Compare: lens.yaml as saved → lens.yaml with unsaved text');
    assert.equal(comparisons().length, 1);
    assert.equal((await vscode.workspace.fs.readFile(file)).toString(), text);
    await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});

describe('Compare Connectivity', () => {
  const run = (...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder().fsPath,
      encoding: 'utf8',
    });
  const hasGit = run('--version').status === 0;
  const file = fileIn('later.yaml');

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
    // The repository stays, as the folder goes with the run: VS Code's git extension fails loudly when one goes under it.
  });

  it('compares the working tree with the last commit', async function () {
    if (!hasGit) this.skip();
    for (const args of [
      ['init', '-q'],
      ['add', '-A'],
      ['commit', '-q', '-m', 'one'],
    ])
      assert.equal(run(...args).status, 0);
    await write(file, policy('later'));
    const git = vscode.extensions.getExtension<{
      getAPI(version: 1): { openRepository(root: vscode.Uri): Promise<unknown> };
    }>('vscode.git');
    assert.ok(git, 'VS Code has its git extension');
    await (await git.activate()).getAPI(1).openRepository(folder());
    await eventually('the policy in the cluster', async () =>
      (await titlesOn(file)).length > 0 ? true : undefined,
    );
    const asked = vscode.commands.executeCommand('podNetwork.compareConnectivity');
    let done = false;
    void asked.then(() => (done = true));
    // The first item of both quick picks: Git revision, then HEAD.
    await eventually('the comparison', async () => {
      await vscode.commands.executeCommand(accept);
      return done ? true : undefined;
    });
    await compared('Compare: HEAD → the working tree');
  });
});

/** Folders that cannot be read as users meet them: without permission, and on a network that does not answer. */
class Unreadable implements vscode.FileSystemProvider {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  /** Reads of files in `hanging` that were asked for. */
  asked = 0;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  stat({ path }: vscode.Uri): vscode.FileStat {
    const type = path.endsWith('.yaml') ? vscode.FileType.File : vscode.FileType.Directory;
    return { type, ctime: 0, mtime: 0, size: 0 };
  }
  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    if (uri.path === '/locked') throw vscode.FileSystemError.NoPermissions(uri);
    return [['pods.yaml', vscode.FileType.File]];
  }
  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    if (uri.path.startsWith('/secret/')) throw vscode.FileSystemError.NoPermissions(uri);
    this.asked++;
    return new Promise(() => undefined);
  }
  createDirectory = refuse;
  writeFile = refuse;
  delete = refuse;
  rename = refuse;
}

function refuse(): never {
  throw vscode.FileSystemError.NoPermissions();
}

describe('A comparison', () => {
  const files = new Unreadable();
  const log = vscode.window.createOutputChannel('Pod Network comparisons', { log: true });
  const loadEngine = (): Promise<typeof engine> => Promise.resolve(engine);
  const { extensionUri } = extension();
  const session = createSession({ loadEngine, extensionUri, log });
  const deps = { session, loadEngine, log, extensionUri };
  const panel = registerDiffPanel(deps, {
    show: () => Promise.reject(new Error('nobody traces here')),
    shown: undefined,
    column: undefined,
    dispose: () => undefined,
  });
  const made: { dispose(): unknown }[] = [panel, session, log];
  const at = (path: string): readonly vscode.Uri[] => [vscode.Uri.from({ scheme: 'podnet-test', path })];
  const read = (path: string, token: vscode.CancellationToken) =>
    readCluster(deps, at(path), undefined, token);

  before(() => {
    made.push(vscode.workspace.registerFileSystemProvider('podnet-test', files, { isReadonly: true }));
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const each of made) each.dispose();
  });

  it('rejects a folder, and a folder with a file, that may not be read, and names it', async () => {
    const { token } = new vscode.CancellationTokenSource();
    await assert.rejects(read('/locked', token), /\/locked cannot be read, so nothing was compared: /);
    await assert.rejects(
      read('/secret', token),
      /\/secret\/pods\.yaml cannot be read, so nothing was compared: /,
    );
  });

  it('stops reading when a newer one takes its place, and when its panel is closed', async () => {
    const cancelled: string[] = [];
    const hanging = (name: string): Promise<void> =>
      panel.show({
        before: name,
        after: 'the working tree',
        live: false,
        sides: async (token) => {
          token.onCancellationRequested(() => cancelled.push(name));
          const { cluster } = await read('/hanging', token);
          return { before: cluster, after: cluster };
        },
      });
    const first = hanging('first');
    await eventually('the first read', () => (files.asked === 1 ? true : undefined));
    const second = hanging('second');
    await first;
    await eventually('the second read', () => (files.asked === 2 ? true : undefined));
    assert.deepEqual(cancelled, ['first']);
    assert.equal(comparisons().length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await second;
    assert.deepEqual(cancelled, ['first', 'second']);
    assert.deepEqual(comparisons(), []);
  });
});
