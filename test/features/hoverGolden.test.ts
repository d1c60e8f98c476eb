// Whole hovers over a small shop, as accepted. A place is a fragment of the file with the mark in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden } from '../support/golden';
import { clusterOf, hoverOf, linesOf, mark } from './hovering';
import { shopFiles } from './hoverShop';

const cluster = clusterOf(shopFiles);

/** The hover at a fragment of a file; the fragment is the first that the file has, or that follows `after`. */
function story(file: string, fragment: string, after = ''): string {
  const text = shopFiles[file] ?? '';
  const plain = fragment.replace(mark, '');
  const from = text.indexOf(after);
  const start = text.indexOf(plain, from);
  assert.ok(from >= 0 && start >= 0 && fragment.includes(mark), `${fragment} after ${after} in ${file}`);
  const lines = linesOf(hoverOf(cluster, shopFiles, file, text, start + fragment.indexOf(mark)));
  const line = text.slice(0, start).split('\n').length;
  return [`${file}:${line} ${fragment}`, ...lines.map((each) => `  ${each}`), ''].join('\n');
}

const stories: Readonly<
  Record<string, readonly (readonly [file: string, fragment: string, after?: string])[]>
> = {
  addresses: [
    ['shop.yaml', 'clusterIP: 10.‸96.0.77'],
    ['policies.yaml', 'cidr: ‸10.0.0.0/8'],
    ['policies.yaml', '[10.96‸.0.0/16]'],
  ],
  configuration: [
    ['kind.yaml', '‸podSubnet'],
    ['kind.yaml', 'serviceSubnet: 10.96.‸0.0/16'],
  ],
  names: [
    ['shop.yaml', 'name: s‸hop'],
    ['shop.yaml', 'kind: D‸eployment'],
    ['shop.yaml', 'name: w‸eb'],
    ['shop.yaml', 'kind: Stateful‸Set'],
    ['shop.yaml', 'serviceName: d‸b'],
    ['shop.yaml', 'name: log-s‸hipper'],
    ['shop.yaml', 'kind: ‸Service'],
    ['shop.yaml', 'kind: ‸Service', 'containerPort: 5432'],
    ['shop.yaml', 'name: b‸ank'],
    ['shop.yaml', 'name: f‸ixed'],
    ['watch.yaml', 'kind: ‸DaemonSet'],
    ['watch.yaml', 'name: c‸ollector'],
    ['watch.yaml', 'nodeName: s‸hop-worker'],
    ['watch.yaml', 'name: t‸wins'],
    ['policies.yaml', 'name: default-d‸eny'],
    ['policies.yaml', 'name: d‸b'],
    ['odd.yaml', '‸<img'],
    ['odd.yaml', 'kind: C‸ilium'],
  ],
  ports: [
    ['shop.yaml', 'containerPort: 80‸80'],
    ['shop.yaml', 'hostPort: 180‸80'],
    ['shop.yaml', 'port: ht‸tp'],
    ['shop.yaml', 'port: 8‸0'],
    ['shop.yaml', 'targetPort: h‸ttp'],
    ['shop.yaml', 'nodePort: 300‸80'],
    ['shop.yaml', 'port: 54‸32', 'clusterIP: None'],
    ['shop.yaml', 'port: 8‸0', 'webb'],
    ['watch.yaml', 'containerPort: 91‸00'],
    ['watch.yaml', 'containerPort: 80‸80'],
    ['policies.yaml', 'port: 54‸32'],
    ['policies.yaml', 'port: m‸etrics'],
    ['policies.yaml', 'endPort: 54‸40'],
    ['policies.yaml', 'port: 8‸0'],
    ['policies.yaml', 'port: p‸ostgres'],
  ],
  selectors: [
    ['shop.yaml', 'a‸pp: web', 'matchLabels'],
    ['shop.yaml', '‸selector', 'kind: Service'],
    ['shop.yaml', 'tier: f‸ront', 'kind: Service'],
    ['shop.yaml', 'disk: s‸sd'],
    ['shop.yaml', 'app: w‸ebb'],
    ['policies.yaml', 'podSel‸ector: {}'],
    ['policies.yaml', 'pod‸Selector', 'name: db'],
    ['policies.yaml', 'values: [d‸b]'],
    ['policies.yaml', 'f‸rom'],
    ['policies.yaml', 'app: w‸eb'],
    ['policies.yaml', 'team: o‸ps'],
    ['policies.yaml', 'app: coll‸ector'],
    ['policies.yaml', '‸egress', 'ports: [{ port: 80'],
    ['policies.yaml', 'app: d‸b', 'egress:'],
  ],
  switches: [
    ['watch.yaml', 'hostNetwork: t‸rue'],
    ['watch.yaml', 'hostNet‸work: false'],
    ['watch.yaml', 'shareProcess‸Namespace'],
  ],
};

for (const [subject, places] of Object.entries(stories))
  test(`hovers over ${subject} read as accepted`, () => {
    assertGolden(`hover/${subject}.txt`, places.map((place) => story(...place)).join('\n'));
  });

test('no hover of the shop is longer than a dozen lines', () => {
  for (const [file, text] of Object.entries(shopFiles)) {
    for (let offset = 0; offset < text.length; offset += 3) {
      const hover = hoverOf(cluster, shopFiles, file, text, offset);
      assert.ok(linesOf(hover).length <= 12, `${file} at ${offset}`);
    }
  }
});
