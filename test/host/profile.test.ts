// The CNI profile as a user chooses it: by the palette into the settings of the workspace, by the settings themselves; the open
// trace follows at once. What the trace says is read from an export, as the page's text is out of reach here.
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { eventually, fileIn, tracePanels } from './extension';

const accept = 'workbench.action.acceptSelectedQuickOpenItem';
const next = 'workbench.action.quickOpenSelectNext';
const exported = fileIn('trace.md');

function written(name: string): string | undefined {
  return vscode.workspace.getConfiguration('podNetwork').inspect<string>(name)?.workspaceValue;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/** Accepts what the quick pick shows, moved down by so many items, until `done`. */
async function acceptUntil(what: string, done: () => Promise<boolean> | boolean, down = 0): Promise<void> {
  await eventually(what, async () => {
    if (await done()) return true;
    // A list that is not there yet cannot be moved in.
    if (down > 0) await delay(300);
    for (let step = 0; step < down; step++) await vscode.commands.executeCommand(next);
    await vscode.commands.executeCommand(accept);
    return (await done()) ? true : undefined;
  });
}

/** Exports the open trace as Markdown, the first of the formats, and reads the line about its profile. */
async function profileOfTrace(): Promise<string> {
  if (await exists(exported)) await vscode.workspace.fs.delete(exported);
  const exporting = vscode.commands.executeCommand('podNetwork.exportTrace');
  await acceptUntil('the exported trace', () => exists(exported));
  await exporting;
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(exported));
  return (/^- Profile: (.*)$/m.exec(text)?.[1] ?? text).replaceAll('\\', '');
}

async function profileBecomes(start: string): Promise<void> {
  await eventually(`a trace with ${start}`, async () => {
    const shown = await profileOfTrace();
    return shown.startsWith(start) ? true : undefined;
  });
}

describe('The CNI profile', () => {
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration();

  before(async () => {
    // Dialogs as quick inputs, also on a desktop.
    await configuration().update('files.simpleDialog.enable', true, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('podNetwork.trace', { from: 'shop/web', to: 'shop/db:5432' });
    // The title tells that there is a trace to export.
    await eventually('the trace', () =>
      tracePanels().some(({ label }) => label === 'Trace: shop/web to shop/db, TCP port 5432')
        ? true
        : undefined,
    );
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of ['podNetwork.cni', 'podNetwork.kubeProxyMode', 'files.simpleDialog.enable'])
      await configuration().update(name, undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.workspace.fs.delete(exported);
    await vscode.workspace.fs.delete(fileIn('.vscode'), { recursive: true });
  });

  it('is what the manifests tell, or an assumption, at first', async () => {
    await profileBecomes('Linux bridge with host routes, kube-proxy in iptables mode');
  });

  it('follows the settings while the trace is open', async () => {
    await configuration().update('podNetwork.cni', 'flannel-vxlan', vscode.ConfigurationTarget.Workspace);
    await profileBecomes('flannel with VXLAN, kube-proxy in iptables mode');
    await configuration().update('podNetwork.kubeProxyMode', 'ipvs', vscode.ConfigurationTarget.Workspace);
    await profileBecomes('flannel with VXLAN, kube-proxy in ipvs mode');
  });

  it('is detected where the setting cannot be used', async () => {
    await configuration().update('podNetwork.cni', 'carrier-pigeon', vscode.ConfigurationTarget.Workspace);
    await profileBecomes('Linux bridge with host routes');
  });

  /** Takes these items of both lists; how soon a list is there is VS Code's business, so it may take another try. */
  async function choose(down: number, expected: readonly (string | undefined)[]): Promise<void> {
    await eventually(`the choice ${expected.join(', ')}`, async () => {
      let done = false;
      const choosing = vscode.commands.executeCommand('podNetwork.chooseCni').then(() => (done = true));
      await acceptUntil('the end of the choice', () => done, down);
      await choosing;
      const made = [written('cni'), written('kubeProxyMode')];
      return made.every((value, index) => value === expected[index]) ? true : undefined;
    });
  }

  it('is chosen by two quick picks, which write the settings of the workspace', async () => {
    // The third of both lists: automatic, bridge, kindnet; automatic, iptables, nftables.
    await choose(2, ['kindnet', 'nftables']);
    await profileBecomes('kindnet (point-to-point veths), kube-proxy in nftables mode');
  });

  it('goes back to detection by the first item, which leaves no settings behind', async () => {
    await choose(0, [undefined, undefined]);
    await profileBecomes('Linux bridge with host routes');
  });
});
