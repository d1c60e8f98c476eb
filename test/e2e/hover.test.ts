// Hovers as a user sees them: the mouse over a manifest, the answer in bold, a link that asks for the other end of a trace, and
// names with markup that stay text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ui } from './ui';
import { withWorkbench } from './window';

/** The hover at a fragment of a file of the folder, on its second character. */
async function hoverOn(ui: Ui, file: string, fragment: string): Promise<string> {
  const text = readFileSync(join(ui.folder, file), 'utf8');
  const at = text.indexOf(fragment);
  assert.ok(at >= 0, `${fragment} in ${file}`);
  const before = text.slice(0, at).split('\n');
  const shown = await ui.hover(before.length, (before.at(-1) ?? '').length + 2, 15_000);
  // It fades in.
  await ui.page.waitForTimeout(300);
  return shown;
}

for (const theme of ['light', 'dark'] as const) {
  test(`manifests answer under the mouse (${theme})`, async () => {
    await withWorkbench({ folder: 'media/sample', theme }, async (ui) => {
      await openWithLenses(ui, 'payments.yaml');
      assert.match(
        await hoverOn(ui, 'payments.yaml', 'port: 443'),
        /TCP 443 of Service payments\/gateway leads to TCP 8443/,
      );
      await ui.screenshot('hover-port');
      assert.match(
        await hoverOn(ui, 'payments.yaml', 'Deployment'),
        /Deployment payments\/gateway has 2 pods/,
      );
      await ui.screenshot('hover-workload');
      await openWithLenses(ui, 'payments-policies.yaml', 'Try Without');
      assert.match(
        await hoverOn(ui, 'payments-policies.yaml', 'podSelector:\n    matchLabels:\n      app: gateway'),
        /Selects 2 pods: payments\/gateway-0, payments\/gateway-1/,
      );
      await ui.screenshot('hover-selector');
      await openWithLenses(ui, 'monitoring.yaml');
      assert.match(
        await hoverOn(ui, 'monitoring.yaml', 'hostNetwork: true'),
        /puts the pod on its node's network/,
      );
      await ui.screenshot('hover-host-network');
      await ui.openFile('kind-cluster.yaml');
      assert.match(
        await hoverOn(ui, 'kind-cluster.yaml', '10.244.0.0/16'),
        /10\.244\.0\.0\/16 holds 10 pod addresses/,
      );
      await ui.screenshot('hover-range');
    });
  });
}

test('one link of a hover opens the line that decides, another asks for the other end of a trace', async () => {
  await withWorkbench({ folder: 'media/sample', theme: 'light' }, async (ui) => {
    await openWithLenses(ui, 'payments.yaml');
    await hoverOn(ui, 'payments.yaml', 'port: 443');
    await ui.page.locator('.monaco-hover:visible a', { hasText: 'payments-policies.yaml:' }).click();
    await ui.page.locator('.tab.active', { hasText: 'payments-policies.yaml' }).waitFor();

    await openWithLenses(ui, 'payments.yaml');
    await hoverOn(ui, 'payments.yaml', 'port: 443');
    await ui.page.locator('.monaco-hover:visible a', { hasText: 'Trace to here' }).click();
    await ui.quickPickTitled('from');
    await ui.pick('shop/basket-0');
    await ui.page
      .locator('.tab.active', { hasText: 'Trace: shop/basket-0 to svc/payments/gateway' })
      .waitFor();
  });
});

test('markup in a name is text in a hover', async () => {
  const name = '<img src=x onerror=alert(1)> $(bug) [x](command:workbench.action.quit) https://evil.example';
  const pod = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: '${name}'\n  namespace: odd\nspec: { containers: [] }\n`;
  await withWorkbench({ files: { 'odd.yaml': pod } }, async (ui) => {
    await ui.openFile('odd.yaml');
    const text = await hoverOn(ui, 'odd.yaml', 'Pod');
    assert.ok(text.includes(`Pod odd/${name} has 10.244.`), text);
    const hover = ui.page.locator('.monaco-hover:visible');
    assert.equal(await hover.locator('img, .codicon-bug').count(), 0);
    const targets = await hover
      .locator('a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('data-href')));
    assert.deepEqual(
      targets.filter((target) => target?.startsWith('command:podNetwork.trace?') !== true),
      [],
    );
    await ui.screenshot('hover-odd');
  });
});

/** Lenses that come later move the lines, and VS Code then takes a hover away. */
async function openWithLenses(ui: Ui, file: string, hasText = 'Trace from'): Promise<void> {
  await ui.openFile(file);
  await ui.page.locator('.codelens-decoration:visible', { hasText }).first().waitFor();
}
