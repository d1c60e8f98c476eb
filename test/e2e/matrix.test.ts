// The Connectivity Matrix in VS Code: cells of the sample, keyboard, a port, the list beside it, a trace out of a cell, and what
// survives a reload of the window.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from 'playwright-core';
import { withWorkbench } from './window';

/** The element that has the focus, by its name, once that ends differently than in "not read yet". */
async function focused(frame: Frame): Promise<string> {
  const label = await frame.waitForFunction(() => {
    const name = document.activeElement?.getAttribute('aria-label') ?? '';
    return name === '' || name.endsWith('not read yet') ? undefined : name;
  });
  return String(await label.jsonValue());
}

test('the matrix is read by keyboard, lists a workload, opens a trace, and comes back as it was', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'light' }, async (ui) => {
    await ui.command('Pod Network: Show Connectivity Matrix');
    let frame = await ui.webview('.matrix');
    await frame.locator('.grid [role=gridcell]').first().waitFor({ state: 'attached' });
    await frame.locator('.summary', { hasText: 'workloads in 3 namespaces' }).waitFor();

    await frame.locator('.grid [tabindex="0"]').focus();
    await ui.page.keyboard.press('Control+Home');
    const to = frame.locator('.grid [role=columnheader][aria-label="to payments/ledger"]');
    const from = frame.locator('.grid [role=rowheader][aria-label="from payments/gateway"]');
    const [column, row] = [
      await to.getAttribute('aria-colindex'),
      await from.locator('..').getAttribute('aria-rowindex'),
    ];
    for (let step = 2; step < Number(row); step++) await ui.page.keyboard.press('ArrowDown');
    for (let step = 2; step < Number(column); step++) await ui.page.keyboard.press('ArrowRight');
    assert.equal(await focused(frame), 'payments/gateway to payments/ledger: some ports');
    await frame.locator('.detail', { hasText: 'payments/gateway → payments/ledger: TCP 9000' }).waitFor();
    await ui.screenshot('matrix-cell');
    assert.deepEqual(await ui.axe(frame), []);

    await ui.page.keyboard.press('Home');
    await ui.page.keyboard.press('ArrowLeft');
    await ui.page.keyboard.press('Enter');
    await frame.getByRole('heading', { name: 'payments/gateway' }).waitFor();
    await ui.setTheme('dark');
    await ui.screenshot('matrix-list');
    await ui.setTheme('hc');
    assert.deepEqual(await ui.axe(frame), []);
    await ui.screenshot('matrix-list');

    await ui.reload(/podNetwork\.matrix.*payments\/gateway\[Deployment\]/s);
    frame = await ui.webview('.matrix');
    await frame.getByRole('heading', { name: 'payments/gateway' }).waitFor();
    await frame
      .getByRole('region', { name: 'may connect to' })
      .getByRole('button', { name: 'payments/ledger' })
      .click();
    const trace = await ui.webview('.diagram');
    await trace.getByText('Reachable').first().waitFor();
    await ui.page.locator('.tab', { hasText: 'TCP port 9000' }).first().waitFor();
  });
});
