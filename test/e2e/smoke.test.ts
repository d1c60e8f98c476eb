// Says that the ring itself works: VS Code opens the sample cluster with the packaged extension installed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWorkbench } from './window';

test('VS Code lists the files of the folder it opened', async () => {
  await withWorkbench(
    { files: { 'shop/web.yaml': 'kind: Pod\n', 'README.md': 'A folder.\n' } },
    async (ui) => {
      const rows = await ui.rows('Files Explorer');
      assert.deepEqual(
        rows.map((row) => row.label),
        ['shop', 'README.md'],
      );
    },
  );
});

test('the palette offers the commands of the packaged extension', async () => {
  await withWorkbench({ folder: 'media/sample' }, async (ui) => {
    await ui.offersCommand('Pod Network: Trace Connectivity');
  });
});
