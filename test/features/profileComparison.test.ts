// The words of a comparison: where profiles disagree comes first, profiles that agree share a row, modes are named only where they
// matter. And the words of the choice itself: every profile and mode says what it is and how it is known.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparisonView, type ComparisonView } from '../../src/features/profileComparison';
import { comparisonText } from '../../src/features/profileComparisonText';
import { compareProfiles } from '../../src/trace/compareProfiles';
import { parseEnd } from '../../src/trace/endText';
import { assertGolden } from '../support/golden';
import { shop } from './shopCluster';

function view(from: string, to: string): ComparisonView {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  return comparisonView(compareProfiles(shop, query));
}

describe('the headline of a comparison', () => {
  test('says that all agree, and in what they differ besides', () => {
    assert.equal(
      view('shop/web', 'shop/db-1:5432').headline,
      'All 17 profiles agree: Reachable. They differ in the TTL that arrives.',
    );
  });
  test('names the few that disagree, and counts the many', () => {
    assert.match(
      view('default/stranger', 'shop/db-0:5432').headline,
      /^The profiles disagree: Reachable under flannel-host-gw, flannel-vxlan and flannel-vxlan-direct; Unreachable under 14 profiles\. They also differ in /,
    );
  });
  test('says when nothing differs at all', () => {
    assert.equal(view('shop/web', 'shop/nobody:80').headline, 'All 17 profiles agree: Undetermined.');
  });
});

describe('the rows of a comparison', () => {
  test('name modes only where not all of a profile are in the row', () => {
    const { rows } = view('shop/web', 'svc/shop/db:5432');
    const names = rows.flatMap(({ profiles }) => profiles);
    assert.ok(names.includes('kindnet (iptables, nftables)'), names.join('; '));
    assert.ok(names.includes('cilium-native (no kube-proxy)'));
    assert.ok(names.includes('ovn-kubernetes'));
  });
  test('say why nothing arrives', () => {
    const [own] = view('default/stranger', 'shop/db-0:5432').rows;
    assert.deepEqual([own?.own, own?.result, own?.peer, own?.ttl], [true, 'Unreachable', '-', '-']);
    assert.match(own?.words ?? '', /^Dropped by NetworkPolicy/);
  });
});

test('a comparison reads as accepted in a terminal', () => {
  assertGolden('comparison/service.txt', comparisonText(view('shop/web', 'svc/shop/db:5432'), 100));
  assertGolden('comparison/denied.txt', comparisonText(view('default/stranger', 'shop/db-0:5432'), 100));
});

test('no line of a comparison is longer than the terminal, unless a name is', () => {
  for (const width of [120, 160]) {
    const lines = comparisonText(view('shop/web', 'svc/shop/db:5432'), width).split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > width),
      [],
    );
  }
});
