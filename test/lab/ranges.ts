// Answers: is this IPv4 address in this range? The lab's own arithmetic, so that it can disagree with src/model/address.

/** @param range `a.b.c.d/prefix` */
export function ipv4In(range: string, address: string): boolean {
  const [first = '', prefix = '32'] = range.split('/');
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(numberOf(first) / size) === Math.floor(numberOf(address) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}
