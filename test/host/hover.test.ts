// Hovers as VS Code gets them: Markdown in which names are text, one trusted command, and nothing about objects that are not in
// the cluster that is shown. What hovers say is tested in test/features.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, fileIn, tracePanels, write } from './extension';

/** The hover of this extension at the first place of `words` in the file; undefined for none. */
async function hoverOn(file: vscode.Uri, words: string): Promise<vscode.MarkdownString | undefined> {
  const document = await vscode.workspace.openTextDocument(file);
  const offset = document.getText().indexOf(words);
  assert.ok(offset >= 0, `${words} in ${file.path}`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    file,
    document.positionAt(offset + 1),
  );
  const contents = hovers.flatMap((hover) => hover.contents);
  return contents.find(
    (content) => content instanceof vscode.MarkdownString && content.value.startsWith('**'),
  ) as vscode.MarkdownString | undefined;
}

/** Markdown as it is read: without the backslashes that keep signs from being markup. */
function readable(markdown: vscode.MarkdownString | undefined): string {
  return (markdown?.value ?? '').replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

const odd = `apiVersion: v1
kind: Pod
metadata:
  name: '<img src=x> $(bug) https://evil.example [x](command:workbench.action.quit)'
  namespace: odd
spec:
  containers: [{ name: a, image: a, ports: [{ containerPort: 80 }] }]
`;

describe('Hovers', () => {
  const files = ['odd.yaml', 'list.json', 'plain.yaml', 'hidden.yaml'].map((name) => fileIn(name));
  const [oddFile, json, plain, hidden] = files;

  before(async () => {
    assert.ok(oddFile && json && plain && hidden);
    await write(oddFile, odd);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'in-json', namespace: 'odd' } };
    const spec = { containers: [{ name: 'a', image: 'a' }] };
    await write(json, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ ...pod, spec }] }, null, 2));
    await write(plain, 'name: web\naddress: 10.244.0.1\n');
    await write(hidden, odd.replace(/name: '.*'/, 'name: hidden'));
    await vscode.commands.executeCommand('podNetwork.cluster.focus');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const file of files) await vscode.workspace.fs.delete(file);
  });

  it('say who has a name in YAML, and in JSON', async () => {
    assert.match(readable(await hoverOn(fileIn('shop.yaml'), 'web')), /^\*\*Pod shop\/web has 10\.244\./);
    assert.ok(json);
    const found = await eventually('the pod of the JSON file', () => hoverOn(json, 'in-json'));
    assert.match(readable(found), /^\*\*Pod odd\/in-json has 10/);
  });

  it('take what is not saved', async () => {
    const editor = await vscode.window.showTextDocument(fileIn('shop.yaml'));
    const { document } = editor;
    const start = document.positionAt(document.getText().indexOf('8080'));
    await editor.edit((edit) => edit.replace(new vscode.Range(start, start.translate(0, 4)), '8099'));
    assert.match(readable(await hoverOn(document.uri, '8099')), /TCP 8099/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('show a name with markup as text, and trust no command but the trace', async () => {
    assert.ok(oddFile);
    const markdown = await eventually('the odd pod', () => hoverOn(oddFile, '<img'));
    assert.deepEqual(markdown.isTrusted, { enabledCommands: ['podNetwork.trace'] });
    assert.equal(markdown.supportHtml ?? false, false);
    assert.equal(markdown.supportThemeIcons ?? false, false);
    for (const markup of [/(?<!\\)</, /\]\(command:workbench/, /https:/, /(?<!\\)\$/])
      assert.doesNotMatch(markdown.value, markup);
  });

  it('lead to a trace', async () => {
    const value = (await hoverOn(fileIn('shop.yaml'), 'web'))?.value ?? '';
    const link = /\[Trace to here\]\(command:podNetwork\.trace\?([^)]*)\)/.exec(value)?.[1] ?? '';
    const [argument] = JSON.parse(decodeURIComponent(link)) as readonly [{ readonly to: string }];
    assert.deepEqual(argument, { to: 'shop/web' });
    await vscode.commands.executeCommand('podNetwork.trace', { ...argument, from: 'shop/db' });
    await eventually('the trace', () =>
      tracePanels().some(({ label }) => label.startsWith('Trace: shop/db to shop/web')) ? true : undefined,
    );
  });

  it('stay out of files that are no manifests', async () => {
    assert.ok(plain);
    assert.equal(await hoverOn(plain, '10.244'), undefined);
  });

  it('speak of addresses only in files that are not read', async () => {
    assert.ok(hidden);
    const configuration = vscode.workspace.getConfiguration();
    const setting = 'podNetwork.files.exclude';
    await eventually('the pod of the file', () => hoverOn(hidden, 'hidden'));
    await configuration.update(setting, ['hidden.yaml'], vscode.ConfigurationTarget.Workspace);
    await eventually('its end', async () =>
      (await hoverOn(hidden, 'hidden')) === undefined ? true : undefined,
    );
    await configuration.update(setting, undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.workspace.fs.delete(fileIn('.vscode'), { recursive: true });
    await eventually('the pod again', () => hoverOn(hidden, 'hidden'));
  });

  it('say nothing of objects of the workspace while the sample is shown', async () => {
    await vscode.commands.executeCommand('podNetwork.openSample');
    assert.equal(await hoverOn(fileIn('shop.yaml'), 'web'), undefined);
    await vscode.commands.executeCommand('podNetwork.openWorkspace');
    await eventually('the pod of the workspace', () => hoverOn(fileIn('shop.yaml'), 'web'));
  });
});
