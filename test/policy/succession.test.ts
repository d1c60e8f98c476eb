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

const plain = [
  'add pod',
  'remove pod',
  'readdress pod',
  'move pod',
  'put pod on its node’s network',
  'shuffle pods',
  'remove policy',
  'move policy',
  'drop namespace',
  'rename namespace',
  'other admin policies',
  'relabel node',
] as const;

type Edit =
  | { readonly kind: (typeof plain)[number]; readonly at: number }
  | { readonly kind: 'add policy' | 'replace policy'; readonly at: number; readonly zone: boolean }
  | { readonly kind: 'relabel pod' | 'relabel namespace'; readonly at: number; readonly labels: Labels };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom(...plain), at: fc.nat(20) }) },
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
    { ...trials, numRuns: trials.numRuns / 4 },
  );
  context.diagnostic(`${counts.followed} changes followed, ${counts.again} made anew`);
  assert.ok(counts.followed > counts.again / 2, 'many changes are followed');
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

test('a peer that no rule has any more names the pods that it names', () => {
  const many = Array.from({ length: 600 }, (_, at) =>
    pod(`shop/p${at}`, { labels: `{ tier: '${at % 2}' }` }),
  );
  const { cluster } = readManifests({
    'pods.yaml': documents(...many),
    'old.yaml': policy(
      'shop/own',
      "podSelector: {}\ningress: [{ from: [{ podSelector: { matchLabels: { tier: '1' } } }] }]",
    ),
  });
  const [old] = cluster.policies;
  const [peer] = old?.ingress[0]?.peers ?? [];
  assert(old && peer);
  assert.equal(policyJudgeOf(cluster).peerPods(old, peer).length, 300);
  const zone = { kind: 'pods' as const, podSelector: selectorFromLabels({ zone: '1' }) };
  const ingress = old.ingress.map((rule) => ({ ...rule, peers: [zone] }));
  const after = { ...cluster, policies: [{ ...old, ingress }] };
  noteSuccessor(cluster, after);
  assert.equal(policyJudgeOf(after).peerPods(old, peer).length, 300);
});

test('an engine that has outgrown its cluster is not followed any more', () => {
  const { cluster } = readManifests({
    'a.yaml': documents(pod('shop/web'), policy('shop/own', 'podSelector: {}')),
  });
  let now = { cluster, engine: createPolicyEngine(cluster, commonReading) };
  let followed = 0;
  for (; followed < 5000; followed++) {
    const policies = now.cluster.policies.map((each) => ({ ...each }));
    const next = { ...now.cluster, policies };
    const engine = now.engine.after(next, changesBetween(now.cluster, next));
    if (engine === undefined) break;
    now = { cluster: next, engine };
  }
  assert.ok(followed > 500 && followed < 5000, `${followed} edits`);
  assert.ok(now.engine.isOutgrown());
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
    const reached = engine.reachOf(groups[at]?.[0] ?? 0);
    for (const [position, to] of ends.entries()) {
      const like = others[position];
      assert(like);
      const said = engine.between(from, to);
      const expected = fresh.between(as, like);
      const where = `${named(from)} to ${named(to)}`;
      assert.deepEqual(engine.ports.portsOf(said.certain), fresh.ports.portsOf(expected.certain), where);
      assert.deepEqual(engine.ports.portsOf(said.possible), fresh.ports.portsOf(expected.possible), where);
      const [sender, receiver] = [groups[at]?.[0] ?? 0, groups[position]?.[1] ?? 0];
      assert.equal(row[receiver], said.certain, `${where}, row`);
      assert.equal(hasBit(reached, receiver), said.certain !== none, `${where}, reached`);
      assert.deepEqual(engine.betweenGroups(sender, receiver), said, `${where}, groups`);
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
  const { pods, policies, namespaces, nodes } = cluster;
  const { at } = change;
  const chosen = <T>(list: readonly T[]): T | undefined => list[at % Math.max(1, list.length)];
  const changed = <T>(list: readonly T[], to: (item: T) => T): readonly T[] => {
    const item = chosen(list);
    return list.map((each) => (each === item ? to(each) : each));
  };
  const left = <T>(list: readonly T[]): readonly T[] => list.filter((each) => each !== chosen(list));
  const sorted = <T extends NetworkPolicy | Pod>(list: readonly T[]): readonly T[] =>
    [...list].sort(byNamespaceAndName);
  const more = <T extends NetworkPolicy | Pod>(list: readonly T[], found: T | undefined): readonly T[] =>
    found === undefined ? list : sorted([...list, { ...found, name: `${found.name}-${name}` }]);
  const elsewhere = ['a', 'b', 'c', 'new'][at % 4] ?? 'a';
  const moved = <T extends NetworkPolicy | Pod>(list: readonly T[]): readonly T[] =>
    sorted(changed(list, (each) => ({ ...each, namespace: elsewhere, name: `${each.name}-${name}` })));
  /** @param zone whether it selects by a label that nobody asked for before */
  const policyFrom = (zone: boolean): NetworkPolicy | undefined => {
    const found = chosen(stock.policies);
    return found && zone ? { ...found, podSelector: selectorFromLabels({ zone: '1' }) } : found;
  };
  switch (change.kind) {
    case 'add policy':
      return { ...cluster, policies: more(policies, policyFrom(change.zone)) };
    case 'remove policy':
      return { ...cluster, policies: left(policies) };
    case 'replace policy':
      return { ...cluster, policies: more(left(policies), policyFrom(change.zone)) };
    case 'move policy':
      return { ...cluster, policies: moved(policies) };
    case 'add pod':
      return { ...cluster, pods: more(pods, chosen(stock.pods)) };
    case 'remove pod':
      return { ...cluster, pods: left(pods) };
    case 'readdress pod':
      return {
        ...cluster,
        pods: changed(pods, (each) => ({ ...each, addresses: chosen(stock.pods)?.addresses ?? [] })),
      };
    case 'move pod':
      return { ...cluster, pods: moved(pods) };
    case 'put pod on its node’s network':
      return {
        ...cluster,
        pods: changed(pods, (each) => ({
          ...each,
          spec: { ...each.spec, hostNetwork: !each.spec.hostNetwork },
        })),
      };
    case 'shuffle pods':
      return { ...cluster, pods: [...pods.slice(at % pods.length), ...pods.slice(0, at % pods.length)] };
    case 'relabel pod':
      return { ...cluster, pods: changed(pods, (each) => ({ ...each, labels: change.labels })) };
    case 'relabel namespace':
      return {
        ...cluster,
        namespaces: changed(namespaces, (each) => ({ ...each, labels: change.labels })),
      };
    case 'drop namespace':
      return { ...cluster, namespaces: left(namespaces) };
    case 'rename namespace':
      return {
        ...cluster,
        namespaces: changed(namespaces, (each) => ({ ...each, name: `${each.name}${at}` })),
      };
    case 'other admin policies':
      return { ...cluster, adminPolicies: stock.adminPolicies };
    case 'relabel node':
      return { ...cluster, nodes: changed(nodes, (each) => ({ ...each, labels: { app: '1' } })) };
  }
}
