// Answers: what do the pictures of the README show? The sample cluster in the running product; `npm run pictures` writes them
// to media/pictures/. They are not shipped.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/vscode/paths.mjs';
import type { Theme, Ui } from './ui';
import { withWorkbench } from './window';

const folder = join(root, 'media', 'pictures');

interface Picture {
  readonly name: string;
  readonly theme: Theme;
  readonly viewport: { readonly width: number; readonly height: number };
  /** Brings the window into the state to be shown. */
  readonly arrange: (ui: Ui) => Promise<void>;
}

const pictures: readonly Picture[] = [
  {
    name: 'cluster',
    theme: 'dark',
    viewport: { width: 870, height: 470 },
    arrange: async (ui) => {
      await ui.openContainer('Pod Network');
      await ui.widenSideBar(640);
      await ui.expand('Cluster', 'Not scheduled');
      await ui.expand('Cluster', 'teahouse-worker');
      await ui.expand('Cluster', 'collector');
    },
  },
  {
    name: 'trace',
    theme: 'dark',
    viewport: { width: 1180, height: 820 },
    arrange: async (ui) => {
      await trace(ui, 'shop/storefront-0', 'svc/shop/basket:80', 'Reachable');
      await ui.command('View: Close Primary Side Bar');
    },
  },
  {
    name: 'dropped',
    theme: 'light',
    viewport: { width: 1280, height: 700 },
    arrange: async (ui) => {
      await ui.openFile('payments-policies.yaml');
      await trace(ui, 'shop/storefront-0', 'payments/ledger-0', 'Unreachable');
      await ui.command('View: Close Primary Side Bar');
      const frame = await ui.webview('#app');
      await frame.locator('.drops .policy-line .link').last().click();
      await ui.page.locator('.statusbar-item', { hasText: /selected/ }).waitFor();
    },
  },
  {
    name: 'matrix',
    theme: 'dark',
    viewport: { width: 1180, height: 640 },
    arrange: async (ui) => {
      await ui.command('Pod Network: Show Connectivity Matrix');
      await ui.command('View: Close Primary Side Bar');
      const frame = await ui.webview('.matrix');
      await frame.locator('.grid [role=gridcell]').first().waitFor({ state: 'attached' });
      await frame.locator('.grid [tabindex="0"]').focus();
      // The name of the fifth row, gateway, lists its connections; the sixth cell of the row is that to ledger.
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowLeft', 'Enter'])
        await ui.page.keyboard.press(key);
      await frame.getByRole('heading', { name: 'payments/gateway' }).waitFor();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight'])
        await ui.page.keyboard.press(key);
      await frame.locator('.detail', { hasText: 'payments/gateway → payments/ledger: TCP 9000' }).waitFor();
    },
  },
];

async function trace(ui: Ui, from: string, to: string, verdict: string): Promise<void> {
  await ui.command('Pod Network: Trace Connectivity');
  await ui.quickPickTitled('from');
  await ui.pick(from);
  await ui.quickPickTitled('to');
  await ui.pick(to);
  const frame = await ui.webview('#app');
  await frame.getByText(verdict).first().waitFor();
}

mkdirSync(folder, { recursive: true });
for (const { name, theme, viewport, arrange } of pictures) {
  const settings = { 'editor.minimap.enabled': false, 'editor.stickyScroll.enabled': false };
  await withWorkbench({ folder: 'media/sample', theme, viewport, settings }, async (ui) => {
    await arrange(ui);
    const path = join(folder, `${name}.png`);
    await ui.page.screenshot({ path });
    console.log(path);
  });
}
