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

const said = (policies: string): string => {
  const files = { 'pods.yaml': tierManifests['pods.yaml'] ?? '', 'own.yaml': policies };
  const text = files['pods.yaml'];
  const offset = text.indexOf('80 }', text.indexOf('name: vault'));
  return linesOf(hoverOf(clusterOf(files), files, 'pods.yaml', text, offset)).join('\n');
};

const admin = (name: string, priority: number, action: string, whom: string): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: ${name} }
spec:
  priority: ${priority}
  subject: { namespaces: { matchLabels: { team: bank } } }
  ingress: [{ action: ${action}, from: [{ namespaces: { matchLabels: { team: ${whom} } } }] }]
`;

test('who may connect to a port follows the admin tier before NetworkPolicy', () => {
  const closed = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: bank }
spec: { podSelector: {} }
`;
  assert.match(said(closed), /^- Nobody but its own node may connect/m);
  assert.match(
    said([closed, admin('open', 1, 'Allow', 'shop')].join('---\n')),
    /^- May connect: shop\/api, shop\/cache, shop\/web\. /m,
  );
  assert.match(
    said([closed, admin('open', 1, 'Pass', 'shop')].join('---\n')),
    /^- Nobody but its own node may connect/m,
  );
});

test('policies of one priority that disagree leave open who may connect', () => {
  const lines = said([admin('a', 1, 'Allow', 'shop'), admin('b', 1, 'Deny', 'shop')].join('---\n'));
  assert.match(
    lines,
    /^- Whether these may connect policies leave open: shop\/api, shop\/cache, shop\/web\. /m,
  );
});

test('a policy of an admin that is not about the pod leaves everybody in', () => {
  assert.match(said(admin('a', 1, 'Deny', 'nobody')), /^- Anybody who can send may connect, as far as/m);
});
