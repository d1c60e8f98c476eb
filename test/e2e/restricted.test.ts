// Restricted Mode, as a user of a folder from somewhere else meets it: everything is shown, and nothing of the folder is run. The
// folder is a git repository whose configuration would run a program of the folder as soon as somebody asks git for its status.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withWorkbench } from './window';

test('in a workspace that is not trusted everything is shown, git is not run, and the comparison says why', async () => {
  await withWorkbench({ folder: 'media/sample', restricted: true, theme: 'light' }, async (ui) => {
    const [trap, sprung, older] = ['trap.sh', 'sprung', 'older'].map((name) => join(ui.folder, '..', name));
    assert.ok(trap !== undefined && sprung !== undefined && older !== undefined);
    writeFileSync(trap, `#!/bin/sh\ntouch '${sprung}'\n`);
    chmodSync(trap, 0o755);
    const git = (...args: readonly string[]) =>
      spawnSync('git', ['-C', ui.folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
    const hasGit = git('init', '-q').status === 0;
    if (hasGit) {
      assert.equal(git('add', '-A').status, 0);
      assert.equal(git('commit', '-q', '-m', 'one').status, 0);
      assert.equal(git('config', 'core.fsmonitor', trap).status, 0);
    }

    await ui.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await ui.openContainer('Pod Network');
    await ui.expand('Cluster', 'teahouse-worker');
    await ui.rowAction('Cluster', 'collector', 'Trace from Here');
    await ui.pick('payments/ledger-0');
    const frame = await ui.webview('#app');
    await frame
      .getByRole('heading', { name: /Reachable|Unreachable/ })
      .first()
      .waitFor();
    await ui.openFile('payments-policies.yaml');
    assert.match(await ui.hover(8, 9), /default-deny/);

    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Git revision needs a trusted workspace, because it runs git/);
    assert.match(await ui.notification(/trusted workspace/), /compare with a folder/);
    await ui.screenshot('restricted');
    mkdirSync(older);
    writeFileSync(join(older, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: {}\n');
    await ui.command('Pod Network: Compare Connectivity');
    await ui.pick(/^ ?Folder/);
    await ui.file('Compare with: before', older);
    const comparison = await ui.webview('#diff-title');
    await comparison
      .getByRole('heading', { name: /connections? appears?/ })
      .first()
      .waitFor();

    assert.equal(existsSync(sprung), false, 'a program of the folder was run');
    if (hasGit) {
      git('status');
      assert.equal(existsSync(sprung), true, 'the trap works');
    }
    assert.deepEqual(ui.consoleErrors(), []);
  });
});
