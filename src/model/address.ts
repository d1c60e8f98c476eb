// Answers: which address is this, and which range is it in? Reads addresses as Kubernetes does since v1.33 (strict:
// four decimal parts without leading zeros, RFC 4291 text), not as ipaddr.js would (`010.0.0.1` is octal there).
// Source: k8s.io/apimachinery ParseIPSloppy and KEP-4858; ipaddr.js is used for IPv6 text and special ranges only.
import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** An IP address. `words` are unsigned 32-bit, most significant first: one for IPv4, four for IPv6. `text` is RFC 5952. */
export interface Ip {
  readonly family: Family;
  readonly words: readonly number[];
  readonly text: string;
}

/** A range of addresses by prefix. `first` has its host bits cleared; `text` is `first/prefix`. */
export interface Cidr {
  readonly first: Ip;
  readonly prefix: number;
  readonly text: string;
}

const decimalPart = /^(0|[1-9][0-9]{0,2})$/;

/** @returns the address, or undefined when Kubernetes would reject the text. IPv4-mapped IPv6 is read as IPv4. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** @returns the range, or undefined when the text is not `address/prefix`. Host bits are cleared, as the API server does. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const ip = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (ip === undefined || !decimalPart.test(length)) return undefined;
  const written = Number(length);
  const mapped = ip.family === 4 && text.includes(':');
  const prefix = mapped ? written - 96 : written;
  return prefix >= 0 && prefix <= bitsOf(ip.family) ? cidr(ip, prefix) : undefined;
}

/** The range of `prefix` leading bits around `ip`. */
export function cidr(ip: Ip, prefix: number): Cidr {
  const first = fromWords(
    ip.family,
    ip.words.map((word, index) => (word & maskWord(prefix, index)) >>> 0),
  );
  return { first, prefix, text: `${first.text}/${prefix}` };
}

/** The range that holds exactly this address. */
export function hostCidr(ip: Ip): Cidr {
  return cidr(ip, bitsOf(ip.family));
}

/** @returns whether `ip` lies in `range`; an address of the other family never does. */
export function contains(range: Cidr, ip: Ip): boolean {
  if (range.first.family !== ip.family) return false;
  return ip.words.every(
    (word, index) => (word & maskWord(range.prefix, index)) >>> 0 === range.first.words[index],
  );
}

/** @returns whether `inner` lies wholly in `outer`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && contains(outer, inner.first);
}

/** @returns whether the two ranges share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b.first) || contains(b, a.first);
}

/** The last address of the range (for IPv4 the broadcast address). */
export function lastOf(range: Cidr): Ip {
  return fromWords(
    range.first.family,
    range.first.words.map((word, index) => (word | ~maskWord(range.prefix, index)) >>> 0),
  );
}

/** The address `steps` after `ip` (negative: before), or undefined when that leaves the address space. */
export function offsetIp(ip: Ip, steps: number): Ip | undefined {
  const words = [...ip.words];
  let carry = steps;
  for (let index = words.length - 1; index >= 0 && carry !== 0; index--) {
    const sum = (words[index] ?? 0) + carry;
    carry = Math.floor(sum / 0x1_0000_0000);
    words[index] = sum - carry * 0x1_0000_0000;
  }
  return carry === 0 ? fromWords(ip.family, words) : undefined;
}

/** Orders addresses: IPv4 before IPv6, then by value. */
export function compareIp(a: Ip, b: Ip): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let index = 0; index < a.words.length; index++) {
    const difference = (a.words[index] ?? 0) - (b.words[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function sameIp(a: Ip, b: Ip): boolean {
  return a.family === b.family && a.text === b.text;
}

export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** What kind of address this is in IANA's words (`private`, `loopback`, `linkLocal`, `unicast`, ...). */
export function rangeName(ip: Ip): string {
  return ip.family === 4 ? ipaddr.IPv4.parse(ip.text).range() : ipaddr.IPv6.parse(ip.text).range();
}

export function isLoopback(ip: Ip): boolean {
  return ip.family === 4 ? (ip.words[0] ?? 0) >>> 24 === 127 : ip.text === '::1';
}

/** Builds an address from its 32-bit words. */
export function fromWords(family: Family, words: readonly number[]): Ip {
  return { family, words, text: family === 4 ? ipv4Text(words[0] ?? 0) : ipv6Text(words) };
}

function parseIpv4(text: string): Ip | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    const value = Number(part);
    if (!decimalPart.test(part) || value > 255) return undefined;
    word = word * 256 + value;
  }
  return { family: 4, words: [word], text };
}

function parseIpv6(text: string): Ip | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (tail.includes('.') && parseIpv4(tail) === undefined) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  const words = [0, 1, 2, 3].map(
    (index) => (parsed.parts[index * 2] ?? 0) * 0x1_0000 + (parsed.parts[index * 2 + 1] ?? 0),
  );
  return parsed.isIPv4MappedAddress() ? fromWords(4, [words[3] ?? 0]) : fromWords(6, words);
}

function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function ipv6Text(words: readonly number[]): string {
  return new ipaddr.IPv6(words.flatMap((word) => [word >>> 16, word & 0xffff])).toRFC5952String();
}

/** The part of a prefix mask that covers the 32-bit word at `index`. */
function maskWord(prefix: number, index: number): number {
  const bits = Math.min(32, Math.max(0, prefix - index * 32));
  return bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
}
