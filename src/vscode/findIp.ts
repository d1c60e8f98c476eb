// Answers: whose address is this? Find IP asks for one and shows its owners, ranges and conflicts; an owner opens its manifest.
import * as vscode from 'vscode';
import type { AddressReport } from '../features/lookup';
import type { Location } from '../model/source';
import { reveal } from './convert';
import type { Deps } from './deps';
import { escapeIcons } from './markdown';

interface ReportItem extends vscode.QuickPickItem {
  readonly at?: Location | undefined;
}

export async function findIp(deps: Deps): Promise<void> {
  const pick = vscode.window.createQuickPick<ReportItem>();
  try {
    pick.title = 'Find IP';
    pick.placeholder = 'An address or a range: 10.244.1.7, fd00::1, 10.244.0.0/16';
    pick.value = selectedAddress();
    pick.busy = true;
    pick.show();
    const chosen = new Promise<Location | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const at = pick.activeItems[0]?.at;
        if (at !== undefined) resolve(at);
      });
      pick.onDidHide(() => resolve(undefined));
    });
    const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
    const refresh = (value: string): void => {
      pick.items = value.trim() === '' ? [] : reportItems(engine.lookupAddress(cluster, value));
    };
    pick.onDidChangeValue(refresh);
    refresh(pick.value);
    pick.busy = false;
    const at = await chosen;
    if (at !== undefined) await reveal(at);
  } finally {
    pick.dispose();
  }
}

function reportItems(report: AddressReport): ReportItem[] {
  const owners = report.owners.slice(0, 200).map((owner): ReportItem => ({
    label: escapeIcons(owner.namespace === '' ? owner.name : `${owner.namespace}/${owner.name}`),
    description: [
      owner.kind,
      owner.kind === 'Pod' && owner.node !== undefined ? `on ${owner.node}` : '',
      `(${owner.provenance})`,
    ]
      .filter(Boolean)
      .map(escapeIcons)
      .join(' '),
    iconPath: new vscode.ThemeIcon(
      owner.kind === 'Pod' ? 'circle-large' : owner.kind === 'Node' ? 'server' : 'globe',
    ),
    alwaysShow: true,
    at: owner.at,
  }));
  const facts = report.facts.map(({ text, provenance, at }): ReportItem => ({
    label: escapeIcons(text),
    description: `(${provenance})`,
    alwaysShow: true,
    at,
  }));
  const heading: ReportItem = {
    label: escapeIcons(report.summary),
    alwaysShow: true,
    iconPath: new vscode.ThemeIcon('info'),
    at: report.owners[0]?.at,
  };
  const separator: ReportItem = { label: 'what is known', kind: vscode.QuickPickItemKind.Separator };
  return [heading, ...owners, ...(facts.length === 0 ? [] : [separator, ...facts])];
}

/** The word under the cursor when it looks like an address; so that Find IP answers at once. */
function selectedAddress(): string {
  const editor = vscode.window.activeTextEditor;
  const range = editor?.document.getWordRangeAtPosition(
    editor.selection.active,
    /[0-9a-fA-F:.]*[0-9a-fA-F](\/[0-9]{1,3})?/,
  );
  const word = range === undefined ? '' : (editor?.document.getText(range) ?? '');
  return /^([0-9]+\.){3}[0-9]+(\/[0-9]+)?$|^[0-9a-fA-F]*:[0-9a-fA-F:]*(\/[0-9]+)?$/.test(word) ? word : '';
}
