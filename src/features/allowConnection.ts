// Answers: what is the smallest change of policies that lets this connection through? Round by round: trace, find the policies that
// stop it, add one rule for exactly this peer, port and protocol, and trace again with the text as it would be, until nothing of a
// NetworkPolicy stops it; both sides and every endpoint come up by themselves. A policy is extended only when it selects nothing
// but the pods of the stopping side, else a new one is written beside it. Where the baseline denies, a new one goes beside the pods:
// NetworkPolicy is asked before the baseline, and from then on isolates them, so that what closes is told as well (spec E2). What a
// rule cannot say narrowly, and what the admin tier denies, is refused in words (networking/v1; rules E5, E6, E22 to E32, E37).
import { contextInSteps, owners, type CheckContext } from '../analysis/checks/context';
import type { FieldValue } from '../analysis/checks/finding';
import { openedInSteps, type OpenedConnection } from '../analysis/openedConnections';
import type { ProfileChoice } from '../dataplane/choice';
import type { PolicyStep } from '../dataplane/steps/policy';
import type { SyntaxFile } from '../load/parse';
import { entryOf } from '../load/syntax';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { NetworkPolicy } from '../model/policy';
import type { Location } from '../model/source';
import { finish } from '../model/steps';
import { policiesInSteps, policiesOf } from '../trace/policyReading';
import type { TraceQuery } from '../trace/query';
import type { Trace } from '../trace/trace';
import { traceConnectivity } from '../trace/traceConnectivity';
import { adminDenial, stoppingStep } from './adminDenial';
import { peerFor, selectorFor, type Chosen } from './allowPeer';
import { manifestEdits, withEdits } from './manifestEdits';
import { blockLines } from './manifestText';

/** What the host knows and can do. */
export interface AllowInput {
  readonly cluster: Cluster;
  readonly query: TraceQuery;
  /** The profile that the trace was made with. */
  readonly choice?: ProfileChoice | undefined;
  /** Texts that may be changed; undefined: not a file of the user's. */
  readonly textOf: (file: string) => string | undefined;
  readonly parse: (file: string, text: string) => SyntaxFile;
  /** The cluster with other texts for some files. */
  readonly preview: (texts: ReadonlyMap<string, string>) => Promise<Cluster>;
  /** Does long work so that others have their turn, and rejects when it is cancelled; undefined: at one go. */
  readonly drive?: (<T>(steps: Generator<unknown, T, void>) => Promise<T>) | undefined;
}

export interface ChangedFile {
  readonly file: string;
  /** undefined: a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Nothing is written by it. */
export interface Proposal {
  readonly kind: 'proposal';
  /** A sentence for each rule. */
  readonly steps: readonly string[];
  readonly files: readonly ChangedFile[];
  /** Connections besides the one that was asked for, by source and destination. */
  readonly alsoOpens: readonly OpenedConnection[];
  /** Connections that are permitted now and would be no more: a first policy isolates its pods. */
  readonly closes: readonly OpenedConnection[];
  /** What to know before it is written. */
  readonly notes: readonly string[];
  /** The trace as it would be. */
  readonly after: Trace;
}

export interface NoProposal {
  readonly kind: 'refused';
  readonly reason: string;
  /** Where that would have to be changed. */
  readonly at?: Location | undefined;
}

/** Rounds that both sides, a name lookup and some endpoints may need. */
const mostRounds = 12;

export async function proposeConnection(input: AllowInput): Promise<Proposal | NoProposal> {
  const { query, choice } = input;
  const texts = new Map<string, string>();
  const steps: string[] = [];
  const notes = new Set<string>();
  const wanted: Wanted = { pairs: new Set(), about: new Set() };
  const drive = input.drive ?? (<T>(work: Generator<unknown, T, void>) => Promise.resolve(finish(work)));
  let cluster = input.cluster;
  for (let round = 0; round < mostRounds; round++) {
    await drive(policiesInSteps(cluster));
    const trace = traceConnectivity(cluster, query, choice);
    const stop = stopOf(trace);
    if (stop === undefined) {
      if (steps.length === 0) return refused(whyNothing(trace));
      const files = [...texts].map(([file, after]) => ({ file, before: input.textOf(file), after }));
      const opened = await drive(openedInSteps(input.cluster, cluster, wanted.about));
      const alsoOpens = opened.filter(
        ({ source, destination }) => !wanted.pairs.has(`${source} ${destination}`),
      );
      // What the old cluster opens beside the new one is what the change closes.
      const closes = await drive(openedInSteps(cluster, input.cluster, wanted.about));
      const told = [...notes, ...remaining(trace)];
      return { kind: 'proposal', steps, files, alsoOpens, closes, notes: told, after: trace };
    }
    const context = await drive(contextInSteps(cluster));
    const change = changeFor(input, context, texts, stop.step);
    if (change.kind === 'refused') return change;
    // A rule that does not help would be added for ever.
    if (steps.includes(change.sentence))
      return refused(`A rule does not open this connection: ${stop.step.ruling.reason}`);
    steps.push(change.sentence);
    change.notes.forEach((note) => notes.add(note));
    wanted.about.add(change.subject);
    wanted.pairs.add(change.pair);
    wanted.pairs.add(`${endId(cluster, trace.source?.pod)} ${endId(cluster, stop.destination)}`);
    texts.set(change.file, change.text);
    cluster = await input.preview(texts);
  }
  return refused(
    'More policies stop this connection than one change should open. Allow its ways one by one.',
  );
}

interface Wanted {
  /** `source destination` as the connectivity list names them. */
  readonly pairs: Set<string>;
  readonly about: Set<string>;
}

function refused(reason: string): NoProposal {
  return { kind: 'refused', reason };
}

/** Where policies stop a way, and the key of the pod that it leads to. */
interface Stop {
  readonly step: PolicyStep;
  readonly destination: string | undefined;
}

/** undefined: policies stop no way of the trace. */
function stopOf({ candidates }: Trace): Stop | undefined {
  for (const way of candidates) {
    const step = stoppingStep(way);
    if (step !== undefined) return { step, destination: way.destination.pod };
  }
  return undefined;
}

/** As the connectivity list names the workload of the pod with this key. */
function endId(cluster: Cluster, key: string | undefined): string {
  const pod = key === undefined ? undefined : lookupOf(cluster).pod(key);
  return pod === undefined ? '' : peerIdOf(pod);
}

function whyNothing({ result, verdict }: Trace): string {
  if (result === 'Reachable') return 'This connection is let through already.';
  const what = result === 'Undetermined' ? 'What happens to' : 'What stops';
  return `${what} this connection is not for a NetworkPolicy to change: ${verdict.words}`;
}

function remaining({ result, verdict }: Trace): readonly string[] {
  return result === 'Reachable' ? [] : [`Afterwards policies let it through, but: ${verdict.words}`];
}

interface Change {
  readonly kind: 'change';
  readonly sentence: string;
  readonly notes: readonly string[];
  readonly file: string;
  readonly text: string;
  /** Ends as the connectivity list names them. */
  readonly subject: string;
  readonly pair: string;
}

function changeFor(
  input: AllowInput,
  context: CheckContext,
  texts: ReadonlyMap<string, string>,
  { ruling, before: packet }: PolicyStep,
): Change | NoProposal {
  const { cluster } = context;
  const { direction } = ruling;
  const subject = lookupOf(cluster).pod(ruling.subject);
  if (subject === undefined) return refused(`Pod ${ruling.subject} is not in the input.`);
  const denial = adminDenial(ruling);
  if (denial !== undefined) return { ...refused(denial), at: ruling.deciding?.at };
  if (ruling.basis !== 'not-admitted' && ruling.basis !== 'baseline-deny')
    return refused(
      `No rule of a NetworkPolicy can let this through; another policy stops it: ${ruling.reason}`,
    );
  if (packet.protocol === 'ICMP')
    return refused(
      'The API does not say how rules apply to ping: only a rule without ports may let it through, and that opens every port. Trace the port that is needed instead.',
    );
  const address = direction === 'ingress' ? packet.source : packet.destination;
  const peer = peerFor(context, address, subject.namespace);
  if (peer.kind === 'refused') return peer;
  const rule: FieldValue = {
    [direction === 'ingress' ? 'from' : 'to']: [peer.value],
    ports: [{ protocol: packet.protocol, port: packet.destinationPort }],
  };
  const port = `${packet.protocol} ${packet.destinationPort}`;
  const words = `${direction === 'ingress' ? 'from' : 'to'} ${peer.words} on ${port}`;
  const textOf = (file: string): string | undefined => texts.get(file) ?? input.textOf(file);
  const policies = policiesOf(cluster).isolating(direction, subject);
  const subjectId = peerIdOf(subject);
  const isolation =
    policies.length > 0
      ? []
      : [
          `No NetworkPolicy isolates ${ownerText(subject)} for ${direction} yet. This one does: whatever no NetworkPolicy admits is stopped from then on, and the baseline is not asked for it any more.`,
        ];
  const common = {
    kind: 'change',
    notes: [...peer.notes, ...isolation],
    subject: subjectId,
    pair: direction === 'ingress' ? `${peer.id} ${subjectId}` : `${subjectId} ${peer.id}`,
  } as const;
  for (const policy of extensible(context, policies, direction, subject)) {
    const text = policy.at && textOf(policy.at.file);
    if (policy.at === undefined || text === undefined) continue;
    const made = manifestEdits(text, input.parse(policy.at.file, text), policy.at, [
      { kind: 'append', path: ['spec', direction], value: rule },
    ]);
    if (made.kind === 'refused') continue;
    return {
      ...common,
      sentence: `NetworkPolicy ${keyOf(policy)} gets an ${direction} rule ${words}.`,
      file: policy.at.file,
      text: withEdits(text, made.edits),
    };
  }
  const own = selectorFor(context, subject);
  if (own.kind === 'refused') return own;
  return newPolicy(input, context, textOf, { policies, direction, subject, own, peer, rule, words }, common);
}

/** Policies of these pods alone, those with rules of the direction first. */
function extensible(
  context: CheckContext,
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress',
  subject: Pod,
): readonly NetworkPolicy[] {
  const owner = ownerText(subject);
  const alone = policies.filter((policy) => owners(context.subjects(policy)).every((each) => each === owner));
  return [
    ...alone.filter((policy) => policy[direction].length > 0),
    ...alone.filter((policy) => policy[direction].length === 0),
  ];
}

interface NewPolicy {
  readonly policies: readonly NetworkPolicy[];
  readonly direction: 'ingress' | 'egress';
  readonly subject: Pod;
  readonly own: Chosen;
  readonly peer: Chosen;
  readonly rule: FieldValue;
  readonly words: string;
}

/** A document behind the last one of the policies' or the pods' file; a file of its own beside JSON, which holds one document. */
function newPolicy(
  input: AllowInput,
  context: CheckContext,
  textOf: (file: string) => string | undefined,
  { policies, direction, subject, own, peer, rule, words }: NewPolicy,
  common: Pick<Change, 'kind' | 'notes' | 'subject' | 'pair'>,
): Change | NoProposal {
  const beside = policies.length > 0 ? policies.map(({ at }) => at) : placesOf(context.cluster, subject);
  const at = beside.find((each) => each !== undefined && textOf(each.file) !== undefined);
  const text = at && textOf(at.file);
  if (at === undefined || text === undefined)
    return refused(
      policies.length > 0
        ? 'The policies that stop it are not in a file that can be changed.'
        : `A NetworkPolicy for ${ownerText(subject)} would let it through, but its manifest is not in a file that can be changed.`,
    );
  const parsed = input.parse(at.file, text);
  const { namespace } = subject;
  const name = freeName(
    context,
    namespace,
    `${own.name}-${direction === 'ingress' ? 'from' : 'to'}-${peer.name}`,
  );
  const metadata = entryOf(parsed.documents[at.document]?.root, 'metadata')?.value;
  const unnamed =
    namespace === 'default' && metadata !== undefined && entryOf(metadata, 'namespace') === undefined;
  const manifest: FieldValue = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: unnamed ? { name } : { name, namespace },
    spec: {
      podSelector: own.value,
      policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
      [direction]: [rule],
    },
  };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const written = (blockLines(manifest, 0, { listIndent: 2 }, true) ?? []).map((line) => `${line}${newline}`);
  const sentence = `A new NetworkPolicy ${namespace}/${name} gives ${own.words} an ${direction} rule ${words}.`;
  if (parsed.language === 'yaml') {
    const gap = text === '' || text.endsWith('\n') ? '' : newline;
    return { ...common, sentence, file: at.file, text: `${text}${gap}---${newline}${written.join('')}` };
  }
  const folder = at.file.slice(0, at.file.lastIndexOf('/') + 1);
  const file = `${folder}${name}.yaml`;
  if (textOf(file) !== undefined)
    return refused(`${file} exists already; the new policy ${name} was to go there.`);
  return { ...common, sentence, file, text: written.join('') };
}

/** Where the pod's workload stands, else the pod. */
function placesOf(cluster: Cluster, pod: Pod): readonly (Location | undefined)[] {
  const { owner } = pod;
  const workload = owner && lookupOf(cluster).workload(owner.kind, keyOf(owner));
  return [workload?.at, pod.at];
}

/** A name that Kubernetes takes and no policy of the namespace has. */
function freeName(context: CheckContext, namespace: string, wanted: string): string {
  const taken = new Set(context.policiesIn(namespace).map(({ name }) => name));
  const base = wanted
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 58)
    .replace(/^-+|-+$/g, '');
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  return name;
}

function ownerText(pod: Pod): string {
  return pod.owner === undefined ? `Pod ${keyOf(pod)}` : `${pod.owner.kind} ${keyOf(pod.owner)}`;
}

/** As the connectivity list names the pod's workload. */
function peerIdOf(pod: Pod): string {
  return pod.owner === undefined ? `${keyOf(pod)}[Pod]` : `${keyOf(pod.owner)}[${pod.owner.kind}]`;
}
