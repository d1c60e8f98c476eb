// Traces beyond pods of one kind of network: a client outside that comes in by a node port, and a tunnel between nodes under a chosen
// profile, with all profiles side by side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkbench } from './window';

test('a client outside is picked like a pod, and reaches a node port by each node', async () => {
  await withWorkbench(
    { folder: 'media/sample', theme: 'light', viewport: { width: 1800, height: 1100 } },
    async (ui) => {
      await ui.command('Pod Network: Trace Connectivity');
      await ui.quickPickTitled('from');
      await ui.screenshot('pick-source-outside');
      await ui.pick(/203\.0\.113\.10/, 'outside');
      await ui.quickPickTitled('to');
      await ui.pick('svc/shop/storefront:80');
      const frame = await ui.webview('#app');
      await frame.getByText('by node teahouse-worker to').first().waitFor();
      const drawn = await frame.locator('.diagram').first().getAttribute('aria-label');
      assert.match(drawn ?? '', /^Diagram of the request: 203\.0\.113\.10, then gateway, then node /);
      await frame.getByText('DNAT destination').first().waitFor();
      await ui.screenshot('trace-node-port');
      await frame.getByRole('tab', { name: /Reply/ }).click();
      await frame.getByText('leaves the cluster').first().waitFor();
      await ui.screenshot('trace-node-port-reply');
      assert.deepEqual(await ui.axe(frame), []);
    },
  );
});

test('a tunnel is drawn around the packet, and the profiles are compared', async () => {
  await withWorkbench(
    { folder: 'media/sample', theme: 'dark', settings: { 'podNetwork.cni': 'flannel-vxlan' } },
    async (ui) => {
      await ui.command('Pod Network: Trace Connectivity');
      await ui.quickPickTitled('from');
      await ui.pick('shop/storefront-0');
      await ui.quickPickTitled('to');
      await ui.pick('shop/storefront-1');
      const frame = await ui.webview('#app');
      await frame.getByText('VXLAN tunnel').first().waitFor();
      await frame.getByText('flannel with VXLAN, kube-proxy in iptables mode').waitFor();
      await frame.getByText('the nodes must let', { exact: false }).first().waitFor();
      await ui.screenshot('trace-vxlan');
      await frame.getByRole('switch', { name: 'Compare profiles' }).click();
      await frame.locator('.headline', { hasText: 'All 17 profiles agree: Reachable' }).waitFor();
      await ui.screenshot('trace-compared');
      await frame.locator('.comparison tr', { hasText: 'cilium-native' }).first().getByRole('radio').check();
      await frame.getByText('not as this cluster is').waitFor();
      assert.deepEqual(await ui.axe(frame), []);
    },
  );
});
