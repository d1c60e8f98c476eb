// Answers: which end does the user mean? A quick pick whose items the engine filters, so that it stays quick with any number of
// pods; what is typed counts as well. Recently used ends come first while nothing is typed.
import * as vscode from 'vscode';
import type { EndItem, SearchRole } from '../features/search';
import type { Disposable } from '../load/store';
import type { End } from '../trace/query';
import type { Deps } from './deps';
import { escapeIcons } from './markdown';

export interface PickedEnd {
  readonly end: End;
  readonly port?: number | string | undefined;
}

export interface EndPickOptions {
  readonly title: string;
  readonly role: SearchRole;
  readonly step?: number | undefined;
  readonly totalSteps?: number | undefined;
  /** Show a button that goes back. */
  readonly back?: boolean | undefined;
}

interface EndPickItem extends vscode.QuickPickItem {
  readonly item?: EndItem;
}

/** Of this window, the newest first. */
const recentlyUsed: Readonly<Record<SearchRole, End[]>> = { source: [], destination: [] };
const mostRecent = 5;

/** @returns the end, `back`, or undefined when the user dismissed the pick. */
export async function pickEnd(deps: Deps, options: EndPickOptions): Promise<PickedEnd | 'back' | undefined> {
  const pick = vscode.window.createQuickPick<EndPickItem>();
  const gone: Disposable[] = [pick];
  try {
    pick.title = options.title;
    pick.step = options.step;
    pick.totalSteps = options.totalSteps;
    pick.placeholder =
      options.role === 'source'
        ? 'A pod, workload or node: ns/pod, Kind/ns/name, node/name; or an IP, also outside'
        : 'A pod, workload, Service or node: ns/pod, svc/ns/name:80, an IP, a DNS name, a URL';
    pick.buttons = options.back === true ? [vscode.QuickInputButtons.Back] : [];
    pick.busy = true;
    pick.show();
    const result = new Promise<PickedEnd | 'back' | undefined>((resolve) => {
      gone.push(
        pick.onDidAccept(() => {
          const item = pick.activeItems[0]?.item;
          if (item !== undefined) resolve({ end: item.end, port: item.port });
        }),
        pick.onDidTriggerButton(() => resolve('back')),
        pick.onDidHide(() => resolve(undefined)),
      );
    });
    const [engine, { cluster: first }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
    if (first.pods.length === 0)
      pick.placeholder = 'No pods were found. Open a folder with manifests, or the sample cluster.';
    const recent = (typed: string): readonly End[] => (typed === '' ? recentlyUsed[options.role] : []);
    const refresh = (): void => {
      const cluster = deps.session.current?.cluster;
      if (cluster !== undefined)
        pick.items = itemsFor(engine.searchEnds(cluster, pick.value, options.role), recent(pick.value));
    };
    gone.push(pick.onDidChangeValue(refresh), deps.session.onDidChangeState(refresh));
    refresh();
    pick.busy = false;
    const picked = await result;
    if (picked !== undefined && picked !== 'back') remember(picked.end, recentlyUsed[options.role]);
    return picked;
  } finally {
    vscode.Disposable.from(...gone).dispose();
  }
}

function itemsFor(found: readonly EndItem[], recentEnds: readonly End[]): EndPickItem[] {
  const recent = recentEnds.flatMap((end) => found.filter((item) => sameEnd(item.end, end)));
  const rest = found.filter((item) => !recent.includes(item));
  const items: EndPickItem[] = [];
  if (recent.length > 0)
    items.push({ label: 'recently used', kind: vscode.QuickPickItemKind.Separator }, ...recent.map(toItem));
  let kind: string | undefined;
  for (const item of rest) {
    if (item.kind !== kind) items.push({ label: item.kind, kind: vscode.QuickPickItemKind.Separator });
    kind = item.kind;
    items.push(toItem(item));
  }
  return items;
}

const icons: Readonly<Record<End['kind'], string>> = {
  pod: 'circle-large',
  workload: 'layers',
  service: 'globe',
  node: 'server',
  address: 'symbol-numeric',
  name: 'symbol-string',
};

/** The engine has filtered already: every item is to be shown whatever the label. */
function toItem(item: EndItem): EndPickItem {
  return {
    label: escapeIcons(item.label),
    iconPath: new vscode.ThemeIcon(icons[item.end.kind]),
    description: escapeIcons(item.description),
    alwaysShow: true,
    item,
  };
}

function remember(end: End, recent: End[]): void {
  const known = recent.findIndex((each) => sameEnd(each, end));
  if (known >= 0) recent.splice(known, 1);
  recent.unshift(end);
  recent.splice(mostRecent);
}

function sameEnd(a: End, b: End): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
