// Answers: what may an ingress controller connect to that the input does not show? The backends of the Ingresses and Gateway API
// routes that it serves, where policies let in every pod there can be: its labels and its namespace are not known. A controller
// that is in the input is a workload like any other, and stands in the list as one.
import type { Cluster } from '../model/cluster';
import type { EntryBackend, EntryPoint } from '../model/entry';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import {
  allPorts,
  intersectPorts,
  isEmpty,
  noPorts,
  portSet,
  portsText,
  subtractPorts,
  unionPorts,
  type PortSet,
} from '../model/ports';
import { proxyPods } from '../trace/entryTargets';
import type { Connection, ConnectivityTable } from './connectivity';
import { connectionOf, onPort, type PortFocus } from './connectivityFocus';
import { exposureOf } from './exposure';
import { podId, workloadId } from './parties';

/** An addition to the peers of the contract, only where it is asked for. */
export interface EntryPeer {
  readonly id: 'ingress-controller';
  readonly type: 'ingress-controller';
}

export interface EntryConnections {
  /** The controller, when some entry has none in the input. */
  readonly peers: readonly EntryPeer[];
  /** By destination. */
  readonly connections: readonly Connection[];
  /** Backends that it may not be let in to, a sentence each. */
  readonly problems: readonly string[];
}

const controller: EntryPeer = { id: 'ingress-controller', type: 'ingress-controller' };

/** @param wanted which destinations are asked for, by id. */
export function entryConnections(
  cluster: Cluster,
  table: ConnectivityTable,
  port: PortFocus | undefined,
  wanted: (id: string) => boolean,
): EntryConnections {
  const unserved = cluster.entries.filter((entry) => proxyPods(cluster, entry).length === 0);
  if (unserved.length === 0) return { peers: [], connections: [], problems: [] };
  const open = new Map(exposureOf(cluster, table.level).map((row) => [row.peer.id, row.open]));
  const found = new Map<string, PortSet>();
  const problems = new Set<string>();
  for (const { entry, backend } of unserved.flatMap(backendsOf)) {
    for (const [id, asked] of targetsOf(cluster, table, backend)) {
      if (!wanted(id)) continue;
      const admitted = open.get(id)?.ingress.cluster ?? allPorts;
      found.set(id, unionPorts(found.get(id) ?? noPorts, onPort(intersectPorts(asked, admitted), port)));
      const closed = subtractPorts(asked, admitted);
      if (!isEmpty(closed))
        problems.add(
          `${entry.kind} ${keyOf(entry)} leads to ${id} ${portsText(closed)}; its controller is not in the input, and policies do not let every pod in there.`,
        );
    }
  }
  return {
    peers: [controller],
    connections: [...found]
      .filter(([, ports]) => !isEmpty(ports))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, ports]) => connectionOf(controller.id, id, ports)),
    problems: [...problems],
  };
}

function backendsOf(
  entry: EntryPoint,
): readonly { readonly entry: EntryPoint; readonly backend: EntryBackend }[] {
  return entry.rules.flatMap(({ backends }) =>
    backends.filter(({ weight }) => weight > 0).map((backend) => ({ entry, backend })),
  );
}

/** Peers behind a backend with the ports that they are asked on: controllers go to the endpoints of a Service. */
function targetsOf(
  cluster: Cluster,
  { level }: ConnectivityTable,
  { namespace, service: name, port }: EntryBackend,
): ReadonlyMap<string, PortSet> {
  const lookup = lookupOf(cluster);
  const service = lookup.service(`${namespace}/${name}`);
  const wanted = service?.ports.find((each) => each.port === port || each.name === port);
  const found = new Map<string, PortSet>();
  if (service === undefined || wanted === undefined) return found;
  for (const slice of lookup.slicesOf(keyOf(service))) {
    const ports = slice.ports
      .filter((each) => each.name === wanted.name && each.protocol === wanted.protocol)
      .map((each) => portSet(each.protocol, [[each.port, each.port]]))
      .reduce(unionPorts, noPorts);
    for (const endpoint of slice.endpoints) {
      const pod = endpoint.pod === undefined ? undefined : lookup.pod(endpoint.pod);
      if (pod === undefined) continue;
      const id = level === 'pod' ? podId(pod) : workloadId(pod);
      found.set(id, unionPorts(found.get(id) ?? noPorts, ports));
    }
  }
  return found;
}
