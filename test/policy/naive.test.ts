// The product against the naive evaluator on random clusters: every pair of ends, every protocol, and every port at which
// something could change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp, type Family, type Ip } from '../../src/model/address';
import type { Cluster } from '../../src/model/cluster';
import { lookupOf } from '../../src/model/lookup';
import type { Pod } from '../../src/model/pod';
import type { Direction } from '../../src/model/policy';
import { hasPort, protocols } from '../../src/model/ports';
import { policyJudgeOf, type PolicyPeerEnd } from '../../src/policy/judge';
import { readManifests } from '../support/manifests';
import { enforcedPolicies } from './enforcing';
import { verdict, type RawPod, type Verdict, type World } from './naive';
import { boundaries, manifestsOf, strangers, trials, world } from './randomWorld';

/** One side of every flow between two ends, with one address of each. */
interface Side {
  readonly direction: Direction;
  readonly raw: RawPod;
  readonly subject: Pod;
  /** The subject's own address in the family of the other end. */
  readonly own: Ip;
  readonly peer: PolicyPeerEnd;
}

test('policies are judged as part E reads, on random clusters', (context) => {
  context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
  let asked = 0;
  const bases = new Set<string>();
  fc.assert(
    fc.property(world, (made) => {
      const cluster = clusterOf(made);
      const judge = policyJudgeOf(cluster);
      const filter = enforcedPolicies(cluster);
      const ports = boundaries(made);
      for (const side of sidesOf(made, cluster)) {
        const { direction, raw, subject, own, peer } = side;
        const [source, destination] = direction === 'ingress' ? [peer.address, own] : [own, peer.address];
        const permitted = permittedBetween(cluster, side);
        // Where no policy can apply, no port is different from another.
        const free =
          raw.hostNetwork ||
          (made.admin.length === 0 && made.policies.every(({ namespace }) => namespace !== raw.namespace));
        for (const protocol of protocols) {
          for (const port of free ? ports.slice(-2) : ports) {
            const expected = verdict(made, direction, raw, peer.address.text, protocol, port);
            const ruling = judge.judge({ direction, subject, peer, protocol, port });
            bases.add(ruling.basis);
            asked++;
            if (ruling.outcome !== expected) differ(side, `${protocol} ${port}`, expected, ruling.reason);
            if (permitted !== undefined && hasPort(permitted, protocol, port) !== (expected === 'allow'))
              differ(side, `${protocol} ${port}`, expected, 'permittedPorts says otherwise');
          }
          const packet = { source, destination, sourcePort: 40000, destinationPort: 80, protocol, ttl: 64 };
          const expected = verdict(made, direction, raw, peer.address.text, protocol, 80);
          const ruling = filter(direction, subject, packet);
          if (ruling.outcome !== expected)
            differ(side, `${protocol} 80 as a packet`, expected, ruling.reason);
          const quick = judge.permits({ direction, subject, peer, protocol, port: 80 });
          if (quick !== expected) differ(side, `${protocol} 80`, expected, 'permits says otherwise');
        }
        const expected = verdict(made, direction, raw, peer.address.text, 'ICMP', 0);
        const ruling = judge.judge({ direction, subject, peer, protocol: 'ICMP' });
        if (ruling.outcome !== expected) differ(side, 'ICMP', expected, ruling.reason);
      }
    }),
    trials,
  );
  context.diagnostic(`${asked} flows judged`);
  const all = [
    'admin-allow',
    'admin-deny',
    'admitted',
    'baseline-allow',
    'baseline-deny',
    'host-network',
    'not-admitted',
    'not-isolated',
    'own-node',
    'priority-tie',
    'self',
    'undefined-by-api',
  ];
  assert.deepEqual([...bases].sort(), all, 'the worlds reach everything that policies can say');
});

function differ({ direction, raw, peer }: Side, what: string, expected: Verdict, said: string): never {
  assert.fail(
    `${direction} of ${raw.namespace}/${raw.name}, peer ${peer.address.text}, ${what}: expected ${expected}, but ${said}`,
  );
}

function clusterOf(made: World): Cluster {
  const { cluster, problems } = readManifests({ 'world.json': manifestsOf(made) });
  // A field of a newer API is told of, and its policy is kept.
  assert.deepEqual(
    problems.filter((problem) => !problem.includes(' policy.unknown-field ')),
    [],
  );
  return cluster;
}

/** Both directions of every running pod with every address that there is, of a family that the pod has. */
function* sidesOf(made: World, cluster: Cluster): Generator<Side> {
  const addresses = new Set([...made.pods, ...made.nodes].flatMap(({ ips }) => ips).concat(strangers));
  for (const raw of made.pods.filter(({ phase }) => phase === 'Running')) {
    const subject = lookupOf(cluster).pod(`${raw.namespace}/${raw.name}`);
    assert(subject);
    for (const text of addresses) {
      const address = parseIp(text);
      assert(address);
      const own = subject.addresses.find(({ value }) => value.family === address.family)?.value;
      if (own === undefined) continue;
      const peer = peerAt(made, cluster, address);
      for (const direction of ['ingress', 'egress'] as const) yield { direction, raw, subject, own, peer };
    }
  }
}

function peerAt(made: World, cluster: Cluster, address: Ip): PolicyPeerEnd {
  for (const owner of lookupOf(cluster).owners(address))
    if (owner.kind === 'pod') return { address, pod: owner.pod };
  return { address, node: made.nodes.find(({ ips }) => ips.includes(address.text))?.name };
}

/** undefined: a node itself is no peer that ports can be asked for. */
function permittedBetween(cluster: Cluster, { direction, subject, peer }: Side) {
  if (peer.pod === undefined && peer.node !== undefined) return undefined;
  const family: Family = peer.address.family;
  const other = peer.pod ?? ({ kind: 'range', first: peer.address } as const);
  return policyJudgeOf(cluster).permittedPorts(direction, subject, other, family);
}
