// Answers: with which words, tone and links is a trace told? The one place that turns results, outcomes and provenance
// into the words that page, terminal and Markdown share (spec table F, vocabulary 2.5).
import type { Hop, Place, Step, StepOutcome } from '../dataplane/step';
import type { Evidence, Location, Provenance } from '../model/source';
import type { FinalState, TraceResult, Verdict } from '../trace/trace';
import type {
  BannerView,
  EvidenceView,
  LegView,
  LinkView,
  PrincipleView,
  Tone,
  ToneIcon,
} from './traceViewShape';

const tones: Readonly<Record<TraceResult, Tone>> = {
  Reachable: 'good',
  Unreachable: 'bad',
  Ambiguous: 'mixed',
  Undetermined: 'unknown',
};

const icons: Readonly<Record<Tone, ToneIcon>> = {
  good: 'pass',
  bad: 'error',
  mixed: 'warning',
  unknown: 'question',
};

const titles: Readonly<Record<TraceResult, string>> = {
  Reachable: 'Reachable',
  Unreachable: 'Unreachable',
  Ambiguous: 'Ambiguous',
  Undetermined: 'Undetermined',
};

/** How a result feels, and the icon for it. */
export function faceOf(result: TraceResult): { readonly tone: Tone; readonly icon: ToneIcon } {
  const tone = tones[result];
  return { tone, icon: icons[tone] };
}

export function bannerOf(
  outcome: { readonly result: TraceResult; readonly final: FinalState; readonly verdict: Verdict },
  links: readonly LinkView[],
): BannerView {
  const { result, final, verdict } = outcome;
  return {
    result,
    final,
    verdict: verdict.id,
    ...faceOf(result),
    title: titles[result],
    words: verdict.words,
    symptom: verdict.symptom === undefined ? undefined : `The client sees: ${verdict.symptom}.`,
    linksTitle: result === 'Undetermined' ? 'Left open at' : 'Decided at',
    links,
  };
}

/** A link whose label is the file's own name and the line as people count. undefined: no text states it. */
export function linkOf(at: Location | undefined): LinkView | undefined {
  return at === undefined ? undefined : { label: `${fileName(at.file)}:${at.line + 1}`, location: at };
}

export function linksOf(...places: readonly (Location | undefined)[]): readonly LinkView[] {
  const links: LinkView[] = [];
  for (const at of places) {
    const link = linkOf(at);
    if (link !== undefined && !links.some((known) => sameLine(known.location, link.location)))
      links.push(link);
  }
  return links;
}

export function evidenceOf(evidence: Evidence): EvidenceView {
  return { text: evidence.text, provenance: evidence.provenance, link: linkOf(evidence.at) };
}

/** `simulated address` */
export function addressProvenance(provenance: Provenance): string {
  return `${provenance} address`;
}

/** `pod shop/web-0`, `node worker-1`, `the wire between nodes`, `outside the cluster` */
export function placeWords(place: Place): string {
  switch (place.kind) {
    case 'pod':
      return `pod ${place.namespace}/${place.name}`;
    case 'node':
      return `node ${place.name}`;
    case 'fabric':
      return 'the wire between nodes';
    case 'outside':
      return 'outside the cluster';
  }
}

/** As `placeWords`; the gateway is told from the hosts beyond it, which are outside too. */
export function hopPlaceWords(hop: Pick<Hop, 'place' | 'device'>): string {
  return isGateway(hop) ? 'the gateway' : placeWords(hop.place);
}

/** One router stands for all between the nodes and the world; its devices bear its name. */
export function isGateway({ place, device }: Pick<Hop, 'place' | 'device'>): boolean {
  return place.kind === 'outside' && device === 'gateway';
}

export function outcomeWords(outcome: StepOutcome, drops: boolean): string {
  switch (outcome) {
    case 'ok':
      return 'done';
    case 'dropped':
      return 'dropped here';
    case 'rejected':
      return 'rejected here, the sender is told';
    case 'skipped':
      return 'does not apply';
    case 'assumed':
      return 'assumed, not verified';
    case 'unknown':
      return drops ? 'not modelled, the trace stops here' : 'cannot be told';
  }
}

const failTitles = {
  'no-route': 'No route',
  blackhole: 'Thrown away by a route',
  'host-unreachable': 'Nobody answers for the address',
  'not-captured': 'No Service takes the packet',
  'refused-no-listener': 'Nothing listens',
  'dropped-source-range': 'Client outside the source ranges',
  'not-forwarding': 'The node does not forward',
  'rejected-no-endpoints': 'No endpoint to choose',
  'dropped-no-local-endpoints': 'No endpoint on this node',
  'reply-not-restored': 'Answer not translated back',
  'hairpin-off': 'Hairpin mode is off',
  'ttl-expired': 'TTL is used up',
  'not-modelled': 'Not modelled',
} as const;

export function stepTitle(step: Step, leg: LegView['kind']): string {
  switch (step.kind) {
    case 'send':
      return 'Send';
    case 'route':
      return step.forwarded ? 'Route and forward' : 'Choose the route';
    case 'switch':
      return 'Switch';
    case 'translate':
      return step.service.kind === 'Pod'
        ? 'Translate the host port (DNAT)'
        : `Translate the Service address (${step.atSocket ? 'at the socket' : step.by.how})`;
    case 'encapsulate':
      return `Wrap in ${step.outer.encapsulation.kind}`;
    case 'decapsulate':
      return `Unwrap from ${step.outer.encapsulation.kind}`;
    case 'proxy':
      return leg === 'request' ? 'Proxy opens its own connection' : 'Proxy passes the answer on';
    case 'policy':
      return step.ruling.direction === 'egress' ? 'Egress policies' : 'Ingress policies';
    case 'masquerade':
      return step.outcome === 'skipped' ? 'No masquerading' : 'Masquerade the source (SNAT)';
    case 'restore':
      return 'Undo the translation';
    case 'deliver':
      return 'Deliver';
    case 'leave':
      return 'Leave the cluster';
    case 'fail':
      return failTitles[step.cause];
  }
}

export const principleWords: Readonly<Record<PrincipleView['status'], string>> = {
  holds: 'holds',
  violated: 'violated',
  'not-applicable': 'does not apply',
};

function sameLine(a: Location, b: Location): boolean {
  return a.file === b.file && a.line === b.line;
}

/** The last part of a path or URI, decoded where that is possible. */
function fileName(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  try {
    return file.includes('://') ? decodeURIComponent(name) : name;
  } catch {
    return name;
  }
}
