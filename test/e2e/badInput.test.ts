// Folders as people really have them: charts that are not rendered, broken files, names that carry markup. Nothing hangs, what
// is wrong is said, and markup stays text wherever it is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkbench } from './window';

const template = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers: [{ name: web, image: web }]
`;

const name = '<img src=x onerror=alert(1)>';
const markup = `apiVersion: v1
kind: Pod
metadata: { name: "${name}", namespace: "[quit](command:workbench.action.quit)", labels: { app: "<b>bold</b>" } }
spec:
  nodeName: "**one** $(zap)"
  containers: [{ name: "<i>c</i>", image: "http://evil.example/x.png", ports: [{ containerPort: 80 }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: "client $(zap)" }
spec: { nodeName: "**one** $(zap)", containers: [{ name: c, image: c }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: "<u>closed</u>", namespace: "[quit](command:workbench.action.quit)" }
spec: { podSelector: {}, policyTypes: [Ingress] }
`;

test('a folder with nothing but Helm templates is told what to do, and templates are not called broken', async () => {
  await withWorkbench({ files: { 'templates/web.yaml': template } }, async (ui) => {
    await ui.openContainer('Pod Network');
    assert.match(await ui.welcome(), /holds Helm templates[^]*helm template \. > rendered\.yaml/);
    await ui.page.getByText('Show Templates').first().click();
    const problems = ui.page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'This file is a template with {{ }} actions' }).waitFor();
    assert.equal(await problems.filter({ hasText: /yaml\.syntax/ }).count(), 0);
    await ui.screenshot('welcome-templates');
  });
});

test('a folder whose only manifest is broken leads to its problem; mended, it shows its pod', async () => {
  const broken =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: mended\nspec: { containers: [{ name: c, image: c }] }\n';
  await withWorkbench({ files: { 'pod.yaml': broken } }, async (ui) => {
    await ui.openContainer('Pod Network');
    assert.match(await ui.welcome(), /have problems, and no Kubernetes object could be read/);
    await ui.page.getByText('Show Problems').first().click();
    await ui.page.locator('.markers-panel .monaco-list-row', { hasText: 'until it is mended' }).waitFor();
    await ui.openFile('pod.yaml');
    await ui.goTo(3, 25);
    await ui.page.keyboard.type(' }');
    await ui.expand('Cluster', /^worker-\d 172\..* 1 pod/);
    await ui.row('Cluster', 'mended');
  });
});

test('names that carry markup are text in the tree, in tooltips, in quick picks and in the panel', async () => {
  await withWorkbench({ files: { 'markup.yaml': markup } }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.expand('Cluster', '**one** $(zap)');
    await ui.expand('Cluster', name);
    const tooltip = await ui.tooltip('Cluster', name);
    assert.ok(tooltip.includes(`[quit](command:workbench.action.quit)/${name}`), tooltip);
    assert.ok(tooltip.includes('**one** $(zap)'), tooltip);
    assert.match(await ui.tooltip('Cluster', '<i>c</i>'), /Image: http:\/\/evil\.example\/x\.png/);
    assert.equal(await ui.page.locator('.monaco-hover a, .monaco-hover img').count(), 0);

    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    const offered = (await ui.quickPickItems()).map(({ label }) => label);
    assert.ok(offered.includes('default/client $(zap)'), offered.join('; '));
    await ui.pick('default/client $(zap)');
    await ui.quickPickTitled('to');
    await ui.pick(/img src/, 'img');
    const frame = await ui.webview('#app');
    await frame.getByText(`<u>closed</u>`).first().waitFor();
    assert.equal(await frame.locator('#app :is(img, u, i, b)').count(), 0);
    await ui.screenshot('markup');
    assert.deepEqual(ui.consoleErrors(), []);
  });
});
