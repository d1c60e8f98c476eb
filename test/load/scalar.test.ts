// YAML scalars as Kubernetes reads them (sigs.k8s.io/yaml goyaml.v2/resolve.go).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePlain } from '../../src/load/scalar';
import type { ScalarValue } from '../../src/load/syntax';

const cases: readonly (readonly [written: string, value: ScalarValue])[] = [
  ['', null],
  ['~', null],
  ['null', null],
  ['nULL', 'nULL'],
  ['y', true],
  ['Yes', true],
  ['on', true],
  ['ON', true],
  ['n', false],
  ['No', false],
  ['off', false],
  ['oN', 'oN'],
  ['true', true],
  ['tRue', 'tRue'],
  ['0', 0],
  ['-0', 0],
  ['8080', 8080],
  ['+5', 5],
  ['-12', -12],
  ['1_000', 1000],
  ['010', 8],
  ['0o10', 8],
  ['0b101', 5],
  ['-0x1F', -31],
  ['08', 8],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1.', 1],
  ['1e3', 1000],
  ['35e4', 350000],
  ['29357e882', '29357e882'],
  ['0x1ffffffffffffffff', '0x1ffffffffffffffff'],
  ['.inf', Infinity],
  ['-.Inf', -Infinity],
  ['1:30', '1:30'],
  ['190:20:30', '190:20:30'],
  ['2026-01-01', '2026-01-01'],
  ['10.244.1.5', '10.244.1.5'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['-', '-'],
  ['.', '.'],
  ['0b12', '0b12'],
  ['v1', 'v1'],
];

for (const [written, value] of cases) {
  test(`plain \`${written}\` is ${typeof value === 'string' ? 'text' : String(value)}`, () => {
    assert.deepEqual(resolvePlain(written), value);
  });
}

test('plain `.nan` is not a number', () => {
  assert.ok(Number.isNaN(resolvePlain('.nan')));
});
