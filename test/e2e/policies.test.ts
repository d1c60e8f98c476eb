// The Policies view as a user meets it: tiers, what a policy selects and admits, the way to the line, and pods to trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tierManifests } from '../features/tiersCluster';
import { withWorkbench } from './window';

test('the Policies view leads from a tier to the pods that a rule concerns, and to its line', async () => {
  await withWorkbench({ files: tierManifests }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.widenSideBar(760);
    await ui.toggleView('Policies');
    await ui.toggleView('Cluster');
    await ui.row('Policies', 'Not judged');
    const tiers = await ui.rows('Policies');
    assert.deepEqual(
      tiers.map(({ label }) => label),
      ['Admin', 'NetworkPolicy', 'Baseline', 'Not judged'],
    );
    await ui.expand('Policies', 'Admin');
    await ui.expand('Policies', 'guard');
    await ui.expand('Policies', /^Ingress rule 1/);
    await ui.expand('Policies', /^from every pod in namespaces team=shop/);
    const web = await ui.row('Policies', /^web /);
    assert.match(web.aria, /pod web in namespace shop/);
    await ui.expand('Policies', 'Not judged');
    await ui.expand('Policies', 'Cilium');
    assert.match((await ui.row('Policies', 'l7')).description, /may allow or deny ingress/);
    await ui.screenshot('policies');
    await ui.setTheme('light');
    await ui.screenshot('policies');
    await ui.rowMenu('Policies', /^Ingress rule 1/, 'Reveal in Manifest');
    await ui.page.locator('.statusbar-item', { hasText: /Ln 8/ }).waitFor();
    assert.deepEqual(ui.consoleErrors(), []);
  });
});

test('without policies the view says what that means', async () => {
  const pods = { 'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [] }\n' };
  await withWorkbench({ files: pods }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.command('Pod Network: Focus on Policies View');
    assert.match(await ui.welcome(), /no network policy/);
  });
});
