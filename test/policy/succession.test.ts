// Laws of the policy engine on random clusters: an engine that follows changes says what one that is made anew says, whatever else
// was made from the same engine before; rows say what pairs say; and bits say which cells of a row have a port.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../src/model/cluster';
import { byNamespaceAndName, keyOf } from '../../src/model/objects';
import type { Pod } from '../../src/model/pod';
import type { NetworkPolicy } from '../../src/model/policy';
import { commonReading } from '../../src/model/policyReading';
import { portSet, portsText } from '../../src/model/ports';
import { selectorFromLabels, type Labels } from '../../src/model/selector';
import { changesBetween } from '../../src/policy/changes';
import type { Cohort } from '../../src/policy/cohorts';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/engine';
import { every, none } from '../../src/policy/portTable';
import { hasBit } from '../../src/policy/receivers';
import { noteSuccessor, policyEngineOf, policyJudgeOf } from '../../src/policy/judge';
import { documents, readManifests } from '../support/manifests';
import { pod, policy } from './fixtures';
import { manifestsOf, trials, world } from './randomWorld';

const labels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.constantFrom('app', 'tier', 'zone'),
  fc.constantFrom('1', '2'),
  { maxKeys: 2 },
);

type Edit =
  | { readonly kind: 'add pod' | 'remove pod' | 'remove policy'; readonly at: number }
  | { readonly kind: 'add policy' | 'replace policy'; readonly at: number; readonly zone: boolean }
  | { readonly kind: 'relabel pod' | 'relabel namespace'; readonly at: number; readonly labels: Labels };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('add pod' as const, 'remove pod' as const, 'remove policy' as const),
    at: fc.nat(20),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('add policy' as const, 'replace policy' as const),
      at: fc.nat(20),
      zone: fc.boolean(),
    }),
  },
  fc.record({
    kind: fc.constantFrom('relabel pod' as const, 'relabel namespace' as const),
    at: fc.nat(20),
    labels,
  }),
);

/** Edits of one moment, and whether they are made to the cluster of the last moment or to the first. */
const moment = fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 2 }), fromFirst: fc.boolean() });

test('an engine that follows changes says what a new one says', (context) => {
  context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
  const counts = { followed: 0, again: 0 };
  fc.assert(
    fc.property(world, world, fc.array(moment, { minLength: 1, maxLength: 4 }), (first, other, moments) => {
      const [start, stock] = [first, other].map(
        (made) => readManifests({ 'world.json': manifestsOf(made) }).cluster,
      );
      assert(start && stock);
      const made = [{ cluster: start, engine: createPolicyEngine(start, commonReading) }];
      for (const [number, { edits, fromFirst }] of moments.entries()) {
        const before = fromFirst ? made[0] : made.at(-1);
        assert(before);
        // What is asked for before the change is taken over.
        if (number % 4 < 3) compare(before.engine, before.engine, before.cluster);
        const cluster = edits.reduce(
          (sum, each, at) => edited(sum, each, stock, `${number}-${at}`),
          before.cluster,
        );
        const engine = before.engine.after(cluster, changesBetween(before.cluster, cluster));
        if (engine === undefined) counts.again++;
        else counts.followed++;
        made.push({ cluster, engine: engine ?? createPolicyEngine(cluster, commonReading) });
      }
      for (const { cluster, engine } of made)
        compare(engine, createPolicyEngine({ ...cluster }, commonReading), cluster);
    }),
    { ...trials, numRuns: trials.numRuns / 2 },
  );
  context.diagnostic(`${counts.followed} changes followed, ${counts.again} made anew`);
  assert.ok(counts.followed > counts.again, 'most changes are followed');
});

test('an edit of one namespace leaves what is known of pods as it was', () => {
  const { cluster } = readManifests({
    'a.yaml': documents(pod('shop/web'), pod('bank/db'), policy('shop/own', 'podSelector: {}')),
  });
  const before = policyJudgeOf(cluster);
  const [edited] = cluster.policies;
  assert(edited);
  const after = { ...cluster, policies: [{ ...edited, isolates: { ingress: true, egress: true } }] };
  noteSuccessor(cluster, after);
  for (const each of cluster.pods)
    assert.equal(policyEngineOf(after).cohortOf(each), policyEngineOf(cluster).cohortOf(each));
  const [shop] = cluster.pods.filter(({ namespace }) => namespace === 'shop');
  assert(shop);
  assert.equal(policyJudgeOf(after).isolating('egress', shop).length, 1);
  assert.equal(before.isolating('egress', shop).length, 0);
  const alone = { ...after };
  assert.notEqual(policyEngineOf(alone).cohortOf(shop), policyEngineOf(cluster).cohortOf(shop));
});

test('a row has the ports of each pair, and bits where there are any', () => {
  fc.assert(
    fc.property(world, (made) => {
      const { cluster } = readManifests({ 'world.json': manifestsOf(made) });
      const engine = createPolicyEngine(cluster, commonReading);
      const ends = endsOf(engine, cluster);
      const groups = new Map(ends.map((end) => [engine.senderOf(end), end]));
      const receivers = new Map(ends.map((end) => [engine.receiverOf(end), end]));
      const asked = [
        every,
        ...[80, 53, 8080].map((port) => engine.ports.idOf(portSet('TCP', [[port, port]]))),
      ];
      for (const [sender, from] of groups) {
        const row = engine.rowOf(sender);
        for (const [receiver, to] of receivers) {
          const { certain } = engine.between(from, to);
          assert.equal(row[receiver], certain, `${named(from)} to ${named(to)}`);
          for (const within of asked)
            assert.equal(
              hasBit(engine.reachOf(sender, within), receiver),
              engine.ports.intersection(certain, within) !== none,
              `${named(from)} to ${named(to)} within ${portsText(engine.ports.portsOf(within))}`,
            );
        }
      }
    }),
    { ...trials, numRuns: trials.numRuns / 4 },
  );
});

function compare(engine: PolicyEngine, fresh: PolicyEngine, cluster: Cluster): void {
  assert.deepEqual(engine.outside, fresh.outside);
  const [ends, others] = [endsOf(engine, cluster), endsOf(fresh, cluster)];
  const groups = ends.map((end) => [engine.senderOf(end), engine.receiverOf(end)] as const);
  for (const [at, from] of ends.entries()) {
    const as = others[at];
    assert(as);
    assert.deepEqual(policiesOf(engine, from), policiesOf(fresh, as), named(from));
    const row = engine.rowOf(groups[at]?.[0] ?? 0);
    for (const [position, to] of ends.entries()) {
      const like = others[position];
      assert(like);
      const said = engine.between(from, to);
      const expected = fresh.between(as, like);
      const where = `${named(from)} to ${named(to)}`;
      assert.deepEqual(engine.ports.portsOf(said.certain), fresh.ports.portsOf(expected.certain), where);
      assert.deepEqual(engine.ports.portsOf(said.possible), fresh.ports.portsOf(expected.possible), where);
      assert.equal(row[groups[position]?.[1] ?? 0], said.certain, `${where}, row`);
    }
  }
}

/** Pods in order, then ranges outside. */
function endsOf(engine: PolicyEngine, cluster: Cluster): readonly Cohort[] {
  return [
    ...cluster.pods.map((pod) => engine.cohortOf(pod)),
    ...engine.outside.map(({ first }) => engine.outsideCohort(first)),
  ];
}

function policiesOf(engine: PolicyEngine, cohort: Cohort): readonly string[] {
  const { admin, network, baseline } = engine.policiesOf(cohort);
  return [...admin, ...network, ...baseline].map((policy) => `${policy.kind} ${keyOf(policy)}`);
}

function named({ sample, ranges }: Cohort): string {
  return sample === undefined ? `range ${ranges.join()}` : keyOf(sample);
}

function edited(cluster: Cluster, change: Edit, stock: Cluster, name: string): Cluster {
  const { pods, policies, namespaces } = cluster;
  const { at } = change;
  /** @param zone whether it selects by a label that nobody asked for before */
  const policyFrom = (zone: boolean): readonly NetworkPolicy[] => {
    const found = stock.policies[at % Math.max(1, stock.policies.length)];
    if (found === undefined) return [];
    const podSelector = zone ? selectorFromLabels({ zone: '1' }) : found.podSelector;
    return [{ ...found, podSelector, name: `${found.name}-${name}` }];
  };
  const podFrom = (): readonly Pod[] => {
    const found = stock.pods[at % Math.max(1, stock.pods.length)];
    return found === undefined ? [] : [{ ...found, name: `${found.name}-${name}` }];
  };
  const left = <T>(list: readonly T[]): readonly T[] =>
    list.filter((_, position) => position !== at % list.length);
  const sorted = <T extends NetworkPolicy | Pod>(list: readonly T[]): readonly T[] =>
    [...list].sort(byNamespaceAndName);
  switch (change.kind) {
    case 'add policy':
      return { ...cluster, policies: sorted([...policies, ...policyFrom(change.zone)]) };
    case 'remove policy':
      return { ...cluster, policies: left(policies) };
    case 'replace policy':
      return { ...cluster, policies: sorted([...left(policies), ...policyFrom(change.zone)]) };
    case 'add pod':
      return { ...cluster, pods: sorted([...pods, ...podFrom()]) };
    case 'remove pod':
      return { ...cluster, pods: left(pods) };
    case 'relabel pod':
      return {
        ...cluster,
        pods: pods.map((each, position) =>
          position === at % pods.length ? { ...each, labels: change.labels } : each,
        ),
      };
    case 'relabel namespace':
      return {
        ...cluster,
        namespaces: namespaces.map((each, position) =>
          position === at % namespaces.length ? { ...each, labels: change.labels } : each,
        ),
      };
  }
}
