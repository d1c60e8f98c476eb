// Policies checked and opened as a user does it: findings with quick fixes in the editor, and from a trace that a policy stops the
// smallest rule, looked at before it is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkbench } from './window';

test('a connection that a policy stops is allowed by the smallest rule, once it is confirmed', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'dark' }, async (ui) => {
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/storefront-0');
    await ui.quickPickTitled('to');
    await ui.pick('payments/ledger-0');
    const frame = await ui.webview('#app');
    await frame.getByText('Unreachable').first().waitFor();
    await frame.getByRole('button', { name: 'Allow This Connection…' }).click();
    await ui.quickPickTitled('Allow This Connection');
    await ui.page.locator('.tab.active', { hasText: 'payments-policies.yaml: as proposed' }).waitFor();
    await ui.screenshot('allow-proposal');
    assert.deepEqual(await ui.axe(frame), []);
    const row = ui.page.locator('.quick-input-list .monaco-list-row');
    // Every word of a long sentence is in sight: it has rows of its own.
    await row
      .filter({ hasText: /^NetworkPolicy payments\/ledger-from-gateway gets an ingress rule/ })
      .waitFor();
    await row.filter({ hasText: /TCP 9000\./ }).waitFor();
    const cutOff = await row
      .locator('.label-name')
      .evaluateAll((labels) =>
        labels
          .filter(
            (label) =>
              label.parentElement && label.parentElement.scrollWidth > label.parentElement.clientWidth,
          )
          .map((label) => label.textContent),
      );
    assert.deepEqual(cutOff, []);
    await row.filter({ hasText: 'It opens nothing else.' }).waitFor();
    await ui.pick(/Write this change/);
    await frame.getByRole('heading', { name: 'Reachable', exact: true }).waitFor();
    await ui.page.locator('.tab.active.dirty', { hasText: 'payments-policies.yaml' }).waitFor();
    await ui.screenshot('allow-written');
    assert.deepEqual(ui.consoleErrors(), []);
  });
});

const slips = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: basket
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: basket
  egress:
    - to:
        - podSelector:
            matchLabels:
              app: gateway
`;

test('findings stand in Problems with their codes', async () => {
  const pods = `apiVersion: v1\nkind: Pod\nmetadata: { namespace: shop, name: basket, labels: { app: basket } }\nspec: { containers: [{ name: a, image: a }] }\n`;
  await withWorkbench({ files: { 'policy.yaml': slips, 'pods.yaml': pods }, theme: 'light' }, async (ui) => {
    await ui.command('Pod Network: Check Pod Network');
    for (const code of ['policy.no-dns', 'policy.types-by-default', 'policy.empty-peer'])
      await ui.page.locator('.markers-panel', { hasText: code }).waitFor();
    await ui.openFile('policy.yaml');
    await ui.screenshot('checks');
    assert.deepEqual(ui.consoleErrors(), []);
  });
});
