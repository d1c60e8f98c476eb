// Answers: whose is the address under the mouse, and what is in the range? For addresses anywhere in a manifest: values, arguments,
// comments, texts inside texts. On a key the address of its value is meant (`clusterIP`, `podCIDR`, `podSubnet`).
import type { SyntaxNode } from '../load/syntax';
import { parseCidr, parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { End } from '../trace/query';
import type { Place } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import { lookupAddress, type AddressOwnerReport, type AddressReport } from './lookup';
import { weakest } from './provenance';
import { listed } from './words';

/** An address or range in a text, with its offsets. */
interface WrittenAddress {
  readonly address: string;
  readonly start: number;
  readonly end: number;
}

/** A word that may be an address. Parts of longer words (`v1.2.3.4-alpine`) and ports behind addresses are none of it. */
const candidate =
  /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,3})?(?![\w.-])|(?<![\w:.])[0-9A-Fa-f]*:[0-9A-Fa-f:.]*[0-9A-Fa-f:](?:\/\d{1,3})?(?![\w:])/g;

/** Four numbers with dots in values of these keys are versions. */
const versions = /(?:^|[./-])(?:image|version|tag)$|Version$/;

/** @returns every address that the text holds from `start` to `end`, outside of template actions. */
function addressesIn(text: string, start: number, end: number): readonly WrittenAddress[] {
  return [...text.slice(start, end).matchAll(candidate)].flatMap((match): readonly WrittenAddress[] => {
    const [address] = match;
    const from = start + match.index;
    const found = { address, start: from, end: from + address.length };
    const valid = parseIp(address) !== undefined || parseCidr(address) !== undefined;
    return valid && address !== '::' && !isTemplated(text, found) ? [found] : [];
  });
}

/** Inside an action, or next to one that makes the rest of the word. */
function isTemplated(text: string, { start, end }: WrittenAddress): boolean {
  const opened = text.lastIndexOf('{{', start);
  const inside = opened >= 0 && text.indexOf('}}', opened) >= start;
  return inside || text.startsWith('{{', end) || text.endsWith('}}', start);
}

/** No address with its prefix is longer; a line of JSON may hold a whole cluster. */
const longest = 64;

/** The address at an offset, found in the text as it is written. */
function writtenAddressAt(text: string, offset: number): WrittenAddress | undefined {
  const around = addressesIn(text, Math.max(0, offset - longest), offset + longest);
  return around.find((each) => each.start <= offset && offset <= each.end);
}

/** @returns undefined when neither the place nor what its key holds is an address. */
export function addressHover(
  cluster: Cluster,
  text: string,
  offset: number,
  place: Place | undefined,
): (HoverAnswer & { readonly range: { readonly start: number; readonly end: number } }) | undefined {
  const last = place?.path.at(-1);
  if (typeof last === 'string' && versions.test(last)) return undefined;
  const here = writtenAddressAt(text, offset);
  if (here !== undefined) return { ...addressAnswer(cluster, here.address), range: here };
  if (place?.on !== 'key') return undefined;
  const [first, ...others] = addressesOf(text, place.node);
  if (first === undefined) return undefined;
  const answer = addressAnswer(cluster, first.address);
  const more = others.slice(0, 1).flatMap(({ address }) => {
    const second = addressAnswer(cluster, address);
    return [second.answer, ...second.facts];
  });
  return { ...answer, facts: [...answer.facts, ...more], range: place.range };
}

/** Addresses of a value, or of a list of values: two where both families are written. */
function addressesOf(text: string, node: SyntaxNode): readonly WrittenAddress[] {
  const scalars = node.kind === 'sequence' ? node.items : [node];
  return scalars.flatMap((each) => {
    if (each.kind !== 'scalar') return [];
    const written = addressesIn(text, each.start, each.end);
    const whole = each.text.split(',').map((part) => part.trim());
    // A key that holds more than addresses, such as a command line, is not about them.
    return written.length === whole.length && written.every(({ address }) => whole.includes(address))
      ? written
      : [];
  });
}

/** @param address an address or a range, valid. */
export function addressAnswer(cluster: Cluster, address: string): HoverAnswer {
  const report = lookupAddress(cluster, address);
  const known = weakest(report.owners.map(({ provenance }) => provenance));
  const answer: Said = {
    text: report.summary,
    provenance: report.owners.length > 0 ? known : 'inferred',
  };
  if (report.range) return { answer, facts: [...ownersIn(report), ...report.facts] };
  const [owner] = report.owners;
  const end: End = owner === undefined ? { kind: 'address', address } : endOf(owner);
  const owned = report.owners.length > 1 ? report.owners.map(ownerSaid) : [];
  const sends = owner !== undefined && owner.kind !== 'Service';
  return {
    answer: owner === undefined ? answer : { ...answer, at: owner.at },
    facts: [...owned, ...report.facts],
    from: sends ? end : undefined,
    to: { end },
  };
}

function ownerSaid({ kind, namespace, name, provenance, at }: AddressOwnerReport): Said {
  return { text: `${kind} ${namespace === '' ? name : `${namespace}/${name}`} claims it.`, provenance, at };
}

function endOf({ kind, namespace, name }: AddressOwnerReport): End {
  if (kind === 'Node') return { kind: 'node', name };
  return { kind: kind === 'Pod' ? 'pod' : 'service', namespace, name };
}

/** Who has addresses in the range, a line for each kind. */
function ownersIn({ owners }: AddressReport): readonly Said[] {
  return (['Pod', 'Node', 'Service'] as const).flatMap((kind): readonly Said[] => {
    const own = owners.filter((owner) => owner.kind === kind);
    if (own.length === 0) return [];
    const names = own.map(({ namespace, name }) => (namespace === '' ? name : `${namespace}/${name}`));
    return [
      {
        text: `${kind}s: ${listed(names)}.`,
        provenance: weakest(own.map(({ provenance }) => provenance)),
      },
    ];
  });
}
