// Answers: how is a trace drawn where Mermaid is rendered? A sequence diagram: places are participants, packets on the wire
// are messages, translations and policies are notes. Text is written as Mermaid's character codes wherever it could mean
// something to Mermaid or HTML.
import type { HopView, LaneView, LegView, StepView, TraceView } from './traceViewShape';

/** The chosen way as Mermaid source, ending in a line feed. */
export function traceMermaid(view: TraceView): string {
  const legs =
    view.way === undefined
      ? []
      : [view.way.request, ...(view.way.reply === undefined ? [] : [view.way.reply])];
  const titles = [...new Set(legs.flatMap((leg) => leg.lanes.filter(isBox).map((lane) => lane.title)))];
  if (titles.length === 0) titles.push(view.source?.label ?? 'source');
  const nameOf = (lane: LaneView): string => `p${titles.indexOf(lane.title)}`;
  const all = titles.length === 1 ? 'p0' : `p0,p${titles.length - 1}`;
  const banner = `${view.banner.title}: ${view.banner.words}`;
  const lines = [
    'sequenceDiagram',
    `title ${escapeMermaid(view.title)}`,
    ...titles.map((title, index) => `participant p${index} as ${escapeMermaid(title)}`),
    ...legs.flatMap((leg) => legLines(leg, nameOf)),
    `Note over ${all}: ${escapeMermaid(banner)}`,
  ];
  return `${lines.join('\n    ')}\n`;
}

function legLines(leg: LegView, nameOf: (lane: LaneView) => string): readonly string[] {
  const arrow = leg.kind === 'request' ? '->>' : '-->>';
  const boxes = leg.lanes.filter(isBox);
  return boxes.flatMap((lane, index) => {
    const previous = boxes[index - 1];
    const lines: string[] = [];
    if (previous !== undefined) {
      const last = leg.hops[previous.hops.at(-1) ?? -1];
      const words = lane.reached && last !== undefined ? packetText(last) : 'not reached';
      if (lane.connection === previous.connection)
        lines.push(
          `${nameOf(previous)}${lane.reached ? arrow : '-x'}${nameOf(lane)}: ${escapeMermaid(words)}`,
        );
    }
    for (const hop of lane.hops)
      for (const step of leg.hops[hop]?.steps ?? []) {
        const note = noteText(leg.steps[step]);
        if (note !== undefined) lines.push(`Note over ${nameOf(lane)}: ${escapeMermaid(note)}`);
      }
    return lines;
  });
}

/** What is worth a note: translations, policies, and whatever ends the way badly. */
function noteText(step: StepView | undefined): string | undefined {
  if (step === undefined) return undefined;
  const stop = step.drops ? `${step.outcomeWords}: ` : '';
  if (step.nat !== undefined) return `${step.nat.label} ${step.nat.from} to ${step.nat.to}`;
  if (step.kind === 'proxy') return step.title;
  if (step.policy !== undefined) {
    const by = step.policy.deciding?.label ?? step.policy.isolating.map(({ label }) => label).join(', ');
    return `${stop}${step.policy.title} for ${step.policy.subject}${by === '' ? '' : ` by ${by}`}`;
  }
  return step.drops ? `${stop}${step.words}` : undefined;
}

/** The header, and around it that of the tunnel. */
function packetText({ header, outer }: HopView): string {
  const { source, destination, protocol, ttl } = header;
  const inner = `${source.text} to ${destination.text} ${protocol} TTL ${ttl}`;
  return outer === undefined
    ? inner
    : `${outer.kind}, ${outer.detail}: ${outer.source} to ${outer.destination} TTL ${outer.ttl}, inside ${inner}`;
}

function isBox(lane: LaneView): boolean {
  return lane.kind !== 'wire';
}

/** Letters, digits, spaces and harmless punctuation stay; everything else becomes `#code;`. */
export function escapeMermaid(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N} .,/:_()-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
