// Hovers over policies of the admin and the baseline tier, as accepted; and what hovers over pods and ports say when such
// policies are asked before and after NetworkPolicy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden } from '../support/golden';
import { clusterOf, hoverOf, linesOf, mark } from './hovering';
import { tierManifests } from './tiersCluster';

const cluster = clusterOf(tierManifests);

function story(file: string, fragment: string, after = ''): string {
  const text = tierManifests[file] ?? '';
  const plain = fragment.replace(mark, '');
  const start = text.indexOf(plain, text.indexOf(after));
  assert.ok(start >= 0 && fragment.includes(mark), `${fragment} after ${after}`);
  const lines = linesOf(hoverOf(cluster, tierManifests, file, text, start + fragment.indexOf(mark)));
  return [`${file} ${fragment}`, ...lines.map((each) => `  ${each}`), ''].join('\n');
}

const places: readonly (readonly [file: string, fragment: string, after?: string])[] = [
  ['policies.yaml', 'kind: Admin‸NetworkPolicy'],
  ['policies.yaml', 'name: g‸uard'],
  ['policies.yaml', 'priority: 1‸0'],
  ['policies.yaml', 'sub‸ject: { namespaces'],
  ['policies.yaml', 'in‸gress:'],
  ['policies.yaml', 'action: De‸ny'],
  ['policies.yaml', 'team: s‸hop'],
  ['policies.yaml', 'namedPort: h‸ttp'],
  ['policies.yaml', '10.244.‸0.0/16'],
  ['policies.yaml', 'exam‸ple.org'],
  ['policies.yaml', 'action: P‸ass'],
  ['policies.yaml', 'no‸des: {}'],
  ['policies.yaml', 'kind: Cluster‸NetworkPolicy'],
  ['policies.yaml', 'tier: Ad‸min'],
  ['policies.yaml', 'app: v‸ault'],
  ['policies.yaml', 'ic‸mp: {}'],
  ['policies.yaml', 'kind: Baseline‸AdminNetworkPolicy'],
  ['policies.yaml', 'action: De‸ny', 'kind: BaselineAdmin'],
  ['policies.yaml', 'name: c‸ache'],
  ['policies.yaml', 'fr‸om: [{ podSelector'],
  ['policies.yaml', 'port: 63‸79'],
  ['policies.yaml', 'kind: Cilium‸NetworkPolicy'],
  ['policies.yaml', 'kind: StagedGlobal‸NetworkPolicy'],
  ['policies.yaml', 'kind: Egress‸Firewall'],
  ['pods.yaml', 'name: v‸ault'],
  ['pods.yaml', 'name: c‸ache'],
  ['pods.yaml', 'containerPort: 8‸0 }', 'name: vault'],
  ['pods.yaml', 'containerPort: 63‸79'],
];

test('hovers over policies of all tiers read as accepted', () => {
  assertGolden('hover/tiers.txt', places.map((place) => story(...place)).join('\n'));
});
