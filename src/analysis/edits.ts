// Answers: what was edited between two clusters that policies could notice? Policies by kind, namespace and name; labels of
// namespaces; workloads and bare pods with their labels, named ports and addresses. Fields that no policy looks at are no edits.
// What was not read again is the very same object on both sides, and is not looked into.
import { compareText, keyOf } from '../model/objects';
import type { Cluster } from '../model/cluster';
import type { Namespace } from '../model/node';
import type {
  AdminPolicy,
  Direction,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  VendorPolicy,
} from '../model/policy';
import { selectorText, type Labels } from '../model/selector';
import type { Location } from '../model/source';
import { finish } from '../model/steps';
import { changed, type Changed } from '../policy/changes';
import { endsInSteps } from './parties';
import { isSameEnd, seenPeer, type SeenPeer } from './policyView';

export interface Edit {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: string;
  /** '' for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** What differs, a phrase each: `egress rule removed: to every pod, TCP 53`. Empty for added and removed objects. */
  readonly differences: readonly string[];
  /** Where the object stood and stands: its name, or the rule that differs. */
  readonly before?: Location | undefined;
  readonly after?: Location | undefined;
}

export type RulePolicy = NetworkPolicy | AdminPolicy;

/** Rules of one direction that only one of the two versions has. */
export interface RuleEdits {
  readonly removed: readonly PolicyRule[];
  readonly added: readonly PolicyRule[];
}

/** What an edit is about, for finding out what it can have caused. */
export type EditSubject =
  | {
      readonly kind: 'policy';
      readonly before: RulePolicy | undefined;
      readonly after: RulePolicy | undefined;
      readonly rules: Readonly<Record<Direction, RuleEdits>>;
    }
  /** A policy that is not judged. */
  | { readonly kind: 'vendor' }
  /** `keys` of the labels that differ. */
  | { readonly kind: 'namespace'; readonly name: string; readonly keys: ReadonlySet<string> }
  | {
      readonly kind: 'peer';
      readonly id: string;
      /** undefined: something else than labels differs, or the peer came or went. */
      readonly keys: ReadonlySet<string> | undefined;
    };

export interface FoundEdit {
  readonly edit: Edit;
  readonly subject: EditSubject;
}

const directions: readonly Direction[] = ['ingress', 'egress'];

/** In the order policies, namespaces, workloads and pods; each by kind, namespace and name. */
export function editsBetween(before: Cluster, after: Cluster): readonly FoundEdit[] {
  return finish(editsInSteps(before, after));
}

/** The same with turns for others. */
export function* editsInSteps(
  before: Cluster,
  after: Cluster,
): Generator<undefined, readonly FoundEdit[], void> {
  return [
    ...(yield* policyEdits(before, after)),
    ...vendorEdits(before, after),
    ...namespaceEdits(before, after),
    ...(yield* peerEdits(before, after)),
  ];
}

/** Objects or peers that are compared before others get their turn. */
const comparedAtOnce = 200;

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Objects of both sides by kind, namespace and name, in that order. */
function pairs<T extends Named>({
  removed,
  added,
}: Changed<T>): readonly {
  readonly before: T | undefined;
  readonly after: T | undefined;
}[] {
  const keyed = (objects: readonly T[]): Map<string, T> =>
    new Map(objects.map((object) => [`${object.kind} ${object.namespace} ${object.name}`, object]));
  const [old, now] = [keyed(removed), keyed(added)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort(compareText)
    .map((key) => ({ before: old.get(key), after: now.get(key) }));
}

function edit<T extends Named>(
  before: T | undefined,
  after: T | undefined,
  differences: readonly string[],
  placeOf: (object: T) => Location | undefined,
): Edit | undefined {
  const object = after ?? before;
  if (object === undefined) return undefined;
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  if (change === 'changed' && differences.length === 0) return undefined;
  return {
    change,
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    differences: change === 'changed' ? differences : [],
    before: before && placeOf(before),
    after: after && placeOf(after),
  };
}

function* policyEdits(before: Cluster, after: Cluster): Generator<undefined, readonly FoundEdit[], void> {
  const network = changed(before.policies, after.policies);
  const admin = changed(before.adminPolicies, after.adminPolicies);
  const edited = pairs<RulePolicy>({
    removed: [...network.removed, ...admin.removed],
    added: [...network.added, ...admin.added],
  });
  const edits: FoundEdit[] = [];
  for (const [position, { before: old, after: now }] of edited.entries()) {
    if (position % comparedAtOnce === comparedAtOnce - 1) yield;
    const found = policyEdit(old, now);
    if (found !== undefined) edits.push(found);
  }
  return edits;
}

function policyEdit(old: RulePolicy | undefined, now: RulePolicy | undefined): FoundEdit | undefined {
  const rules = {
    ingress: ruleEdits(old, now, 'ingress'),
    egress: ruleEdits(old, now, 'egress'),
  };
  const differences = [
    ...(old === undefined || now === undefined ? [] : fieldDifferences(old, now)),
    ...directions.flatMap((direction) => [
      ...rules[direction].removed.map((rule) => `${direction} rule removed: ${ruleText(rule, direction)}`),
      ...rules[direction].added.map((rule) => `${direction} rule added: ${ruleText(rule, direction)}`),
    ]),
  ];
  const ruleOf = (which: keyof RuleEdits): Location | undefined =>
    old === undefined || now === undefined
      ? undefined
      : directions.flatMap((direction) => rules[direction][which])[0]?.at;
  const found = edit(old, now, differences, (object) => {
    const rule = ruleOf(object === now ? 'added' : 'removed');
    return rule ?? object.nameAt ?? object.at;
  });
  return found && { edit: found, subject: { kind: 'policy', before: old, after: now, rules } };
}

function fieldDifferences(before: RulePolicy, after: RulePolicy): readonly string[] {
  const differences: string[] = [];
  const compare = (name: string, of: (policy: RulePolicy) => string): void => {
    const [old, now] = [of(before), of(after)];
    if (old !== now) differences.push(`${name}: ${old} → ${now}`);
  };
  compare(before.kind === 'NetworkPolicy' ? 'podSelector' : 'subject', subjectText);
  compare('policyTypes', isolationText);
  compare('priority', (policy) => (policy.kind === 'NetworkPolicy' ? '' : `${policy.priority}`));
  return differences;
}

function subjectText(policy: RulePolicy): string {
  if (policy.kind === 'NetworkPolicy') return selectorText(policy.podSelector);
  const { namespaceSelector, podSelector } = policy.subject;
  const pods = podSelector === undefined ? 'every pod' : `pods ${selectorText(podSelector)}`;
  return `${pods} in namespaces ${selectorText(namespaceSelector)}`;
}

function isolationText(policy: RulePolicy): string {
  if (policy.kind !== 'NetworkPolicy') return '';
  return directions.filter((direction) => policy.isolates[direction]).join(' and ') || 'none';
}

/** Rules have no names of their own that must be unique: they are compared by what they say. Of admin policies order counts too. */
function ruleEdits(
  before: RulePolicy | undefined,
  after: RulePolicy | undefined,
  direction: Direction,
): RuleEdits {
  const [old, now] = [before?.[direction] ?? [], after?.[direction] ?? []];
  if (before !== undefined && after !== undefined) {
    const ordered = before.kind !== 'NetworkPolicy';
    const reordered = ordered && old.map(meaning).join('\n') !== now.map(meaning).join('\n');
    const priority = ordered && after.kind !== 'NetworkPolicy' && before.priority !== after.priority;
    // Where the order changed, each rule may decide what another decided before.
    if (priority || (reordered && sameMembers(old, now))) return { removed: old, added: now };
  }
  return { removed: without(old, now), added: without(now, old) };
}

function sameMembers(some: readonly PolicyRule[], others: readonly PolicyRule[]): boolean {
  return without(some, others).length === 0 && without(others, some).length === 0;
}

function without(rules: readonly PolicyRule[], others: readonly PolicyRule[]): readonly PolicyRule[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(meaning(other), (left.get(meaning(other)) ?? 0) + 1);
  return rules.filter((rule) => {
    const same = left.get(meaning(rule)) ?? 0;
    if (same > 0) left.set(meaning(rule), same - 1);
    return same === 0;
  });
}

const positions: ReadonlySet<string> = new Set(['at', 'index']);

/** What a rule says, wherever it stands. */
function meaning(rule: PolicyRule): string {
  return JSON.stringify(rule, (key, value: unknown) => (positions.has(key) ? undefined : value));
}

/** `from pods app=web of this namespace, TCP 80`; actions other than Allow come first. */
export function ruleText(rule: PolicyRule, direction: Direction): string {
  const action = rule.action === 'Allow' ? '' : `${rule.action} `;
  const side = direction === 'ingress' ? 'from' : 'to';
  const peers = rule.peers.length === 0 ? 'anybody' : rule.peers.map(peerText).join(' or ');
  const ports =
    rule.unknownPort !== undefined
      ? `ports of a newer API (${rule.unknownPort.fields.join(', ')})`
      : rule.ports.length === 0
        ? 'all ports'
        : rule.ports.map(portText).join(', ');
  return `${action}${side} ${peers}, ${ports}`;
}

function peerText(peer: PolicyPeer): string {
  switch (peer.kind) {
    case 'pods': {
      const pods =
        peer.podSelector === undefined || peer.podSelector.requirements.length === 0
          ? 'every pod'
          : `pods ${selectorText(peer.podSelector)}`;
      if (peer.namespaceSelector === undefined) return `${pods} of this namespace`;
      return peer.namespaceSelector.requirements.length === 0
        ? `${pods} of every namespace`
        : `${pods} of namespaces ${selectorText(peer.namespaceSelector)}`;
    }
    case 'ipBlock':
      return peer.except.length === 0
        ? peer.cidr.text
        : `${peer.cidr.text} except ${peer.except.map(({ text }) => text).join(', ')}`;
    case 'nodes':
      return `nodes ${selectorText(peer.selector)}`;
    case 'domainNames':
      return peer.names.join(', ');
    case 'unknown':
      return `a peer of a newer API (${peer.fields.join(', ')})`;
  }
}

function portText({ protocol, port, endPort }: PolicyPort): string {
  const number = endPort === undefined ? port : `${port ?? ''}-${endPort}`;
  return [protocol, number].filter((part) => part !== undefined).join(' ') || 'all ports';
}

function vendorEdits(before: Cluster, after: Cluster): readonly FoundEdit[] {
  const text = (policy: VendorPolicy): string =>
    JSON.stringify(policy, (key, value: unknown) => (positions.has(key) ? undefined : value));
  return pairs(changed(before.vendorPolicies, after.vendorPolicies)).flatMap(
    ({ before: old, after: now }) => {
      const differs = old !== undefined && now !== undefined && text(old) !== text(now);
      const found = edit(
        old,
        now,
        differs ? ['whom it selects, or what it could change'] : [],
        ({ at }) => at,
      );
      return found === undefined ? [] : [{ edit: found, subject: { kind: 'vendor' } as const }];
    },
  );
}

function namespaceEdits(before: Cluster, after: Cluster): readonly FoundEdit[] {
  const { removed, added } = changed(before.namespaces, after.namespaces);
  // Namespaces that nobody wrote come and go with what lives in them.
  const named = (
    namespaces: readonly Namespace[],
  ): readonly (Named & { readonly labels: Labels; at?: Location })[] =>
    namespaces.map(({ kind, name, labels, nameAt, at }) => {
      const place = nameAt ?? at;
      return { kind, namespace: '', name, labels, ...(place === undefined ? {} : { at: place }) };
    });
  return pairs({ removed: named(removed), added: named(added) }).flatMap(({ before: was, after: is }) => {
    if (was === undefined || is === undefined) return [];
    const { keys, differences } = labelDifferences([was.labels], [is.labels]);
    const found = edit(was, is, differences, ({ at }) => at);
    return found === undefined
      ? []
      : [{ edit: found, subject: { kind: 'namespace', name: is.name, keys } as const }];
  });
}

function* peerEdits(before: Cluster, after: Cluster): Generator<undefined, readonly FoundEdit[], void> {
  if (before.pods === after.pods && before.workloads === after.workloads) return [];
  const old = yield* endsInSteps(before, 'workload');
  const now = yield* endsInSteps(after, 'workload');
  const edits: FoundEdit[] = [];
  let looked = 0;
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort(compareText)) {
    const [oldEnd, nowEnd] = [old.get(id), now.get(id)];
    if (oldEnd !== undefined && nowEnd !== undefined && isSameEnd(oldEnd, nowEnd)) continue;
    if (++looked % comparedAtOnce === 0) yield;
    const was = oldEnd && seenPeer(before, oldEnd);
    const is = nowEnd && seenPeer(after, nowEnd);
    const { keys, differences } =
      was === undefined || is === undefined ? { keys: undefined, differences: [] } : peerDifferences(was, is);
    const found = edit(was, is, differences, ({ at }) => at);
    if (found !== undefined) edits.push({ edit: found, subject: { kind: 'peer', id, keys } });
  }
  return edits;
}

function peerDifferences(
  before: SeenPeer,
  after: SeenPeer,
): { readonly keys: ReadonlySet<string> | undefined; readonly differences: readonly string[] } {
  const labels = labelDifferences(
    before.pods.map((pod) => pod.labels),
    after.pods.map((pod) => pod.labels),
  );
  const others: string[] = [];
  const compare = (name: string, of: (peer: SeenPeer) => readonly string[], shown = true): void => {
    const [old, now] = [of(before), of(after)].map((values) => [...new Set(values)].sort());
    if (JSON.stringify(old) === JSON.stringify(now)) return;
    const text = (values: readonly string[] | undefined): string => values?.join(', ') || 'none';
    others.push(shown ? `${name}: ${text(old)} → ${text(now)}` : name);
  };
  compare('named ports', ({ namedPorts }) => namedPorts);
  compare('hostNetwork', ({ pods }) => pods.map(({ hostNetwork }) => String(hostNetwork)));
  const few = before.knownAddresses.length + after.knownAddresses.length <= 4;
  compare(few ? 'addresses' : 'addresses of its pods', ({ knownAddresses }) => knownAddresses, few);
  return {
    keys: others.length === 0 ? labels.keys : undefined,
    differences: [...labels.differences, ...others],
  };
}

/** Labels that some pod had and none has, and the other way round; a key with one value on each side is one difference. */
function labelDifferences(
  before: readonly Labels[],
  after: readonly Labels[],
): { readonly keys: ReadonlySet<string>; readonly differences: readonly string[] } {
  const valuesOf = (all: readonly Labels[]): Map<string, Set<string>> => {
    const values = new Map<string, Set<string>>();
    for (const labels of all)
      for (const [key, value] of Object.entries(labels))
        values.set(key, (values.get(key) ?? new Set()).add(value));
    return values;
  };
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const keys = new Set<string>();
  const differences: string[] = [];
  for (const key of [...new Set([...old.keys(), ...now.keys()])].sort(compareText)) {
    const [was, is] = [old.get(key), now.get(key)].map((values) => [...(values ?? [])].sort().join(','));
    const missing = (all: readonly Labels[]): boolean => all.some((labels) => !Object.hasOwn(labels, key));
    if (was === is && missing(before) === missing(after)) continue;
    keys.add(key);
    differences.push(
      !old.has(key)
        ? `label added: ${key}=${is ?? ''}`
        : !now.has(key)
          ? `label removed: ${key}=${was ?? ''}`
          : `label ${key}: ${was ?? ''} → ${is ?? ''}`,
    );
  }
  return { keys, differences };
}

/** `NetworkPolicy shop/db` */
export function editName({ kind, namespace, name }: Pick<Edit, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${keyOf({ namespace, name })}`;
}
