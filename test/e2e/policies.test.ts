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

test('the filter of the Policies view leads to what a policy selects and admits; a button clears it', async () => {
  await withWorkbench({ files: tierManifests }, async (ui) => {
    await ui.openContainer('Pod Network');
    await ui.widenSideBar(760);
    await ui.toggleView('Policies');
    await ui.toggleView('Cluster');
    await ui.row('Policies', 'Admin');
    await ui.viewAction('Policies', 'Filter Policies');
    assert.match((await ui.quickPickTitle()).placeholder, /selects:nothing/);
    await ui.input('selects:shop/cache tier:network');
    await ui.viewMessage('Filter "selects:shop/cache tier:network": 1 of 8 policies.');
    await ui.rowGone('Policies', 'Admin');
    await ui.expand('Policies', 'NetworkPolicy');
    await ui.expand('Policies', 'shop');
    await ui.expand('Policies', 'cache');
    await ui.expand('Policies', '1 pod');
    assert.match((await ui.row('Policies', /^cache .*shop/)).aria, /pod cache in namespace shop/);
    await ui.expand('Policies', /^Ingress rule 1 admits from 1 of 4 pods/);
    await ui.expand('Policies', /^from podSelector app=api/);
    assert.match((await ui.row('Policies', /^api .*shop/)).aria, /pod api in namespace shop/);
    await ui.row('Policies', /^TCP 6379/);
    assert.deepEqual(
      (await ui.rows('Policies')).filter(({ level }) => level === 5).map(({ label }) => label),
      [
        'cache',
        'from podSelector app=api in namespace shop',
        'from podSelector app=none in namespace shop',
        'TCP 6379',
        'TCP redis',
      ],
    );
    await ui.screenshot('policies-filter');
    await ui.setTheme('light');
    await ui.screenshot('policies-filter');
    await ui.viewAction('Policies', 'Clear Policy Filter');
    await ui.row('Policies', 'Admin');
    await ui.row('Policies', 'Not judged');
    await ui.command('Pod Network: Filter Policies');
    await ui.input('nowhere');
    await ui.viewMessage('No policy of 8 matches "nowhere".');
    await ui.tree('Policies').waitFor({ state: 'hidden' });
    assert.equal(await ui.page.locator('.welcome-view-content:visible').count(), 0);
    await ui.command('Pod Network: Clear Policy Filter');
    await ui.row('Policies', 'Admin');
    assert.deepEqual(ui.consoleErrors(), []);
  });
});

test('what an admin policy denies is not offered to be allowed; the panel and the command say which rule has to change', async () => {
  // Two admin policies of one priority leave it open; one decides.
  const { 'policies.yaml': policies = '', ...others } = tierManifests;
  const files = {
    ...others,
    'policies.yaml': policies.replace('priority: 10\n  subject: { pods', 'priority: 20\n  subject: { pods'),
  };
  await withWorkbench({ files, theme: 'light' }, async (ui) => {
    await ui.command('Pod Network: Trace Connectivity');
    await ui.quickPickTitled('from');
    await ui.pick('shop/web');
    await ui.quickPickTitled('to');
    await ui.pick('bank/vault');
    const frame = await ui.webview('#app');
    await frame.getByText(/^No NetworkPolicy can let this through: AdminNetworkPolicy guard/).waitFor();
    assert.equal(await frame.getByRole('button', { name: /Allow This Connection/ }).count(), 0);
    assert.deepEqual(await ui.axe(frame), []);
    await ui.screenshot('denied-admin');
    await ui.command('Pod Network: Allow This Connection');
    await ui.notification(/AdminNetworkPolicy guard is asked before all of them/);
    await ui.screenshot('denied-admin-told');
    await ui.notificationAction('Show Rule');
    await ui.page.locator('.tab.active', { hasText: 'policies.yaml' }).waitFor();
    await ui.page.locator('.statusbar-item', { hasText: /Ln 8/ }).waitFor();
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
