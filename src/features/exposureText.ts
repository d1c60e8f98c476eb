// Answers: how does the exposure of workloads read in a terminal, as JSON, and as a table? The same facts, a line for everything that
// a workload is open to in one direction.
import type { DirectionExposure, ExposureRow, SelectedPeer } from '../analysis/exposure';
import type { Connection } from '../analysis/connectivity';
import type { Direction } from '../model/policy';
import { isAll, isEmpty, portsText, protocols, type PortSet } from '../model/ports';
import { csvLine, markdownRow } from './connectivityTables';

const directions: readonly Direction[] = ['ingress', 'egress'];

/** One thing that a workload is open to. */
interface Opening {
  readonly workload: string;
  readonly direction: Direction | '';
  /** `no policy`, `whole cluster`, `selected`, `outside`, `nobody` or `host network`. */
  readonly kind: string;
  readonly whom: string;
  readonly ports: string;
}

export function exposureText(rows: readonly ExposureRow[]): string {
  if (rows.length === 0) return 'No workload is in the input.\n';
  return rows
    .map((row) => {
      const lines = openingsOf(row).map(
        ({ direction, whom, ports }) =>
          `  ${direction === '' ? '' : `${direction.padEnd(7)}  `}${whom}${ports === '' ? '' : `: ${ports}`}\n`,
      );
      return `${row.peer.id}\n${lines.join('')}`;
    })
    .join('');
}

export function* exposureCsv(rows: readonly ExposureRow[]): Generator<string> {
  yield 'workload,direction,kind,open to,ports\n';
  for (const { workload, direction, kind, whom, ports } of rows.flatMap(openingsOf))
    yield csvLine([workload, direction, kind, whom, ports]);
}

export function* exposureMarkdown(rows: readonly ExposureRow[]): Generator<string> {
  yield markdownRow(['Workload', 'Direction', 'Open to', 'Ports']) + '| --- | --- | --- | --- |\n';
  for (const { workload, direction, whom, ports } of rows.flatMap(openingsOf))
    yield markdownRow([workload, direction, whom, ports]);
}

function openingsOf(row: ExposureRow): readonly Opening[] {
  const workload = row.peer.id;
  const { open } = row;
  if (open === undefined)
    return [
      {
        workload,
        direction: '',
        kind: 'host network',
        whom: 'on the network of its node: policies do not apply to it',
        ports: '',
      },
    ];
  return directions.flatMap((direction) =>
    openingsIn(direction, open[direction]).map((each) => ({ workload, direction, ...each })),
  );
}

function openingsIn(
  direction: Direction,
  { policies, cluster, selected, outside }: DirectionExposure,
): readonly Omit<Opening, 'workload' | 'direction'>[] {
  const way = direction === 'ingress' ? 'from' : 'to';
  if (policies.length === 0)
    return [{ kind: 'no policy', whom: `no policy: open ${way} everybody`, ports: 'all ports' }];
  const openings = [
    ...(isEmpty(cluster)
      ? []
      : [{ kind: 'whole cluster', whom: `${way} the whole cluster`, ports: portsText(cluster) }]),
    ...selected.map((each) => ({
      kind: 'selected',
      whom: `${way} ${selectedWords(each)}`,
      ports: portsText(each.ports),
    })),
    ...outside.map(({ ranges, anywhere, ports }) => ({
      kind: 'outside',
      whom: `${way} ${anywhere ? 'anywhere outside' : ranges.join(', ')}`,
      ports: portsText(ports),
    })),
  ];
  return openings.length === 0 ? [{ kind: 'nobody', whom: `${way} nobody`, ports: '' }] : openings;
}

/** `pods app=web in namespace shop (2 now)`; `none now` for those that do not exist yet. */
function selectedWords({ namespaces, pods, now }: SelectedPeer): string {
  const what = pods === '<everything>' ? 'every pod' : `pods ${pods}`;
  const where =
    namespaces === '<everything>'
      ? 'in every namespace'
      : /[=,! ]/.test(namespaces)
        ? `in namespaces ${namespaces}`
        : `in namespace ${namespaces}`;
  return `${what} ${where} (${now === 0 ? 'none' : now} now)`;
}

/** The JSON of `podnet connectivity --exposure --output json`. */
export function exposureJson(rows: readonly ExposureRow[]): object {
  return {
    apiVersion: 'podnet/v1',
    kind: 'Exposure',
    workloads: rows.map(({ peer, open, unprotected }) => ({
      ...peer,
      hostNetwork: open === undefined,
      unprotected,
      ...(open === undefined
        ? {}
        : { ingress: directionJson(open.ingress), egress: directionJson(open.egress) }),
    })),
  };
}

function directionJson({ policies, cluster, selected, outside }: DirectionExposure): object {
  return {
    policies,
    cluster: portsJson(cluster),
    selected: selected.map((each) => ({ ...each, ports: portsJson(each.ports) })),
    outside: outside.map((each) => ({ ...each, ports: portsJson(each.ports) })),
  };
}

/** As in the connectivity list. */
function portsJson(ports: PortSet): Pick<Connection, 'all' | 'allowed'> {
  if (isAll(ports)) return { all: true, allowed: [] };
  return {
    all: false,
    allowed: protocols
      .filter((protocol) => ports[protocol].length > 0)
      .map((protocol) => ({ protocol, ports: ports[protocol] })),
  };
}
