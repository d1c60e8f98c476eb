// Answers: how does the cluster read as a tree in a terminal, and as JSON? The rows of the Cluster view, all of them.
import type { Cluster } from '../model/cluster';
import type { Provenance } from '../model/source';
import { lookupOf } from '../model/lookup';
import { sandboxOf, type Sandbox } from '../model/sandbox';
import { treeRows, type Grouping, type TreeRow } from './tree';

/** `branch` lines as tree(1) draws them. */
export function treeText(cluster: Cluster, grouping: Grouping, filter: string): string {
  const lines: string[] = [];
  const descend = (parent: string | undefined, indent: string): void => {
    const rows = rowsBelow(cluster, grouping, filter, parent);
    for (const [index, row] of rows.entries()) {
      const last = index === rows.length - 1;
      const branch = parent === undefined ? '' : last ? '└─ ' : '├─ ';
      lines.push(`${indent}${branch}${[row.label, row.description].filter(Boolean).join('  ')}`);
      if (row.expandable) descend(row.id, parent === undefined ? '' : `${indent}${last ? '   ' : '│  '}`);
    }
  };
  descend(undefined, '');
  return lines.length === 0 ? 'No Kubernetes objects were found.\n' : `${lines.join('\n')}\n`;
}

/** Every row, chunks put together. */
function rowsBelow(
  cluster: Cluster,
  grouping: Grouping,
  filter: string,
  parent: string | undefined,
): readonly TreeRow[] {
  const rows = [...treeRows(cluster, { grouping, filter }, parent)];
  for (let more = rows.at(-1); more?.kind === 'more'; more = rows.at(-1)) {
    rows.pop();
    rows.push(...treeRows(cluster, { grouping, filter }, more.id));
  }
  return rows;
}

export interface ClusterTreeReport {
  readonly apiVersion: 'podnet/v1';
  readonly kind: 'ClusterTree';
  readonly nodes: readonly NodeReport[];
  /** Pods without a node, with the scheduler's reason. */
  readonly unscheduled: readonly PodReport[];
}

interface KnownText {
  readonly text: string;
  readonly provenance: Provenance;
}

interface NodeReport {
  readonly name: string;
  readonly provenance: Provenance;
  readonly addresses: readonly KnownText[];
  readonly podCidrs: readonly KnownText[];
  readonly pods: readonly PodReport[];
}

interface PodReport {
  readonly namespace: string;
  readonly name: string;
  readonly provenance: Provenance;
  readonly phase: string;
  readonly addresses: readonly KnownText[];
  readonly hostNetwork: boolean;
  readonly unscheduled?: string | undefined;
  /** Which namespaces the containers share, and what the pause container holds. */
  readonly sandbox: Sandbox;
  readonly containers: readonly {
    readonly name: string;
    readonly role: string;
    readonly ports: readonly string[];
  }[];
}

/** The whole cluster by node: the contract of `podnet tree --output json`. */
export function clusterTree(cluster: Cluster): ClusterTreeReport {
  const lookup = lookupOf(cluster);
  const known = ({
    value,
    provenance,
  }: {
    readonly value: { readonly text: string };
    readonly provenance: Provenance;
  }): KnownText => ({ text: value.text, provenance });
  const report = (pod: Cluster['pods'][number]): PodReport => ({
    namespace: pod.namespace,
    name: pod.name,
    provenance: pod.provenance,
    phase: pod.phase.value,
    addresses: pod.addresses.map(known),
    hostNetwork: pod.spec.hostNetwork,
    unscheduled: pod.unscheduled,
    sandbox: sandboxOf(pod.spec),
    containers: pod.spec.containers.map(({ name, role, ports }) => ({
      name,
      role,
      ports: ports.map(({ protocol, containerPort }) => `${protocol} ${containerPort}`),
    })),
  });
  return {
    apiVersion: 'podnet/v1',
    kind: 'ClusterTree',
    nodes: cluster.nodes.map((node) => ({
      name: node.name,
      provenance: node.provenance,
      addresses: node.addresses.map(known),
      podCidrs: node.podCidrs.map(known),
      pods: lookup.podsOn(node.name).map(report),
    })),
    unscheduled: cluster.pods.filter((pod) => pod.node === undefined).map(report),
  };
}
