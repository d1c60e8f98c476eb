// `npm run bench`: times the engine on generated clusters of 20, 1,000 and 10,000 pods and prints the medians beside the
// targets of the performance page, section 7, whose row numbers it keeps. Numbers are for the reader to judge: nothing fails.
import { dump } from 'js-yaml';
import { connectivity } from '../../src/analysis/connectivity';
import { openedInSteps } from '../../src/analysis/openedConnections';
import { withoutPolicy } from '../../src/features/codeLens';
import { hoverAt } from '../../src/features/hover';
import { treeRowsInSteps } from '../../src/features/tree';
import { positionAt } from '../../src/load/lines';
import { parseText } from '../../src/load/parse';
import { createStore } from '../../src/load/store';
import type { FileChange } from '../../src/load/store';
import type { CniProfileId } from '../../src/dataplane/profile';
import { lookupOf } from '../../src/model/lookup';
import { keyOf } from '../../src/model/objects';
import { parseIp } from '../../src/model/address';
import type { Cluster } from '../../src/model/cluster';
import { policyJudgeOf } from '../../src/policy/judge';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate, simulateInSteps } from '../../src/simulate/simulate';
import { parseEnd } from '../../src/trace/endText';
import { policiesInSteps, selectedInSteps } from '../../src/trace/policyReading';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import type { GeneratedCluster } from './generate';
import { generate, sizes } from './generate';
import type { Result, Row } from './measure';
import { longestStep, median, medianOfMany, printTable, timeText } from './measure';
import { measureMemory, memoryWord } from './memory';
import { policyBenchmarks } from './policies';

/** A measurement of one generated cluster, with its target for each size in milliseconds. */
interface Benchmark {
  readonly number: string;
  readonly operation: string;
  readonly targets: readonly (number | undefined)[];
  readonly measure: (input: Input) => number;
}

/** One generated cluster in the forms that the measurements start from. */
interface Input {
  readonly generated: GeneratedCluster;
  readonly compact: string;
  readonly indented: string;
  readonly folder: readonly FileChange[];
  readonly loaded: { readonly snapshot: Cluster; readonly manifests: Cluster };
  /** Both again, simulated. */
  readonly snapshot: Cluster;
  readonly manifests: Cluster;
}

const benchmarks: readonly Benchmark[] = [
  {
    number: '1',
    operation: 'load a snapshot, compact JSON',
    targets: [3, 40, 300],
    measure: ({ compact }) =>
      median(
        () => compact,
        (text) => load([{ file: 'snapshot.json', text }]),
      ),
  },
  {
    number: '2',
    operation: 'load a snapshot, indented JSON',
    targets: [3, 70, 650],
    measure: ({ indented }) =>
      median(
        () => indented,
        (text) => load([{ file: 'snapshot.json', text }]),
      ),
  },
  {
    number: '4',
    operation: 'build: simulate and lookup, of a snapshot',
    targets: [3, 15, 120],
    measure: ({ loaded }) => median(() => ({ ...loaded.snapshot }), build),
  },
  {
    number: '4',
    operation: 'build: simulate and lookup, of manifests',
    targets: [3, 15, 120],
    measure: ({ loaded }) => median(() => ({ ...loaded.manifests }), build),
  },
  {
    number: '5',
    operation: 'look an address up, with its parsing',
    targets: [0.001, 0.001, 0.001],
    measure: ({ snapshot }) => {
      const texts = snapshot.pods.flatMap((pod) => pod.addresses.map((address) => address.value.text));
      const lookup = lookupOf(snapshot);
      return medianOfMany((call) => {
        const ip = parseIp(texts[(call * 7919) % texts.length] ?? '');
        return ip && lookup.owners(ip);
      });
    },
  },
  {
    number: '4',
    operation: 'build the policy engine, with its first verdict',
    targets: [3, 15, 120],
    measure: ({ manifests }) =>
      median(
        () => ({ ...manifests }),
        (cluster) => randomVerdicts(cluster)(0),
      ),
  },
  {
    number: '6',
    operation: 'verdict of all policies on a random pair of pods',
    targets: [0.005, 0.005, 0.005],
    measure: ({ manifests }) => medianOfMany(randomVerdicts(manifests)),
  },
  {
    number: '-',
    operation: 'first trace after a change',
    targets: [undefined, undefined, undefined],
    measure: (input) =>
      median(
        () => ({ ...input, manifests: { ...input.manifests } }),
        (copy) => traceTo(copy, 'admitted'),
      ),
  },
  {
    number: '7',
    operation: 'trace through a Service, admitted, each endpoint hop by hop',
    targets: [0.05, 0.05, 0.05],
    measure: (input) => medianOfMany(traceTo(input, 'admitted')),
  },
  {
    number: '7',
    operation: 'trace through a Service, stopped by a policy',
    targets: [0.05, 0.05, 0.05],
    measure: (input) => medianOfMany(traceTo(input, 'refused')),
  },
  ...flowBenchmarks(),
  {
    number: '19',
    operation: 'hover over any word of workloads, Services and policies',
    targets: [1, 1, 1],
    measure: (input) => {
      const hover = hovers(input);
      if (!Array.from({ length: 20 }, (_, call) => hover(call)).some(Boolean))
        throw new Error('no hover answers');
      return medianOfMany(hover);
    },
  },
  {
    number: '19',
    operation: 'first hover after an edit, with parsing the file',
    targets: [30, 30, 30],
    measure: (input) =>
      median(
        () => ({ ...input, manifests: { ...input.manifests } }),
        (copy) => hovers(copy)(20),
      ),
  },
  {
    number: '10',
    operation: 'connectivity of workloads with ports, as a list',
    targets: [1, 50, 1200],
    measure: ({ manifests }) =>
      median(
        () => ({ ...manifests }),
        (cluster) => connectivity(cluster, { level: 'workload' }),
      ),
  },
  {
    number: '16',
    operation: 'load a folder of manifests (YAML) and build',
    targets: [20, 150, 800],
    measure: ({ folder }) =>
      median(
        () => folder,
        (files) => build(load(files)),
      ),
  },
  {
    number: '-',
    operation: 'longest step: policy edited, merge and simulate',
    targets: [50, 50, 50],
    measure: (input) => longestOfEdit(input, 'team-0/policies.yaml'),
  },
  {
    number: '-',
    operation: 'longest step: workloads edited, merge and simulate',
    targets: [50, 50, 50],
    measure: (input) => longestOfEdit(input, 'team-0/workloads.yaml'),
  },
  {
    number: '-',
    operation: 'longest step: preview of a change, and its policy engine',
    targets: [50, 50, 50],
    measure: ({ folder, manifests }) => {
      const store = createStore();
      store.apply(folder);
      const changes = [edited(folder, 'team-0/policies.yaml', 1)];
      return longestStep(function* () {
        const { cluster } = yield* store.previewInSteps(changes);
        const preview = yield* simulateInSteps(cluster, defaultSettings, manifests);
        yield* policiesInSteps(preview.cluster);
      });
    },
  },
  ...(['node', 'workload'] as const).map((grouping): Benchmark => ({
    number: '-',
    operation: `longest step: first rows of the tree by ${grouping}, and those of the first`,
    targets: [50, 50, 50],
    measure: ({ manifests }) =>
      longestStep(function* () {
        const afresh = copyOf(manifests);
        const [first] = yield* treeRowsInSteps(afresh, { grouping, filter: '' });
        yield* treeRowsInSteps(afresh, { grouping, filter: '' }, first?.id);
      }),
  })),
  {
    number: '-',
    operation: 'longest step: whom all policies select, for views and lenses',
    targets: [50, 50, 50],
    measure: ({ manifests }) => longestStep(() => selectedInSteps(copyOf(manifests))),
  },
  {
    number: '-',
    operation: 'longest step: what a change opens',
    targets: [50, 50, 50],
    measure: ({ manifests }) => {
      const [first] = manifests.policies;
      const about = new Set(manifests.workloads.slice(0, 1).map((each) => `${keyOf(each)}[${each.kind}]`));
      return longestStep(() => {
        const before = copyOf(manifests);
        return openedInSteps(before, first === undefined ? before : withoutPolicy(before, first), about);
      });
    },
  },
  {
    number: '-',
    operation: 'edit one manifest: load the change and build',
    targets: [300, 300, 300],
    measure: ({ folder }) => {
      const store = createStore();
      let before = build(store.apply(folder).cluster);
      const edited = folder.find((change) => change.file === 'team-0/workloads.yaml');
      const text = edited !== undefined && 'text' in edited ? String(edited.text) : '';
      let edits = 0;
      return median(
        () => `${text}# edit ${edits++}\n`,
        (changed) => {
          const { cluster } = store.apply([{ file: 'team-0/workloads.yaml', text: changed }]);
          before = simulate(cluster, defaultSettings, before).cluster;
          return lookupOf(before);
        },
      );
    },
  },
];

/** A file with some lines more before its text. */
function edited(folder: readonly FileChange[], file: string, lines: number): FileChange {
  const change = folder.find((each) => each.file === file);
  const text = change !== undefined && 'text' in change ? String(change.text) : '';
  return { file, text: `${'# edited\n'.repeat(lines)}${text}` };
}

/** From the parsed change to the simulated cluster, as an editor drives it. */
function longestOfEdit({ folder, manifests }: Input, file: string): number {
  const store = createStore();
  store.apply(folder);
  let before = manifests;
  let edits = 0;
  return longestStep(function* () {
    const { cluster } = yield* store.applyInSteps([edited(folder, file, ++edits)]);
    before = (yield* simulateInSteps(cluster, defaultSettings, before)).cluster;
  });
}

/** The same objects in lists of their own, of which nothing is known yet. */
function copyOf(cluster: Cluster): Cluster {
  const { nodes, namespaces, workloads, pods, services, slices, policies } = cluster;
  return {
    ...cluster,
    nodes: [...nodes],
    namespaces: [...namespaces],
    workloads: [...workloads],
    pods: [...pods],
    services: [...services],
    slices: [...slices],
    policies: [...policies],
  };
}

/** One whole trace of each kind of flow, hop by hop with its reply, its explanation and the principles. */
function flowBenchmarks(): readonly Benchmark[] {
  const kinds: readonly {
    readonly what: string;
    readonly from: (input: FlowEnds) => string;
    readonly to: (input: FlowEnds) => string;
    readonly cni?: CniProfileId;
  }[] = [
    { what: 'localhost', from: ({ pod }) => pod, to: () => '127.0.0.1:80' },
    { what: 'pod to a pod of its node', from: ({ pod }) => pod, to: ({ neighbour }) => `${neighbour}:80` },
    { what: 'pod to a pod of another node', from: ({ pod }) => pod, to: ({ remote }) => `${remote}:80` },
    {
      what: 'the same through VXLAN',
      from: ({ pod }) => pod,
      to: ({ remote }) => `${remote}:80`,
      cni: 'flannel-vxlan',
    },
    { what: 'node to a pod', from: ({ node }) => `node/${node}`, to: ({ remote }) => `${remote}:80` },
    { what: 'pod to a node', from: ({ pod }) => pod, to: ({ otherNode }) => `node/${otherNode}:10250` },
    { what: 'pod to the outside, and back', from: ({ pod }) => pod, to: () => '203.0.113.10:443' },
    {
      what: 'outside to a node port',
      from: () => '203.0.113.10',
      to: ({ otherNode }) => `node/${otherNode}:30080`,
    },
  ];
  return kinds.map(({ what, from, to, cni }) => ({
    number: '7',
    operation: `trace: ${what}`,
    targets: [0.1, 0.1, 0.1],
    measure: (input) => {
      const ends = flowEnds(input);
      const [source, destination] = [parseEnd(from(ends)), parseEnd(to(ends))];
      if (source === undefined || destination === undefined)
        throw new Error(`cannot read the ends of ${what}`);
      const query = {
        from: source.end,
        to: destination.end,
        port: destination.port,
        protocol: 'TCP',
      } as const;
      return medianOfMany(() => traceConnectivity(ends.cluster, query, { cni }));
    },
  }));
}

interface FlowEnds {
  /** With node port 30080 on one of its Services. */
  readonly cluster: Cluster;
  readonly pod: string;
  readonly neighbour: string;
  readonly remote: string;
  readonly node: string;
  readonly otherNode: string;
}

const endsOf = new WeakMap<Cluster, FlowEnds>();

function flowEnds({ manifests }: Input): FlowEnds {
  const known = endsOf.get(manifests);
  if (known !== undefined) return known;
  const able = manifests.pods.filter((pod) => pod.addresses.length > 0 && !pod.spec.hostNetwork);
  const [pod] = able;
  const neighbour = able.find((each) => each !== pod && each.node?.value === pod?.node?.value);
  const remote = able.find((each) => each.node?.value !== pod?.node?.value);
  const exposed = manifests.services.findIndex(({ ports, headless }) => ports.length > 0 && !headless);
  const services = manifests.services.map((service, index) =>
    index === exposed
      ? {
          ...service,
          ports: service.ports.map((port, at) => (at === 0 ? { ...port, nodePort: 30080 } : port)),
        }
      : service,
  );
  if (pod?.node === undefined || neighbour === undefined || remote?.node === undefined)
    throw new Error('the generated cluster has too few pods');
  const made = {
    cluster: { ...manifests, services },
    pod: keyOf(pod),
    neighbour: keyOf(neighbour),
    remote: keyOf(remote),
    node: pod.node.value,
    otherNode: remote.node.value,
  };
  endsOf.set(manifests, made);
  return made;
}

/** Judges both directions between pods that look chosen at random. */
function randomVerdicts(cluster: Cluster): (call: number) => unknown {
  const { pods } = cluster;
  const judge = policyJudgeOf(cluster);
  return (call) => {
    const [source, destination] = [
      pods[(call * 7919) % pods.length],
      pods[(call * 104_729 + 1) % pods.length],
    ];
    const [from, to] = [source?.addresses[0]?.value, destination?.addresses[0]?.value];
    if (source === undefined || destination === undefined || from === undefined || to === undefined)
      return false;
    const port = 8000 + (call % 16);
    const out = judge.permits({
      protocol: 'TCP',
      port,
      direction: 'egress',
      subject: source,
      peer: { address: to, pod: destination },
    });
    const into = judge.permits({
      protocol: 'TCP',
      port,
      direction: 'ingress',
      subject: destination,
      peer: { address: from, pod: source },
    });
    return out === 'allow' && into === 'allow';
  };
}

/** Traces from the first pod of the client to the Service; stops the benchmark if the answer is not the one planned. */
function traceTo({ generated, manifests }: Input, pair: 'admitted' | 'refused'): () => Trace {
  const { client, service } = generated[pair];
  const [from, to] = [parseEnd(`${client}-0`)?.end, parseEnd(`svc/${service}`)?.end];
  if (from === undefined || to === undefined) throw new Error(`cannot read ${client} and ${service}`);
  const run = (): Trace => traceConnectivity(manifests, { from, to, port: 80, protocol: 'TCP' });
  const { result, verdict } = run();
  const expected = pair === 'admitted' ? 'Reachable' : 'Unreachable';
  if (result !== expected) throw new Error(`${client} to ${service} is ${result}: ${verdict.words}`);
  return run;
}

/** Hovers over the words of one namespace's files, one after the other. */
function hovers({ folder, manifests }: Input): (call: number) => unknown {
  const shown = { cluster: manifests, files: new Set(folder.map(({ file }) => file)) };
  const places = folder.flatMap((change) => {
    if (!change.file.startsWith('team-0/') || !('text' in change)) return [];
    const text = String(change.text);
    const parsed = parseText(change.file, text);
    return [...text.matchAll(/[\w.-]+/g)].map(({ index }) => ({
      text,
      parsed,
      position: positionAt(parsed.lines, index),
    }));
  });
  return (call) => {
    const place = places[call % places.length];
    return place && hoverAt(shown, place.text, place.parsed, place.position);
  };
}

function load(changes: readonly FileChange[]): Cluster {
  return createStore().apply(changes).cluster;
}

function build(cluster: Cluster): Cluster {
  const simulated = simulate(cluster, defaultSettings).cluster;
  lookupOf(simulated);
  return simulated;
}

function inputOf(generated: GeneratedCluster): Input {
  const list = { apiVersion: 'v1', kind: 'List', items: generated.snapshot };
  const compact = JSON.stringify(list);
  const folder = [...generated.manifests].map(([file, objects]) => ({
    file,
    text: objects.map((object) => dump(object)).join('---\n'),
  }));
  const loaded = { snapshot: load([{ file: 'snapshot.json', text: compact }]), manifests: load(folder) };
  return {
    generated,
    compact,
    indented: JSON.stringify(list, null, 4),
    folder,
    loaded,
    snapshot: build(loaded.snapshot),
    manifests: build(loaded.manifests),
  };
}

function describe({ generated, compact, folder, snapshot }: Input): string {
  const bytes = folder.reduce((sum, change) => sum + ('text' in change ? change.text.length : 0), 0);
  const megabytes = (count: number): string => `${(count / 1e6).toFixed(2)} MB`;
  return (
    `${generated.size.pods} pods: ${snapshot.nodes.length} nodes, ${snapshot.namespaces.length} namespaces, ` +
    `${snapshot.services.length} Services, ${snapshot.policies.length} policies; snapshot ${megabytes(compact.length)}, ` +
    `${folder.length} manifest files ${megabytes(bytes)}`
  );
}

/** Only operations whose name holds the word, when one is given; `policies` for the table of policies alone. */
function run(word: string): void {
  const chosen = benchmarks.filter(({ operation }) => operation.includes(word));
  const started = performance.now();
  const results = new Map<Benchmark, Result[]>(chosen.map((benchmark) => [benchmark, []]));
  for (const [index, size] of sizes.entries()) {
    const input = inputOf(generate(size));
    console.log(describe(input));
    for (const benchmark of chosen) {
      results.get(benchmark)?.push({ measured: benchmark.measure(input), target: benchmark.targets[index] });
    }
  }
  const rows: readonly Row[] = chosen.map((benchmark) => ({
    ...benchmark,
    results: results.get(benchmark) ?? [],
  }));
  console.log('');
  printTable(
    'Median time of target, by size of the cluster:',
    sizes.map((size) => `${size.pods} pods`),
    rows,
  );
  if ('policies'.includes(word) || chosen.length === 0) policyBenchmarks();
  console.log(`\nNode.js ${process.version}, ${timeText(performance.now() - started)} in all.`);
}

const [word = '', argument] = process.argv.slice(2);
if (word === memoryWord) measureMemory(Number(argument));
else run(word);
