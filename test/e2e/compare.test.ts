// What would change, as a user sees it: a lens above a policy tries without it, the page tells which connections differ and why,
// and a file of expectations fails in the Test Explorer with its trace. Nothing is written.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ui } from './ui';
import { withWorkbench } from './window';

const policies = 'payments-policies.yaml';

/** @param above which of the policies of the file, from 0. */
async function clickLens(ui: Ui, title: string, above: number): Promise<void> {
  await ui.page.locator('.codelens-decoration a', { hasText: title }).nth(above).click({ timeout: 30_000 });
}

for (const theme of ['light', 'dark'] as const) {
  test(`trying without a policy tells which connections would disappear, and by which edit (${theme})`, async () => {
    await withWorkbench(
      { folder: 'media/sample', theme, viewport: { width: 1700, height: 1000 } },
      async (ui) => {
        const saved = readFileSync(join(ui.folder, policies), 'utf8');
        await ui.openFile(policies);
        await ui.page.locator('.codelens-decoration', { hasText: 'selects 3 pods' }).first().waitFor();
        await clickLens(ui, 'Try Without This Policy', 1);
        const frame = await ui.webview('#app');
        await frame
          .getByRole('heading', { name: /connections? disappears?/ })
          .first()
          .waitFor();
        await frame.getByText('without NetworkPolicy payments/gateway-from-shop').waitFor();
        await frame
          .getByRole('button', { name: /^Why, / })
          .first()
          .click();
        await frame.locator('.diff-why dd').nth(1).waitFor();
        await ui.screenshot('try-without');
        assert.deepEqual(await ui.axe(frame), []);
        await frame.getByRole('button', { name: 'Copy as Markdown' }).click();
        await ui.page.waitForTimeout(300);
        assert.match(await ui.clipboard(), /^### Pod network: \d+ connections? disappears?/);
        assert.equal(readFileSync(join(ui.folder, policies), 'utf8'), saved);
      },
    );
  });
}

test('the comparison follows what is typed, and the page works in high contrast', async () => {
  await withWorkbench(
    { folder: 'media/sample', theme: 'hc', viewport: { width: 1700, height: 1000 } },
    async (ui) => {
      await ui.openFile(policies);
      await ui.goTo(28, 20);
      await ui.page.keyboard.press('End');
      await ui.page.keyboard.type(' ');
      await clickLens(ui, 'Try With Unsaved Text', 0);
      const frame = await ui.webview('#app');
      await frame.getByText('The same connections are permitted.').first().waitFor();
      await ui.page.locator('.tab', { hasText: policies }).first().click();
      await ui.goTo(28, 1);
      await ui.page.keyboard.press('End');
      for (let step = 0; step < 'gateway '.length; step++) await ui.page.keyboard.press('Backspace');
      await ui.page.keyboard.type('none');
      await frame
        .getByRole('heading', { name: /connections? disappears?/ })
        .first()
        .waitFor();
      await frame.getByText('podSelector: app=gateway → app=none').waitFor();
      await ui.screenshot('try-unsaved');
      assert.deepEqual(await ui.axe(frame), []);
      // A policy that cannot be read is told, and not only missing.
      await ui.page.locator('.tab', { hasText: policies }).first().click();
      await ui.goTo(28, 1);
      await ui.page.keyboard.press('End');
      await ui.page.keyboard.type(': x');
      await frame
        .getByText(/^Not everything in .* with unsaved text could be used: payments-policies\.yaml:28: /)
        .waitFor();
      await ui.screenshot('try-unsaved-broken');
    },
  );
});

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: main, image: x }] }
`;
const pods = `${pod('web')}---\n${pod('db')}`;
const guard = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: shop }
spec: { podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress] }
`;

test('the working tree is compared with a folder and with a snapshot, and two snapshots with each other', async () => {
  await withWorkbench({ files: { 'pods.yaml': pods, 'guard.yaml': guard }, theme: 'light' }, async (ui) => {
    const beside = (name: string): string => join(ui.folder, '..', name);
    mkdirSync(beside('older'));
    writeFileSync(join(beside('older'), 'pods.yaml'), `${pods}---\nkind: [Pod\n`);
    writeFileSync(beside('now.yaml'), `${pods}---\n${guard}`);
    writeFileSync(beside('then.yaml'), pods);

    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Folder/);
    await ui.file('Compare with: before', beside('older'));
    const frame = await ui.webview('#app');
    await frame.getByRole('heading', { name: '2 connections disappear' }).first().waitFor();
    await frame.getByText('NetworkPolicy shop/guard').first().waitFor();
    await frame.getByText(/^Not everything in .*older could be used: .*pods\.yaml:\d+: /).waitFor();
    await ui.screenshot('compare-folder');
    assert.deepEqual(await ui.axe(frame), []);

    // Leaving a question unanswered changes nothing.
    await ui.command('Pod Network: Compare Connectivity');
    await ui.page.keyboard.press('Escape');
    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Snapshot/);
    await ui.quickPickTitled('Compare with: before');
    await ui.page.keyboard.press('Escape');
    await frame.getByRole('heading', { name: '2 connections disappear' }).first().waitFor();

    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Snapshot/);
    await ui.file('Compare with: before', beside('now.yaml'));
    await frame.getByText('The same connections are permitted.').first().waitFor();
    assert.equal(await frame.getByText(/could be used/).count(), 0);

    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Two snapshots/);
    await ui.file('Compare with: before', beside('now.yaml'));
    await ui.file('Compare with: after', beside('then.yaml'));
    await frame.getByRole('heading', { name: '2 connections appear' }).first().waitFor();
    assert.deepEqual(await ui.notifications(), []);
    assert.deepEqual(ui.consoleErrors(), []);
  });
});

test('a folder that holds no objects, or a file that cannot be read, is said where the comparison would stand', async () => {
  await withWorkbench({ files: { 'pods.yaml': pods } }, async (ui) => {
    const beside = (name: string): string => join(ui.folder, '..', name);
    for (const name of ['empty', 'broken', 'pipe']) mkdirSync(beside(name));
    writeFileSync(join(beside('empty'), 'notes.txt'), 'no manifest');
    symlinkSync('nowhere.yaml', join(beside('broken'), 'link.yaml'));
    assert.equal(spawnSync('mkfifo', [join(beside('pipe'), 'pipe.yaml')]).status, 0);
    const compareWith = async (name: string): Promise<void> => {
      await ui.command('Pod Network: Compare Connectivity');
      await ui.pick(/^ ?Folder/);
      await ui.file('Compare with: before', beside(name));
    };
    await compareWith('empty');
    const frame = await ui.webview('#app');
    const complaint = frame.getByRole('alert');
    await complaint.getByText(/empty holds no Kubernetes objects, so there is nothing to compare/).waitFor();
    await compareWith('broken');
    await complaint.getByText(/link\.yaml cannot be read, so nothing was compared: .*link/).waitFor();
    await ui.screenshot('compare-unreadable');
    await compareWith('pipe');
    await complaint.getByText(/pipe\.yaml cannot be read, so nothing was compared: /).waitFor();
    assert.deepEqual(await ui.notifications(), []);
  });
});

const expectations = `expectations:
  - from: shop/storefront-0
    to: svc/shop/basket:80
    expect: reachable
  - from: shop/storefront-0
    to: svc/payments/gateway:443
    expect: reachable
    why: the shop pays
`;

test('an expectation that is not met fails in the Test Explorer, with its trace', async () => {
  await withWorkbench(
    { folder: 'media/sample', files: { 'net.podnet.yaml': expectations }, theme: 'light' },
    async (ui) => {
      await ui.openFile('net.podnet.yaml');
      await ui.page.locator('.testing-run-glyph').nth(1).waitFor({ timeout: 30_000 });
      await ui.command('Test: Run All Tests');
      await ui.page
        .locator('.codicon-testing-failed-icon, .testing-run-glyph.codicon-testing-failed-icon')
        .first()
        .waitFor({ timeout: 30_000 });
      await ui.openContainer('Testing');
      // VS Code unfolds a file with a failure by itself, unless the machine is slow.
      const file = ui.page.getByRole('treeitem', { name: /net\.podnet\.yaml/ }).first();
      if ((await file.getAttribute('aria-expanded')) === 'false') {
        await file.click();
        await ui.page.keyboard.press('ArrowRight');
      }
      await ui.page.getByText('shop/storefront-0 to svc/payments/gateway:443: reachable').first().waitFor();
      await ui.command('Test: Peek Output').catch(() => undefined);
      await ui.page
        .getByText(/found unreachable: .*Dropped by NetworkPolicy isolation/)
        .first()
        .waitFor();
      await ui.screenshot('expectations');
      await ui.page.getByRole('link', { name: 'Show the trace' }).first().click();
      const frame = await ui.webview('#app');
      await frame.getByRole('heading', { name: 'Unreachable' }).waitFor();
      await ui.screenshot('expectation-trace');
    },
  );
});
