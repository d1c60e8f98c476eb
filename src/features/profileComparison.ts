// Answers: in which words is a comparison of CNI profiles told? One sentence that says where they disagree, and a row for all
// that agree; the terminal and the panel show the same.
import { profileOf, profiles } from '../dataplane/profiles/profiles';
import type { CniProfileId, KubeProxyMode } from '../dataplane/profile';
import {
  modesBeside,
  type ComparedAspect,
  type ComparedNat,
  type ComparedRow,
  type ProfileComparison,
  type ProfileVariant,
} from '../trace/compareProfiles';
import type { TraceResult } from '../trace/trace';
import { queryTitle } from './traceView';
import type { Tone, ToneIcon } from './traceViewShape';
import { faceOf } from './traceWords';

export interface ComparisonRowView {
  /** Holds what this cluster runs, as far as is known. */
  readonly own: boolean;
  /** `kindnet`, `calico (ipvs)`: modes are named where not all of a profile's are in the row. */
  readonly profiles: readonly string[];
  /** The same for machines, that of this cluster first. */
  readonly variants: readonly { readonly cni: CniProfileId; readonly kubeProxy: KubeProxyMode }[];
  readonly result: TraceResult;
  readonly tone: Tone;
  readonly icon: ToneIcon;
  /** The verdict in one sentence; undefined for Reachable. */
  readonly words?: string | undefined;
  readonly peer: string;
  readonly ttl: string;
  readonly nat: string;
  readonly devices: string;
}

export interface ComparisonView {
  /** `shop/web to svc/shop/db, TCP port 5432` */
  readonly title: string;
  /** Where they disagree, in a sentence or two. */
  readonly headline: string;
  /** `kindnet (iptables)` */
  readonly own: string | undefined;
  readonly rows: readonly ComparisonRowView[];
}

/** Headings of the columns; peer is whom the receiver sees. */
export const comparisonColumns = ['result', 'peer seen', 'TTL', 'NAT', 'devices', 'profiles'] as const;

export function comparisonView(comparison: ProfileComparison): ComparisonView {
  const own = comparison.rows.flatMap((row) => row.profiles).find((each) => each.own);
  return {
    title: queryTitle(comparison.query),
    headline: headlineOf(comparison),
    own: own && `${own.cni} (${modeWords(own.kubeProxy)})`,
    rows: comparison.rows.map(rowView),
  };
}

function rowView({
  profiles: variants,
  result,
  verdict,
  peers,
  ttl,
  nat,
  devices,
}: ComparedRow): ComparisonRowView {
  return {
    own: variants.some(({ own }) => own),
    profiles: namesOf(variants),
    variants: [...variants]
      .sort((a, b) => Number(b.own) - Number(a.own))
      .map(({ cni, kubeProxy }) => ({ cni, kubeProxy })),
    result,
    ...faceOf(result),
    words: result === 'Reachable' ? undefined : verdict.words,
    peer: either(peers),
    ttl: either(ttl.map(String)),
    nat: either(nat.map(natWords)),
    devices: either(devices.map(String)),
  };
}

/** Endpoints and ways in may make a difference; more than a few values are counted. */
function either(values: readonly string[]): string {
  if (values.length === 0) return '-';
  if (values.length <= mostValues) return values.join(' or ');
  return `${values.slice(0, mostValues - 1).join(', ')} or ${values.length - mostValues + 1} more`;
}

const mostValues = 3;

const natNames: Readonly<Record<ComparedNat, string>> = {
  DNAT: 'DNAT',
  connect: 'at connect()',
  masquerade: 'masquerade',
};

function natWords(kinds: readonly ComparedNat[]): string {
  return kinds.length === 0 ? 'none' : kinds.map((kind) => natNames[kind]).join(' + ');
}

/** Profiles in their order; a profile with all its modes in the row needs no word on them. */
function namesOf(variants: readonly ProfileVariant[]): readonly string[] {
  const byId = new Map<CniProfileId, readonly KubeProxyMode[]>();
  for (const { cni, kubeProxy } of variants) byId.set(cni, [...(byId.get(cni) ?? []), kubeProxy]);
  return [...byId].map(([id, modes]) =>
    modes.length === modesBeside(profileOf(id)).length ? id : `${id} (${modes.map(modeWords).join(', ')})`,
  );
}

/** `iptables`, `no kube-proxy` */
function modeWords(mode: KubeProxyMode): string {
  return mode === 'none' ? 'no kube-proxy' : mode;
}

const aspectWords: Readonly<Record<Exclude<ComparedAspect, 'verdict'>, string>> = {
  peer: 'the peer that the receiver sees',
  ttl: 'the TTL that arrives',
  nat: 'how addresses are rewritten',
  devices: 'the devices on the way',
};

function headlineOf({ rows, differs, profiles: count }: ProfileComparison): string {
  const [first] = rows;
  if (first === undefined) return 'There is nothing to compare.';
  const others = differs.flatMap((aspect) => (aspect === 'verdict' ? [] : [aspectWords[aspect]]));
  const more = others.length === 0 ? '' : `differ in ${listed(others)}`;
  if (!differs.includes('verdict')) {
    const same = `All ${count} profiles agree: ${first.result}.`;
    return more === '' ? same : `${same} They ${more}.`;
  }
  const parts = resultOrder.flatMap((result) => {
    const ids = idsWith(rows, result);
    return ids.length === 0
      ? []
      : [`${result} under ${ids.length === count ? 'every profile in some mode' : idWords(ids)}`];
  });
  const verdicts = parts.length > 1 ? parts.join('; ') : `${first.result}, but for different reasons`;
  return `The profiles disagree: ${verdicts}.${more === '' ? '' : ` They also ${more}.`}`;
}

const resultOrder: readonly TraceResult[] = ['Reachable', 'Ambiguous', 'Unreachable', 'Undetermined'];

function idsWith(rows: readonly ComparedRow[], result: TraceResult): readonly CniProfileId[] {
  const ids = new Set(
    rows.filter((row) => row.result === result).flatMap((row) => row.profiles.map(({ cni }) => cni)),
  );
  return profiles.map(({ id }) => id).filter((id) => ids.has(id));
}

const mostNamed = 4;

/** A few by name, many by number. */
function idWords(ids: readonly CniProfileId[]): string {
  return ids.length <= mostNamed ? listed(ids) : `${ids.length} profiles`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
