// Answers: in which words do the trace's and the kernel's account of a packet meet? Ports that are picked at random are
// named, not numbered: `client` is the port that the client uses, `new` any other that took its place.

export interface Header {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly ttl: number;
}

export interface Spot {
  readonly netns: string;
  readonly device: string;
  readonly movement: string;
}

/** The packet around a packet, in a tunnel. */
export interface Outer {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly vni: number;
  readonly ttl: number;
}

/** `pod.lab.p1 eth0 out: 10.244.1.2:client > 10.244.2.2:8080 ttl 64` */
export function hopLine(
  spot: Spot,
  header: Header,
  side: 'request' | 'reply',
  clientPort: number,
  outer?: Outer,
): string {
  const around =
    outer === undefined
      ? ''
      : `, in ${outer.source} > ${outer.destination}:${outer.port} vni ${outer.vni} ttl ${outer.ttl}`;
  return `${spot.netns} ${spot.device} ${spot.movement}: ${headerText(header, side, clientPort)} ttl ${header.ttl}${around}`;
}

/** `node.n1 remembers 10.244.1.2:client > 10.96.0.10:80, expects 10.244.2.2:8080 > 10.244.1.2:client` */
export function memoryLine(
  netns: string,
  came: Omit<Header, 'ttl'>,
  left: Omit<Header, 'ttl'>,
  clientPort: number,
): string {
  const expected = {
    source: left.destination,
    sourcePort: left.destinationPort,
    destination: left.source,
    destinationPort: left.sourcePort,
  };
  return `${netns} remembers ${headerText(came, 'request', clientPort)}, expects ${headerText(expected, 'reply', clientPort)}`;
}

function headerText(header: Omit<Header, 'ttl'>, side: 'request' | 'reply', clientPort: number): string {
  const named = (port: number): string => (port === clientPort ? 'client' : 'new');
  const { source, sourcePort, destination, destinationPort } = header;
  return side === 'request'
    ? `${source}:${named(sourcePort)} > ${destination}:${destinationPort}`
    : `${source}:${sourcePort} > ${destination}:${named(destinationPort)}`;
}
