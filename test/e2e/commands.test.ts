// The commands as a user meets them: welcome content, quick picks with their steps, actions on rows, files in and out.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withWorkbench } from './window';

const observedPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'seen', namespace: 'live', uid: '1' },
  spec: {
    nodeName: 'real-node',
    containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 80 }] }],
  },
  status: { phase: 'Running', hostIP: '192.0.2.4', podIP: '10.20.30.40', podIPs: [{ ip: '10.20.30.40' }] },
};

test('a folder without manifests offers the sample, a snapshot, and the way back', async () => {
  await withWorkbench({ files: { 'README.md': 'Nothing here.\n' }, theme: 'light' }, async (ui) => {
    await ui.openContainer('Pod Network');
    assert.match(await ui.welcome(), /No Kubernetes objects were found in the open folder/);
    await ui.screenshot('welcome');

    await ui.page.getByText('Open Sample Cluster').first().click();
    await ui.row('Cluster', 'teahouse-worker');
    const status = ui.page.locator('.statusbar-item', { hasText: 'Sample cluster' });
    await status.waitFor();
    await ui.screenshot('sample-open');
    await ui.expand('Cluster', 'teahouse-worker');
    await ui.rowMenu('Cluster', 'collector', 'Reveal in Manifest');
    await ui.page.locator('.tab.active', { hasText: 'monitoring.yaml' }).waitFor();

    await status.click();
    assert.match(await ui.welcome(), /No Kubernetes objects/);
    await status.waitFor({ state: 'hidden' });

    writeFileSync(join(ui.folder, 'snapshot.json'), JSON.stringify({ kind: 'List', items: [observedPod] }));
    await ui.row('Cluster', 'real-node');
  });
});

const impossibleService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'impossible', namespace: 'live' },
  spec: { ports: [{ port: 99999 }] },
};

test('a snapshot shows what was observed, nothing simulated, and what of it could not be used', async () => {
  await withWorkbench({ files: { 'README.md': '' } }, async (ui) => {
    const snapshot = join(ui.folder, '..', 'snapshot.json');
    const items = [observedPod, impossibleService];
    writeFileSync(snapshot, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await ui.command('Pod Network: Open Snapshot');
    await ui.pick('Files');
    await ui.file('Open Snapshot', snapshot);
    await ui.page.locator('.statusbar-item', { hasText: 'Snapshot' }).waitFor();
    await ui.expand('Cluster', 'real-node');
    const pod = await ui.row('Cluster', 'seen');
    assert.match(pod.description, /^10\.20\.30\.40/);
    assert.doesNotMatch(pod.description, /simulated/);

    await ui.notification(/The snapshot has a problem; what could be read is shown/);
    await ui.notificationAction('Show Problems');
    await ui.quickPickTitled('Problems of the snapshot');
    const [problem] = await ui.quickPickItems();
    assert.match(problem?.label ?? '', /snapshot\.json:1$/);
    await ui.screenshot('snapshot-problems');
    await ui.pick(/snapshot\.json/);
    await ui.page.locator('.tab.active', { hasText: 'snapshot.json' }).waitFor();
  });
});

test('source, destination and port are steps with a way back; typed ends count', async () => {
  await withWorkbench({ folder: 'media/sample' }, async (ui) => {
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    assert.match((await ui.quickPickTitle()).title, /1\/3/);
    await ui.screenshot('pick-source');
    await ui.pick('shop/storefront-0');
    await ui.quickPickTitled('to');
    assert.match((await ui.quickPickTitle()).title, /2\/3/);
    await ui.page.locator('.quick-input-left-action-bar .action-label').first().click();
    await ui.quickPickTitled('from');
    await ui.pick('shop/storefront-1');
    await ui.quickPickTitled('to');
    await ui.pick('203.0.113.7');
    await ui.quickPickTitled('port');
    assert.match((await ui.quickPickTitle()).title, /3\/3/);
    await ui.pick('443');
    const frame = await ui.webview('#app');
    await frame.getByText('203.0.113.7').first().waitFor();
    await ui.page
      .locator('.tab.active', { hasText: 'shop/storefront-1 to 203.0.113.7, TCP port 443' })
      .waitFor();

    // The page comes back with its picks after the window was loaded again.
    await ui.reload(/podNetwork\.trace.*203\.0\.113\.7/s);
    const again = await ui.webview('#app');
    await again.getByText('203.0.113.7').first().waitFor();
  });
});

test('rows trace, copy, explain namespaces; the view groups and filters', async () => {
  await withWorkbench({ folder: 'media/sample' }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.expand('Cluster', 'teahouse-worker');
    const pod = await ui.row('Cluster', 'collector');
    const address = /^[0-9.]+/.exec(pod.description)?.[0];
    // The status bar says it for a few seconds only, so it is watched before the click.
    await Promise.all([
      ui.page.locator('.statusbar-item', { hasText: `Copied ${address ?? 'nothing'}` }).waitFor(),
      ui.rowAction('Cluster', 'collector', 'Copy IP'),
    ]);
    assert.equal(await ui.clipboard(), address);

    const menu = await ui.rowMenu('Cluster', 'collector', 'Show Namespaces');
    for (const item of ['Trace from Here', 'Trace to Here', 'Copy IP', 'Reveal in Manifest'])
      assert.ok(menu.includes(item), menu.join(', '));
    await ui.quickPickTitled('Namespaces of pod monitoring/collector');
    const namespaces = await ui.quickPickItems();
    assert.deepEqual(
      namespaces.map(({ label }) => label),
      [
        'Network (net)',
        'Shared memory (ipc)',
        'Host name (uts)',
        'Processes (pid)',
        'Files (mnt)',
        'Users (user)',
      ],
    );
    await ui.screenshot('namespaces');
    await ui.page.keyboard.press('Escape');

    await ui.rowAction('Cluster', 'collector', 'Trace from Here');
    await ui.quickPickTitled('to');
    await ui.pick('shop/twins');
    await ui.webview('#app');

    await ui.command('Pod Network: Choose Grouping');
    await ui.pick('Namespace');
    await ui.row('Cluster', 'payments');
    await ui.command('Pod Network: Filter Cluster');
    await ui.input('ledger');
    await ui.rowGone('Cluster', 'monitoring');
    assert.deepEqual(
      (await ui.rows('Cluster')).filter(({ level }) => level === 1).map(({ label }) => label),
      ['payments'],
    );
    await ui.command('Pod Network: Clear Filter');
    await ui.row('Cluster', 'monitoring');
  });
});

test('Find IP names the owner of an address and leads to its manifest', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'light' }, async (ui) => {
    await ui.command('Pod Network: Find IP');
    await ui.pick(/is Service default\/kubernetes/, '10.96.0.1');
    await ui.page.keyboard.press('Escape');
    await ui.command('Pod Network: Find IP');
    await ui.pick(/^kubernetes|default\/kubernetes/, '10.96.0.1');
    await ui.screenshot('find-ip');
    await ui.page.keyboard.press('Escape');
    await ui.command('Pod Network: Find IP');
    await ui.pick(/neither an IP address/, 'teapot');
  });
});

test('a trace is exported as Markdown, Mermaid, SVG and JSON', async () => {
  await withWorkbench({ folder: 'media/sample' }, async (ui) => {
    await ui.command('Pod Network: Export Trace');
    await ui.notification(/There is no trace to export yet/);
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/storefront-0');
    await ui.quickPickTitled('to');
    await ui.pick('svc/shop/basket:80');
    await ui.webview('#app');
    for (const [label, name, start] of [
      ['Markdown', 'trace.md', '## '],
      ['Mermaid', 'trace.mmd', 'sequenceDiagram'],
      ['SVG', 'trace.svg', '<svg '],
      ['JSON', 'trace.json', '{'],
    ] as const) {
      await ui.command('Pod Network: Export Trace');
      await ui.quickPickTitled('Export');
      await ui.pick(label);
      const file = join(ui.folder, name);
      await ui.file('Export the trace', file);
      await ui.page.locator('.tab.active', { hasText: name }).waitFor();
      assert.ok(readFileSync(file, 'utf8').startsWith(start), name);
    }
  });
});
