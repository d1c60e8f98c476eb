// Comparing profiles: every profile and every mode beside it is in exactly one row, rows differ in something, and what is
// compared is what table C1 says of the network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withChoice } from '../../src/dataplane/choice';
import type { CniProfileId } from '../../src/dataplane/profile';
import { profiles } from '../../src/dataplane/profiles/profiles';
import type { Cluster } from '../../src/model/cluster';
import {
  compareProfiles,
  modesBeside,
  type ComparedRow,
  type ProfileComparison,
} from '../../src/trace/compareProfiles';
import { parseEnd } from '../../src/trace/endText';
import { denyIngress, exposedNodes } from './twoNodes';

function compare(from: string, to: string, cluster: Cluster = exposedNodes): ProfileComparison {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  return compareProfiles(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol: 'TCP',
  });
}

function rowOf({ rows }: ProfileComparison, cni: CniProfileId, mode = 'iptables'): ComparedRow {
  const row = rows.find((each) =>
    each.profiles.some((variant) => variant.cni === cni && variant.kubeProxy === mode),
  );
  assert.ok(row, `${cni} with ${mode} is in a row`);
  return row;
}

const questions = [
  ['lab/p1', 'lab/p2:8080'],
  ['lab/p1', '10.96.0.10:80'],
  ['lab/r', '10.96.0.10:80'],
  ['node/n1', 'lab/r:8080'],
  ['203.0.113.10', 'node/n1:30080'],
  ['lab/p1', 'lab/nobody:80'],
] as const;

describe('a comparison of profiles', () => {
  for (const [from, to] of questions) {
    test(`holds every profile with every mode once, and no two equal rows: ${from} to ${to}`, () => {
      const { rows } = compare(from, to);
      const variants = rows.flatMap((row) => row.profiles.map(({ cni, kubeProxy }) => `${cni} ${kubeProxy}`));
      const expected = profiles.flatMap((profile) =>
        modesBeside(profile).map((mode) => `${profile.id} ${mode}`),
      );
      assert.deepEqual([...variants].sort(), [...expected].sort());
      const keys = rows.map(({ result, verdict, peers, ttl, nat, devices }) =>
        JSON.stringify([result, verdict.id, peers, ttl, nat, devices]),
      );
      assert.equal(new Set(keys).size, rows.length);
    });
  }

  test('C1 F2: pods of one node see each other everywhere; a bridge switches, veths are routed', () => {
    const made = compare('lab/p1', 'lab/p2:8080');
    assert.deepEqual(made.differs, ['ttl']);
    assert.deepEqual(rowOf(made, 'flannel-vxlan').ttl, [64]);
    assert.deepEqual(rowOf(made, 'kindnet').ttl, [63]);
    assert.deepEqual(rowOf(made, 'aws').ttl, ['inferred']);
    assert.deepEqual(rowOf(made, 'kindnet'), rowOf(made, 'calico'));
    // IPVS was not measured, but this way meets no Service.
    assert.deepEqual(rowOf(made, 'kindnet', 'ipvs'), rowOf(made, 'kindnet'));
  });

  test('C1 F5: whom a pod sees behind a node depends on the device that the node leaves by', () => {
    const made = compare('node/n1', 'lab/r:8080');
    assert.ok(made.differs.includes('peer'));
    assert.deepEqual(rowOf(made, 'kindnet').peers, ['172.30.0.11']);
    assert.deepEqual(rowOf(made, 'flannel-vxlan').peers, ['10.244.1.0']);
  });

  test('C1b F10: a Service is translated on the way, or at connect() where Cilium replaces kube-proxy', () => {
    const made = compare('lab/p1', '10.96.0.10:80');
    assert.ok(made.differs.includes('nat'));
    assert.deepEqual(rowOf(made, 'kindnet').nat, [['DNAT']]);
    assert.deepEqual(rowOf(made, 'cilium-tunnel', 'none').nat, [['connect']]);
    assert.deepEqual(rowOf(made, 'cilium-tunnel', 'iptables').nat, [['DNAT']]);
    assert.deepEqual(rowOf(made, 'kindnet', 'ipvs').ttl, ['inferred']);
    assert.deepEqual(rowOf(made, 'kindnet').ttl, [62]);
  });

  test('C1 F10c: a pod that reaches itself through its Service is masqueraded', () => {
    assert.deepEqual(rowOf(compare('lab/r', '10.96.0.10:80'), 'kindnet').nat, [['DNAT', 'masquerade']]);
  });

  test('D1: modes disagree on a wrong port of a ClusterIP', () => {
    const made = compare('lab/p1', '10.96.0.10:81');
    assert.ok(made.differs.includes('verdict'));
    assert.equal(rowOf(made, 'kindnet', 'iptables').verdict.id, 'not-captured');
    assert.equal(rowOf(made, 'kindnet', 'nftables').verdict.id, 'refused-no-listener');
  });

  test('C6: plugins disagree on policies, which flannel does not enforce', () => {
    const made = compare('lab/p1', 'lab/r:8080', { ...exposedNodes, policies: [denyIngress] });
    assert.ok(made.differs.includes('verdict'));
    assert.equal(rowOf(made, 'flannel-vxlan').result, 'Reachable');
    const stopped = rowOf(made, 'kindnet');
    assert.deepEqual([stopped.result, stopped.peers, stopped.ttl], ['Unreachable', [], []]);
    // Where nothing arrives there is nobody to disagree about.
    assert.ok(!made.differs.includes('peer'));
  });

  test("marks and puts first what the cluster itself runs, and the user's choice for it", () => {
    const own = (cluster: Cluster): readonly string[] =>
      compare('node/n1', 'lab/r:8080', cluster)
        .rows[0]?.profiles.filter((each) => each.own)
        .map(({ cni, kubeProxy }) => `${cni} ${kubeProxy}`) ?? [];
    assert.deepEqual(own(exposedNodes), ['bridge iptables']);
    assert.deepEqual(own(withChoice(exposedNodes, { cni: 'antrea', kubeProxy: 'nftables' })), [
      'antrea nftables',
    ]);
  });

  test('of an end that does not exist is one row', () => {
    const { rows, differs } = compare('lab/p1', 'lab/nobody:80');
    assert.deepEqual([rows.length, differs, rows[0]?.devices], [1, [], []]);
  });
});
