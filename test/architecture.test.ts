// Answers: does every file import only what its place in the house allows? The table and the checker are in architecture.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { impureGlobals, sourceImports, violations } from './architecture';

const pureFolders = [
  'model',
  'load',
  'simulate',
  'dataplane',
  'policy',
  'trace',
  'analysis',
  'features',
  'diagram',
  'protocol',
];

function filesBelow(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

const house = [...filesBelow('src'), ...filesBelow('webview')];

describe('the house', () => {
  it('has every file import only what its place allows', () => {
    assert.ok(house.length > 100, `only ${house.length} files were found`);
    assert.deepEqual(violations(house.map(({ path, text }) => sourceImports(path, text))), []);
  });

  it('keeps clocks, chance, the environment and output out of the pure folders', () => {
    const pure = house.filter(({ path }) => pureFolders.some((folder) => path.startsWith(`src/${folder}/`)));
    assert.ok(pure.length > 80, `only ${pure.length} files were found`);
    const impure = pure.flatMap(({ path, text }) =>
      impureGlobals(text).map((name) => `${path} uses ${name}`),
    );
    assert.deepEqual(impure, []);
  });
});

describe('the checker', () => {
  const wrong: readonly (readonly [path: string, text: string])[] = [
    ['src/model/pod.ts', "import { parse } from '../load/parse';"],
    ['src/model/pod.ts', "import ipaddr from 'ipaddr.js';"],
    ['src/load/store.ts', "import { simulate } from '../simulate/simulate';"],
    ['src/load/store.ts', "import type { Placement } from '../simulate/scheduling';"],
    ['src/policy/judge.ts', "export { walk } from '../dataplane/walk';"],
    ['src/trace/ends.ts', "import { treeRows } from '../features/tree';"],
    ['src/features/hover.ts', "import * as vscode from 'vscode';"],
    ['src/features/hover.ts', "import type { Hover } from 'vscode';"],
    ['src/features/hover.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/features/hover.ts', "const fs = await import('fs');"],
    ['src/features/traceText.ts', "import { traceSvg } from '../diagram/svg';"],
    ['src/diagram/rows.ts', "import { placeWords } from '../features/traceWords';"],
    ['src/protocol/messages.ts', "import { traceView } from '../features/traceView';"],
    ['src/vscode/tree.ts', "import { treeRows } from '../features/tree';"],
    ['src/vscode/tree.ts', "import type { Reader } from '../desktop/read';"],
    ['src/vscode/engine.ts', "import * as vscode from 'vscode';"],
    ['src/cli/main.ts', "import { toRange } from '../vscode/convert';"],
    ['src/extension.web.ts', "import { readPath } from './desktop/read';"],
    ['webview/app.ts', "import { traceView } from '../src/features/traceView';"],
    ['webview/app.ts', "import { vsCodeButton } from '@vscode/webview-ui-toolkit';"],
    ['webview/app.ts', "import type { Deps } from '../src/vscode/deps';"],
    ['webview/app.ts', "import { states } from '../test/webview/states';"],
    ['src/shared/text.ts', 'export {};'],
  ];
  for (const [path, text] of wrong) {
    it(`refuses ${text} in ${path}`, () => {
      // A file that is in no part of the house is refused whatever it imports.
      assert.equal(violations([sourceImports(path, text)]).length, 1);
    });
  }

  const right: readonly (readonly [path: string, text: string])[] = [
    ['src/model/address.ts', "import ipaddr from 'ipaddr.js';"],
    ['src/features/hover.ts', "import { lookupOf } from '../model/lookup';"],
    ['src/vscode/tree.ts', "import type { TreeRow } from '../features/tree';"],
    ['src/vscode/deps.ts', "export type Engine = typeof import('./engine');"],
    ['webview/app.ts', "import type { TraceView } from '../src/features/traceViewShape';"],
    ['webview/diagram.ts', "import { layOut } from '../src/diagram/layout';"],
    ['src/cli/main.ts', "import { traceSvg } from '../diagram/svg';"],
    ['webview/toolkit.ts', "import { vsCodeButton } from '@vscode/webview-ui-toolkit';"],
  ];
  for (const [path, text] of right) {
    it(`lets ${text} stand in ${path}`, () => {
      assert.deepEqual(violations([sourceImports(path, text)]), []);
    });
  }

  it('finds the globals that make a function impure, and no member or local of the same name', () => {
    assert.deepEqual(impureGlobals('export const now = () => Date.now() + Math.random();'), [
      'Date',
      'Math.random',
    ]);
    assert.deepEqual(impureGlobals('export const f = () => { console.log(process.env); };'), [
      'console',
      'process',
    ]);
    assert.deepEqual(impureGlobals('export const f = (document: Doc) => document.process + x.Date;'), []);
    assert.deepEqual(impureGlobals('for (const document of all) use({ process: document });'), []);
  });
});
