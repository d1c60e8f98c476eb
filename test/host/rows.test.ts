// Rows of the views as VS Code gets them, from the session of a real window: states, icons, context values and tooltips. What the
// rows say is tested in test/features; how they look and are opened, in the end-to-end tests.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as engine from '../../src/vscode/engine';
import { createSession } from '../../src/vscode/clusterSession';
import type { TreeRow } from '../../src/features/tree';
import { RowTree } from '../../src/vscode/rowTree';
import { eventually, extension, fileIn, write } from './extension';

const file = fileIn('rows.yaml');
const manifest = `apiVersion: v1
kind: Pod
metadata: { name: target, namespace: rows, labels: { app: target } }
spec: { containers: [{ name: main, image: x }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: rows }
spec:
  podSelector: { matchLabels: { app: target } }
  ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: idle, namespace: rows }
spec: { podSelector: { matchLabels: { app: gone } } }
`;

describe('Rows of the Policies view', () => {
  const log = vscode.window.createOutputChannel('Pod Network rows', { log: true });
  const loadEngine = (): Promise<typeof engine> => Promise.resolve(engine);
  const { extensionUri } = extension();
  let filter = '';
  let session: ReturnType<typeof createSession>;
  let tree: RowTree;

  before(async () => {
    await write(file, manifest);
    session = createSession({ loadEngine, extensionUri, log });
    tree = new RowTree({ session, loadEngine, log, extensionUri }, (made, { cluster }, row) =>
      made.policyRows(cluster, filter, row?.id),
    );
  });

  after(async () => {
    tree.dispose();
    session.dispose();
    log.dispose();
    await vscode.workspace.fs.delete(file);
  });

  /** The row whose label begins so, found level by level. */
  async function open(...labels: readonly string[]): Promise<TreeRow> {
    let row: TreeRow | undefined;
    for (const label of labels)
      row = await eventually(`the row ${label}`, async () =>
        (await tree.getChildren(row)).find((each) => each.label.startsWith(label)),
      );
    assert.ok(row);
    return row;
  }

  it('open from a tier down to the pods that a policy selects and that its rules admit', async () => {
    const policy = ['NetworkPolicy', 'rows', 'guard'];
    for (const path of [
      [...policy, '1 pod', 'target'],
      [...policy, 'Ingress rule 1', 'from ', 'target'],
    ]) {
      const pod = await open(...path);
      const item = tree.getTreeItem(pod);
      assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.None);
      assert.match(item.contextValue ?? '', /\bcanTrace\b/);
      assert.match(item.accessibilityInformation?.label ?? '', /pod target in namespace rows/);
    }
    const item = tree.getTreeItem(await open(...policy));
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    assert.match(item.contextValue ?? '', /\bhasManifest\b/);
    assert.equal(item.description, 'selects 1 pod · isolates ingress');
  });

  it('mark a policy that selects nothing by icon and in words, and are found by that', async () => {
    const idle = await open('NetworkPolicy', 'rows', 'idle');
    const { iconPath, description } = tree.getTreeItem(idle);
    assert.ok(iconPath instanceof vscode.ThemeIcon && iconPath.color !== undefined);
    assert.match(typeof description === 'string' ? description : '', /^selects no pod/);
    const { tooltip } = tree.resolveTreeItem(new vscode.TreeItem(''), idle);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /app.*gone/);
    filter = 'selects:nothing namespace:rows';
    try {
      const namespace = await open('NetworkPolicy', 'rows');
      assert.deepEqual(
        (await tree.getChildren(namespace)).map(({ label }) => label),
        ['idle'],
      );
    } finally {
      filter = '';
    }
  });
});
