// Answers: which CNI profile and kube-proxy mode shall count? Two quick picks with what is detected first; the answer goes into
// the settings of the workspace, and everything that is shown follows them.
import * as vscode from 'vscode';
import type { ChoiceItem } from '../features/profileChoice';
import type { Deps } from './deps';
import { settings } from './ids';
import { escapeIcons } from './markdown';

export async function chooseProfile(deps: Deps): Promise<void> {
  const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
  const cni = await pick(
    engine.cniItems(cluster),
    'CNI profile',
    'Devices, encapsulation and masquerading follow from it',
  );
  if (cni === undefined) return;
  const { choice } = engine.readChoice({ cni });
  const mode = await pick(
    engine.kubeProxyItems(cluster, choice.cni),
    'kube-proxy mode',
    'Who translates the addresses of Services, and how',
  );
  if (mode === undefined) return;
  await store(settings.cni, cni);
  await store(settings.kubeProxyMode, mode);
}

async function pick(
  items: readonly ChoiceItem[],
  title: string,
  placeHolder: string,
): Promise<string | undefined> {
  const shown = items.map(({ value, label, description, detail, chosen }) => ({
    value,
    label: escapeIcons(label),
    description: escapeIcons(chosen ? `${description} · chosen` : description),
    detail: escapeIcons(detail),
  }));
  const picked = await vscode.window.showQuickPick(shown, { title, placeHolder, matchOnDescription: true });
  return picked?.value;
}

/** For the workspace where there is one. `auto` is only written where it has to win over the user's own setting. */
async function store(name: string, value: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('podNetwork');
  const { defaultValue, globalValue } = configuration.inspect<string>(name) ?? {};
  const { ConfigurationTarget } = vscode;
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const without = inWorkspace ? (globalValue ?? defaultValue) : defaultValue;
  await configuration.update(
    name,
    value === without ? undefined : value,
    inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global,
  );
}
