// Settings as a person writes them: what is usable is used, the rest is said and replaced by the default.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, readSettings } from '../../src/simulate/settings';
import type { SettingsText } from '../../src/simulate/settings';

test('no settings are the defaults', () => {
  assert.deepEqual(readSettings({}), { settings: defaultSettings, complaints: [] });
});

test('two CIDRs set one range for each family', () => {
  const { settings, complaints } = readSettings({
    podCidr: '10.42.0.0/16, fd42::/56',
    ipFamilies: 'IPv6,IPv4',
    workers: 5,
  });
  assert.deepEqual(complaints, []);
  assert.deepEqual(settings.families, [6, 4]);
  assert.deepEqual([settings.podNetwork[4].text, settings.podNetwork[6].text], ['10.42.0.0/16', 'fd42::/56']);
  assert.equal(settings.workers, 5);
});

const bad: readonly SettingsText[] = [
  { workers: -1 },
  { workers: 1.5 },
  { workers: '3' },
  { workers: 1e9 },
  { podCidr: '10.244.0.0' },
  { serviceCidr: '10.96.0.0/40' },
  { nodeCidr: ['nonsense'] },
  { ipFamilies: 'IPv5' },
];
for (const text of bad) {
  test(`${JSON.stringify(text)} is refused with one sentence, and the default is used`, () => {
    const { settings, complaints } = readSettings(text);
    assert.deepEqual(settings, defaultSettings);
    assert.equal(complaints.length, 1);
  });
}
