// Choosing the CNI profile as a user does: the palette says what was detected and why, and the tree and the open trace follow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withWorkbench } from './window';

test('a chosen CNI profile goes into the workspace settings; the tree and the open trace follow', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'light' }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.expand('Cluster', 'teahouse-worker');
    await ui.expand('Cluster', 'collector');
    await ui.row('Cluster', /^eth0 .*veth/);
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/storefront-0');
    await ui.quickPickTitled('to');
    await ui.pick('svc/shop/basket:80');
    const frame = await ui.webview('#app');
    await frame.getByText('kindnet (point-to-point veths), kube-proxy in iptables mode').waitFor();

    await ui.command('Pod Network: Choose CNI Profile');
    await ui.quickPickTitled('CNI profile');
    const [first] = await ui.quickPickItems();
    assert.equal(first?.label, 'Automatic');
    assert.match(first.description, /^now kindnet/);
    await ui.screenshot('choose-cni');
    await ui.pick('Calico with IPIP');
    await ui.quickPickTitled('kube-proxy mode');
    await ui.pick('kube-proxy with nftables');

    await ui.row('Cluster', /^eth0 .*cali/);
    await frame.getByText('Calico with IPIP, kube-proxy in nftables mode').waitFor();
    const settings = readFileSync(join(ui.folder, '.vscode', 'settings.json'), 'utf8');
    assert.match(settings, /"podNetwork\.cni": "calico-ipip"/);
    assert.match(settings, /"podNetwork\.kubeProxyMode": "nftables"/);
  });
});
