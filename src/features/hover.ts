// Answers: what is there to say of the place under the mouse? Finds the place, asks the subjects one after the other, and arranges the
// answer of the first one that has something to say. Total for every text, broken or templated. A file that is not part of the
// shown cluster gets answers about addresses and switches only: the objects of the cluster are not its own.

import { offsetAt, positionAt, type Position } from '../load/lines';
import type { SyntaxFile } from '../load/parse';
import type { Cluster } from '../model/cluster';
import { endText, parseEnd, type EndWithPort } from '../trace/endText';
import { policiesInSteps } from '../trace/policyReading';
import { addressHover } from './hoverAddress';
import { adminHover } from './hoverAdmin';
import { exposedAddressFacts, exposureHover } from './hoverExposure';
import { nodePortRangeHover } from './hoverNodePorts';
import { portNumberHover } from './hoverNumber';
import { objectHover } from './hoverObject';
import { blockFacts, peerHover } from './hoverPeer';
import { placeAt, type Place, type ShownCluster } from './hoverPlace';
import { policyPortHover } from './hoverPolicyPorts';
import { portHover } from './hoverPorts';
import { selectorHover } from './hoverSelector';
import type { Hover, HoverAnswer, HoverBlock, Said, TraceLink } from './hoverShape';
import { switchHover } from './hoverSwitches';
import { podGroupsInSteps } from './podGroups';

/** Facts beside the answer: with it and the links a dozen lines. */
const mostFacts = 8;

type Subject = (shown: ShownCluster, place: Place) => HoverAnswer | undefined;

/** In the order in which they are asked. */
const subjects: readonly Subject[] = [
  switchHover,
  portHover,
  adminHover,
  policyPortHover,
  peerHover,
  selectorHover,
  exposureHover,
  nodePortRangeHover,
  objectHover,
];
/** For templates and documents with an error, whose objects are not in the cluster. */
const looseSubjects: readonly Subject[] = [switchHover, peerHover, selectorHover, portNumberHover];
/** For files that are not part of the shown cluster. */
const strangerSubjects: readonly Subject[] = [switchHover];

/** Makes what hovers ask of a whole cluster, in steps: no answer is kept waiting for it afterwards. */
export function* hoversInSteps(cluster: Cluster): Generator<undefined, void, void> {
  yield* policiesInSteps(cluster);
  if (cluster.policies.length + cluster.adminPolicies.length > 0) yield* podGroupsInSteps(cluster);
}

/**
 * @param parsed the tree of exactly this text
 * @returns undefined where there is nothing to say
 */
export function hoverAt(
  shown: ShownCluster,
  text: string,
  parsed: SyntaxFile,
  position: Position,
): Hover | undefined {
  const offset = offsetAt(parsed.lines, position);
  const place = placeAt({ text, parsed }, offset);
  const known = shown.files.has(parsed.file);
  const address = addressHover(shown.cluster, text, offset, place);
  if (address !== undefined) {
    const block =
      known && place !== undefined ? [...blockFacts(shown, place), ...exposedAddressFacts(shown, place)] : [];
    const answer = { ...address, facts: [...block, ...address.facts] };
    const linked = place === undefined ? answer : withoutOwnLines(answer, place);
    return arrange(parsed, address.range, linked, known ? undefined : strangerSaid);
  }
  if (place === undefined) return undefined;
  const asked = !known ? strangerSubjects : place.state === 'sound' ? subjects : looseSubjects;
  for (const subject of asked) {
    const answer = subject(shown, place);
    if (answer !== undefined)
      return arrange(
        parsed,
        place.range,
        withoutOwnLines(answer, place),
        known ? stateSaid(place) : undefined,
      );
  }
  return undefined;
}

const strangerSaid: Said = { text: 'This file is not part of the cluster that is shown.' };

function stateSaid({ state }: Place): Said | undefined {
  switch (state) {
    case 'sound':
      return undefined;
    case 'broken':
      return {
        text: 'This document has a syntax error: its object is not in the cluster until it is mended.',
      };
    case 'template':
      return { text: 'A template: its objects are not in the cluster until it is rendered.' };
  }
}

/** The document under the mouse needs no link to itself. */
function withoutOwnLines(answer: HoverAnswer, { root: { source } }: Place): HoverAnswer {
  const short = (said: Said): Said =>
    said.at?.file === source.file && said.at.document === source.document ? { ...said, at: undefined } : said;
  return { ...answer, answer: short(answer.answer), facts: answer.facts.map(short) };
}

function arrange(
  { lines }: SyntaxFile,
  range: { readonly start: number; readonly end: number },
  { answer, facts, from, to }: HoverAnswer,
  remark: Said | undefined,
): Hover {
  const start = positionAt(lines, range.start);
  const end = positionAt(lines, range.end);
  const room = remark === undefined ? mostFacts : mostFacts - 1;
  const shown = [...facts.slice(0, room), ...(remark === undefined ? [] : [remark])];
  const links = [
    ...linkOf('Trace from here', 'from', from && { end: from }),
    ...linkOf('Trace to here', 'to', to),
  ];
  return {
    range: { line: start.line, character: start.character, endLine: end.line, endCharacter: end.character },
    blocks: [
      { kind: 'answer', ...answer },
      ...shown.map((said): HoverBlock => ({ kind: 'fact', ...said })),
      ...(links.length === 0 ? [] : [{ kind: 'trace', links } as const]),
    ],
  };
}

/** No link where the text of the end would be read as another one: names may hold anything. */
function linkOf(label: string, role: 'from' | 'to', target: EndWithPort | undefined): readonly TraceLink[] {
  if (target === undefined) return [];
  const { end, port } = target;
  const address = end.kind === 'address' && end.address.includes(':') && port !== undefined;
  const name = address ? `[${endText(end)}]` : endText(end);
  const text = port === undefined ? name : `${name}:${port}`;
  const read = parseEnd(text);
  const same = read !== undefined && JSON.stringify(read.end) === JSON.stringify(end) && read.port === port;
  return same ? [{ label, [role]: text }] : [];
}
