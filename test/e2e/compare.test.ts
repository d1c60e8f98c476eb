// What would change, as a user sees it: a lens above a policy tries without it, the page tells which connections differ and why,
// and a file of expectations fails in the Test Explorer with its trace. Nothing is written.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
    },
  );
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
