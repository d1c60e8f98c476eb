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
