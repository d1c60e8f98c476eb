// Checks of policies and Allow This Connection in a real VS Code: diagnostics of what is open, quick fixes that can be undone, and a
// rule that is written only when it is confirmed.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { codesIn, eventually, extension, fileIn, tracePanels, write } from './extension';

const policy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n${spec}`;

const onlyEgress = policy(
  'egress',
  '  podSelector:\n    matchLabels: { app: web } # the shop\n  egress:\n    - {}\n',
);
/** Its finding tells that it has been read. */
const denied = policy(
  'db',
  '  podSelector:\n    matchLabels: { app: db }\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector:\n        matchLabels: { app: nobody }\n',
);

function expectCode(uri: vscode.Uri, code: string, there: boolean): Promise<true> {
  return eventually(`${code} ${there ? 'in' : 'gone from'} ${uri.path}`, () =>
    codesIn(uri).includes(code) === there ? true : undefined,
  );
}

describe('Checks of policies', () => {
  const open = fileIn('open.yaml');
  const closed = fileIn('closed.yaml');
  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('podNetwork');

  before(async () => {
    await vscode.commands.executeCommand('podNetwork.cluster.focus');
    await write(open, onlyEgress);
    await write(closed, policy('nobody', '  podSelector:\n    matchLabels: { app: nobody }\n'));
    await vscode.window.showTextDocument(open, { preview: false });
  });

  after(async () => {
    await vscode.window.showTextDocument(open);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await settings().update('checks', undefined, vscode.ConfigurationTarget.Workspace);
    for (const uri of [open, closed]) await vscode.workspace.fs.delete(uri);
    await vscode.workspace.fs.delete(fileIn('.vscode'), { recursive: true });
  });

  it('stand in manifests that are open, with a code that leads to what it means', async () => {
    await expectCode(open, 'policy.types-by-default', true);
    const [found] = vscode.languages.getDiagnostics(open);
    assert.ok(found !== undefined && typeof found.code === 'object');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Warning);
    const page = await vscode.workspace.openTextDocument(found.code.target.with({ fragment: '' }));
    const line = Number(found.code.target.fragment.slice(1)) - 1;
    assert.equal(page.lineAt(line).text, '## policy.types-by-default');
    assert.ok(page.uri.path.startsWith(extension().extensionUri.path));
  });

  it('are mended by a quick fix, which is undone like any edit', async () => {
    const document = await vscode.workspace.openTextDocument(open);
    const [found] = vscode.languages.getDiagnostics(open);
    assert.ok(found);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      open,
      found.range,
    );
    const titles = actions.map(({ title }) => title).filter((title) => /policyTypes|Ignore/.test(title));
    assert.deepEqual(titles, [
      'Add policyTypes: [Egress]',
      'Add policyTypes: [Ingress, Egress]',
      'Ignore policy.types-by-default here, by a comment',
    ]);
    const [first] = actions.filter(({ title }) => title === titles[0]);
    assert.ok(first?.edit);
    await vscode.workspace.applyEdit(first.edit);
    assert.equal(
      document.getText(),
      onlyEgress.replace('  egress:', '  policyTypes:\n    - Egress\n  egress:'),
    );
    await expectCode(open, 'policy.types-by-default', false);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), onlyEgress);
    await expectCode(open, 'policy.types-by-default', true);
  });

  it('are turned off by the setting, and by a comment', async () => {
    await settings().update(
      'checks',
      { 'policy.types-by-default': 'off' },
      vscode.ConfigurationTarget.Workspace,
    );
    await expectCode(open, 'policy.types-by-default', false);
    await settings().update('checks', undefined, vscode.ConfigurationTarget.Workspace);
    await expectCode(open, 'policy.types-by-default', true);
    await write(open, `# podnet-ignore: policy.types-by-default\n${onlyEgress}`);
    await expectCode(open, 'policy.types-by-default', false);
    await write(open, onlyEgress);
    await expectCode(open, 'policy.types-by-default', true);
  });

  it('look at files that are not open only when asked', async () => {
    assert.deepEqual(codesIn(closed), []);
    await vscode.commands.executeCommand('podNetwork.check');
    await expectCode(closed, 'policy.selects-nothing', true);
  });
});

describe('Allow This Connection', () => {
  const file = fileIn('db-policy.yaml');

  before(async () => {
    await write(file, denied);
    await vscode.window.showTextDocument(file, { preview: false });
    await vscode.commands.executeCommand('podNetwork.cluster.focus');
    await expectCode(file, 'policy.empty-peer', true);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  });

  async function diffShown(): Promise<void> {
    await eventually('the diff', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ input }) => input instanceof vscode.TabInputTextDiff)
        ? true
        : undefined,
    );
  }

  it('changes nothing when it is dismissed, and writes the smallest rule when it is confirmed', async () => {
    await vscode.commands.executeCommand('podNetwork.trace', { from: 'shop/web', to: 'shop/db:5432' });
    await eventually('the trace', () =>
      tracePanels().some(({ label }) => label === 'Trace: shop/web to shop/db, TCP port 5432')
        ? true
        : undefined,
    );
    const document = await vscode.workspace.openTextDocument(file);
    const dismissed = vscode.commands.executeCommand('podNetwork.allowConnection');
    await diffShown();
    let done = false;
    void dismissed.then(() => (done = true));
    await eventually('the dismissal', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return done ? true : undefined;
    });
    assert.equal(document.getText(), denied);

    const confirmed = vscode.commands.executeCommand('podNetwork.allowConnection');
    await diffShown();
    done = false;
    void confirmed.then(() => (done = true));
    await eventually('the change', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return done ? true : undefined;
    });
    assert.equal(
      document.getText(),
      `${denied}  - from:\n    - podSelector:\n        matchLabels:\n          app: web\n    ports:\n    - protocol: TCP\n      port: 5432\n`,
    );
    assert.equal(document.isDirty, true, 'it is the user who saves');
    assert.equal(vscode.window.activeTextEditor?.document, document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), denied);
  });
});
