// The main job as a new user does it: open the folder, browse nodes, pods and pause containers, pick two ends, read the trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkbench } from './window';

for (const theme of ['light', 'dark', 'hc'] as const) {
  test(`the sample cluster is browsed and traced (${theme})`, async () => {
    await withWorkbench({ folder: 'media/sample', theme }, async (ui) => {
      await ui.openContainer('Pod Network');
      await ui.row('Cluster', 'Not scheduled');
      const nodes = await ui.rows('Cluster');
      assert.deepEqual(
        nodes.map(({ label }) => label),
        ['teahouse-control-plane', 'teahouse-worker', 'teahouse-worker2', 'Not scheduled'],
      );
      await ui.expand('Cluster', 'teahouse-worker');
      await ui.expand('Cluster', 'collector');
      const pause = await ui.row('Cluster', /^pause/);
      assert.match(pause.description, /holds net, ipc, uts, pid · PID 1, reaps zombies/);
      await ui.screenshot('cluster-view');

      await ui.command('Pod Network: Trace Connectivity');
      await ui.quickPickTitled('from');
      await ui.pick('shop/storefront-0');
      await ui.quickPickTitled('to');
      await ui.pick('shop/basket');
      const frame = await ui.webview('#app');
      await frame.getByText('Reachable').first().waitFor();
      await ui.screenshot('trace-panel');
      assert.deepEqual(await ui.axe(frame), []);
    });
  });
}

test('a trace that a policy stops leads to the line that decides', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'light' }, async (ui) => {
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/storefront-0');
    await ui.quickPickTitled('to');
    await ui.pick('payments/ledger-0');
    const frame = await ui.webview('#app');
    await frame.getByText('Unreachable').first().waitFor();
    await ui.screenshot('trace-dropped');
    const link = frame.getByText(/payments-policies\.yaml:[0-9]+/).first();
    const line = Number(/:([0-9]+)/.exec(await link.innerText())?.[1]);
    await link.click();
    await ui.page.getByText(`Ln ${line}`).first().waitFor();
    await ui.screenshot('trace-dropped-manifest');
    assert.deepEqual(await ui.axe(frame), []);
  });
});

test('the panel shows every way of a Service, and the answer', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'dark' }, async (ui) => {
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/basket-0');
    await ui.quickPickTitled('to');
    await ui.pick('svc/payments/gateway');
    const frame = await ui.webview('#app');
    await frame.getByText('payments/gateway-1').first().waitFor();
    await frame.getByRole('tab', { name: /Reply/ }).click();
    await ui.screenshot('trace-service-reply');
    assert.deepEqual(await ui.axe(frame), []);
  });
});
