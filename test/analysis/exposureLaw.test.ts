// Exposure against the plain way of asking, on random clusters: each pod that could still come is put into a cluster of its own, in
// its namespace, and the policy engine of that cluster says what the subject's policies permit to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exposureMarks, exposureOf, type DirectionExposure } from '../../src/analysis/exposure';
import { representativesOf } from '../../src/analysis/representatives';
import type { Family } from '../../src/model/address';
import type { Cluster } from '../../src/model/cluster';
import { keyOf } from '../../src/model/objects';
import { isLive, type Pod } from '../../src/model/pod';
import type { Direction } from '../../src/model/policy';
import {
  allPorts,
  intersectPorts,
  isEmpty,
  noPorts,
  subtractPorts,
  unionPorts,
  type PortSet,
} from '../../src/model/ports';
import { selectorText, type Labels } from '../../src/model/selector';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/engine';
import { policiesOf, policyReadingOf } from '../../src/trace/policyReading';
import type { World } from '../policy/naive';
import { manifestsOf, trials, world } from '../policy/randomWorld';
import { pod } from '../simulate/objects';
import { readManifests } from '../support/manifests';

const nameLabel = 'kubernetes.io/metadata.name';

test('what is open to pods that could come is what policies permit once they are there, on random clusters', (context) => {
  context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
  let [rows, selected, partly] = [0, 0, 0];
  fc.assert(
    fc.property(world, fc.boolean(), (made, keepAll) => {
      const { cluster } = readManifests({ 'world.json': manifestsOf(keepAll ? made : withoutEmpty(made)) });
      const expected = plainly(cluster);
      const found = exposureOf(cluster, 'pod');
      assert.deepEqual(found.map(({ peer }) => peer.id).sort(), [...expected.keys()].sort());
      for (const { peer, open, unprotected } of found) {
        assert.deepEqual(open, expected.get(peer.id), peer.id);
        if (open === undefined) continue;
        const quiet = open.ingress.policies.length + open.egress.policies.length === 0;
        assert.equal(unprotected, quiet);
        rows++;
        selected += open.ingress.selected.length + open.egress.selected.length;
        if (!isEmpty(open.ingress.cluster) && !isEmpty(subtractPorts(allPorts, open.ingress.cluster)))
          partly++;
      }
      for (const pod of cluster.pods.filter(isLive))
        assert.deepEqual(exposureMarks(cluster, pod), marksOf(expected.get(`${keyOf(pod)}[Pod]`)));
    }),
    { ...trials, numRuns: 400 },
  );
  assert.ok(
    rows > 400 && selected > 200 && partly > 20,
    `${rows} rows, ${selected} selected, ${partly} partly`,
  );
});

/** Namespaces that selectors name and the cluster does not have. */
function withoutEmpty(made: World): World {
  const used = new Set([...made.pods, ...made.policies].map(({ namespace }) => namespace));
  return { ...made, namespaces: made.namespaces.filter(({ name }) => used.has(name)) };
}

type Open = Readonly<Record<Direction, DirectionExposure>>;

function marksOf(open: Open | undefined): readonly string[] {
  if (open === undefined) return ['host-network'];
  const { ingress, egress } = open;
  return [
    ...(ingress.policies.length + egress.policies.length === 0 ? ['unprotected'] : []),
    ...(ingress.outside.length > 0 ? ['ingress-outside'] : []),
    ...(isEmpty(ingress.cluster) ? [] : ['ingress-cluster']),
    ...(egress.outside.length > 0 ? ['egress-outside'] : []),
    ...(isEmpty(egress.cluster) ? [] : ['egress-cluster']),
  ];
}

function plainly(cluster: Cluster): ReadonlyMap<string, Open | undefined> {
  const reading = policyReadingOf(cluster);
  const engine = createPolicyEngine(cluster, reading);
  const invented = representativesOf(cluster);
  type Unmade = typeof invented.blank;

  /** The pod, and the engine of a cluster that has it. */
  const engines = new Map<Unmade, { readonly engine: PolicyEngine; readonly pod: Pod }>();
  const there = (unmade: Unmade): { readonly engine: PolicyEngine; readonly pod: Pod } => {
    const known = engines.get(unmade);
    if (known !== undefined) return known;
    const namespace = unmade.namespaceLabels[nameLabel] ?? '';
    const pod = podIn(namespace, unmade.labels);
    const namespaces = cluster.namespaces.some(({ name }) => name === namespace)
      ? cluster.namespaces
      : [
          ...cluster.namespaces,
          {
            kind: 'Namespace',
            name: namespace,
            labels: unmade.namespaceLabels,
            provenance: 'declared',
          } as const,
        ];
    const made = {
      pod,
      engine: createPolicyEngine({ ...cluster, namespaces, pods: [...cluster.pods, pod] }, reading),
    };
    engines.set(unmade, made);
    return made;
  };

  const openOf = (direction: Direction, subject: Pod): DirectionExposure => {
    const { admin, network, baseline } = engine.policiesOf(engine.cohortOf(subject));
    const policies = [
      ...[...admin, ...baseline].filter((policy) => policy[direction].length > 0),
      ...network.filter(({ isolates }) => isolates[direction]),
    ].sort((a, b) => orderOf([...admin, ...network, ...baseline], a, b));
    const families: readonly Family[] = engine.cohortOf(subject).families;
    const permitted = (unmade: Unmade): PortSet => {
      const other = there(unmade);
      const [from, to] = [other.engine.cohortOf(subject), other.engine.cohortOf(other.pod)];
      return families
        .map((family) =>
          other.engine.ports.portsOf(other.engine.permitted(direction, from, to, family).certain),
        )
        .reduce(unionPorts, noPorts);
    };
    const peers = policies.flatMap((policy) =>
      policy[direction].flatMap((rule) =>
        rule.peers.flatMap((peer) =>
          peer.kind === 'pods' ? [{ policy, peer, ...invented.of(peer, policy.namespace) }] : [],
        ),
      ),
    );
    const pods = [
      invented.blank,
      ...peers.flatMap(({ named, excluded }) => [named ?? [], excluded ?? []].flat()),
    ];
    const open = pods.map(permitted).reduce(intersectPorts, allPorts);
    const selected = new Map<string, DirectionExposure['selected'][number]>();
    for (const { policy, peer, named } of peers) {
      if (named === undefined || isEmpty(subtractPorts(permitted(named), open))) continue;
      const { namespaceSelector, podSelector } = peer;
      const namespaces = namespaceSelector === undefined ? policy.namespace : selectorText(namespaceSelector);
      const text = podSelector === undefined ? '<everything>' : selectorText(podSelector);
      const key = JSON.stringify([namespaces, text]);
      if (selected.has(key)) continue;
      const now = policiesOf(cluster).peerPods(policy, peer).length;
      selected.set(key, { namespaces, pods: text, ports: permitted(named), now });
    }
    const outside = new Map<string, { readonly ranges: string[]; readonly ports: PortSet }>();
    for (const { id, first } of engine.outside) {
      if (!families.includes(first.family)) continue;
      const [own, range] = [engine.cohortOf(subject), engine.outsideCohort(first)];
      const ports = engine.ports.portsOf(engine.permitted(direction, own, range, first.family).certain);
      if (isEmpty(ports)) continue;
      const key = JSON.stringify(ports);
      const known = outside.get(key);
      if (known === undefined) outside.set(key, { ranges: [id], ports });
      else known.ranges.push(id);
    }
    return {
      policies: policies.map((policy) => `${policy.kind} ${keyOf(policy)}`),
      cluster: open,
      selected: [...selected.values()],
      outside: [...outside.values()].map(({ ranges, ports }) => ({
        ranges,
        anywhere: ranges.length === engine.outside.length,
        ports,
      })),
    };
  };

  return new Map(
    cluster.pods
      .filter(isLive)
      .map((pod) => [
        `${keyOf(pod)}[Pod]`,
        pod.spec.hostNetwork ? undefined : { ingress: openOf('ingress', pod), egress: openOf('egress', pod) },
      ]),
  );
}

function orderOf<T>(order: readonly T[], a: T, b: T): number {
  return order.indexOf(a) - order.indexOf(b);
}

function podIn(namespace: string, labels: Labels): Pod {
  return pod(`${namespace}/not-there-yet`, { containers: [] }, { labels });
}
