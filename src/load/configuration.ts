// Answers: which nodes and ranges does a cluster's configuration describe? kind (kind.x-k8s.io Cluster), k3d (Simple) and
// kubeadm (ClusterConfiguration); in a snapshot the ConfigMaps of kube-proxy and kubeadm and the controller manager's
// arguments say the same. Names and taints are those the tools give: kind and k3d sources, kubeadm's mark-control-plane.
import { parseCidr } from '../model/address';
import type { Cidr } from '../model/address';
import type { Node } from '../model/node';
import type { Labels } from '../model/selector';
import type { Fact, Location } from '../model/source';
import type { NetworkClaim } from './claims';
import type { Field, ObjectSource } from './field';
import { at, below, child, integer, items, oneOf, rootField, stringMap, text, writtenAt } from './field';
import type { Metadata } from './metadata';
import type { SyntaxNode } from './syntax';
import { rangesOfText } from './values';
import { parseYaml } from './yaml';

/** What one configuration file describes. Its nodes count only where no Node object tells of a real one. */
export interface ClusterConfiguration {
  readonly tool: 'kind' | 'k3d' | 'kubeadm';
  readonly nodes: readonly Node[];
  readonly claim: NetworkClaim;
  readonly at: Location;
}

const mostNodes = 5000;
const controlPlaneRole = 'node-role.kubernetes.io/control-plane';

export function readKind(source: ObjectSource): ClusterConfiguration {
  const root = rootField(source);
  const cluster = text(child(root, 'name')) ?? 'kind';
  const networking = child(root, 'networking');
  const family = oneOf(child(networking, 'ipFamily'), ['ipv4', 'ipv6', 'dual'], 'ipv4');
  const written = items(child(root, 'nodes'));
  const roles = written.map((field) => ({
    controlPlane:
      oneOf(child(field, 'role'), ['control-plane', 'worker'], 'control-plane') === 'control-plane',
    labels: stringMap(child(field, 'labels')),
    at: at(field),
  }));
  const fields = roles.length > 0 ? roles : [{ controlPlane: true, labels: {}, at: at(root) }];
  const count = { controlPlane: 0, worker: 0 };
  const nodes = fields.map(({ controlPlane, labels, at: place }) => {
    const ordinal = controlPlane ? ++count.controlPlane : ++count.worker;
    const name = `${cluster}-${controlPlane ? 'control-plane' : 'worker'}${ordinal === 1 ? '' : String(ordinal)}`;
    // kind takes the taint off the only node of a cluster, which would otherwise take no pods.
    return configuredNode(name, controlPlane, controlPlane && fields.length > 1, labels, place);
  });
  return {
    tool: 'kind',
    nodes,
    claim: {
      from: 'configuration',
      podCidrs: orDefault(
        child(networking, 'podSubnet'),
        kindRanges(family, '10.244.0.0/16', 'fd00:10:244::/56'),
        'kind',
      ),
      serviceCidrs: orDefault(
        child(networking, 'serviceSubnet'),
        kindRanges(family, '10.96.0.0/16', 'fd00:10:96::/112'),
        'kind',
      ),
      dnsDomain: textFact(child(networking, 'dnsDomain')),
    },
    at: at(root),
  };
}

function kindRanges(family: 'ipv4' | 'ipv6' | 'dual', four: string, six: string): readonly string[] {
  return family === 'ipv4' ? [four] : family === 'ipv6' ? [six] : [four, six];
}

export function readK3d(source: ObjectSource): ClusterConfiguration {
  const root = rootField(source);
  const cluster = text(below(root, 'metadata', 'name')) ?? text(child(root, 'name')) ?? 'k3s-default';
  const serverField = child(root, 'servers');
  const agentField = child(root, 'agents');
  const servers = Math.min(Math.max(1, integer(serverField) ?? 1), mostNodes);
  const agents = Math.min(Math.max(0, integer(agentField) ?? 0), mostNodes);
  const nodes = [
    ...range(servers).map((n) =>
      configuredNode(`k3d-${cluster}-server-${n}`, true, false, {}, at(serverField)),
    ),
    ...range(agents).map((n) =>
      configuredNode(`k3d-${cluster}-agent-${n}`, false, false, {}, at(agentField)),
    ),
  ];
  const args = items(below(root, 'options', 'k3s', 'extraArgs')).map((item) => child(item, 'arg'));
  return {
    tool: 'k3d',
    nodes,
    claim: {
      from: 'configuration',
      podCidrs: orDefault(undefined, ['10.42.0.0/16'], 'k3s', argumentRanges(args, '--cluster-cidr')),
      serviceCidrs: orDefault(undefined, ['10.43.0.0/16'], 'k3s', argumentRanges(args, '--service-cidr')),
    },
    at: at(root),
  };
}

export function readKubeadm(source: ObjectSource): ClusterConfiguration {
  const root = rootField(source);
  return {
    tool: 'kubeadm',
    nodes: [],
    claim: kubeadmClaim(child(root, 'networking'), 'configuration'),
    at: at(root),
  };
}

function kubeadmClaim(networking: Field, from: NetworkClaim['from']): NetworkClaim {
  return {
    from,
    podCidrs: rangesOfText(child(networking, 'podSubnet'), 'declared'),
    serviceCidrs: orDefault(child(networking, 'serviceSubnet'), ['10.96.0.0/12'], 'kubeadm'),
    dnsDomain: textFact(child(networking, 'dnsDomain')),
  };
}

/** What the ConfigMaps kube-system/kube-proxy and kube-system/kubeadm-config of a cluster say; undefined for others. */
export function readConfigMap(source: ObjectSource, metadata: Metadata): NetworkClaim | undefined {
  if (metadata.namespace !== 'kube-system') return undefined;
  const data = child(rootField(source), 'data');
  if (metadata.name === 'kube-proxy') {
    const field = embedded(child(data, 'config.conf'), 'clusterCIDR');
    return { from: 'running', podCidrs: rangesOfText(field, metadata.provenance), serviceCidrs: [] };
  }
  if (metadata.name === 'kubeadm-config') {
    return kubeadmClaim(embedded(child(data, 'ClusterConfiguration'), 'networking'), 'kubeadm');
  }
  return undefined;
}

/** What the arguments of a kube-controller-manager pod say; undefined for other pods. */
export function readControllerManager(source: ObjectSource, labels: Labels): NetworkClaim | undefined {
  if (labels['component'] !== 'kube-controller-manager') return undefined;
  const [container] = items(below(rootField(source), 'spec', 'containers'));
  if (container === undefined) return undefined;
  const args = [...items(child(container, 'command')), ...items(child(container, 'args'))];
  return {
    from: 'arguments',
    podCidrs: argumentRanges(args, '--cluster-cidr'),
    serviceCidrs: argumentRanges(args, '--service-cluster-ip-range'),
  };
}

/** The field `key` of the YAML text that `field` holds. Its faults and places are those of the text as a whole. */
function embedded(field: Field, key: string): Field {
  const written = text(field) ?? '';
  const [tree] = parseYaml(written, { start: 0, end: written.length });
  const root: SyntaxNode = tree?.root ?? { kind: 'map', start: 0, end: 0, entries: [] };
  const range = field.node ?? field.source.root;
  const inner = child(rootField({ ...field.source, root, faults: [] }), key);
  return inner.node === undefined ? inner : { ...inner, node: moved(inner.node, range.start, range.end) };
}

/** The same node with every range set to one that exists in the file. */
function moved(node: SyntaxNode, start: number, end: number): SyntaxNode {
  if (node.kind === 'scalar') return { ...node, start, end };
  if (node.kind === 'sequence')
    return { ...node, start, end, items: node.items.map((item) => moved(item, start, end)) };
  const entries = node.entries.map((entry) => ({
    ...entry,
    keyStart: start,
    value: moved(entry.value, start, end),
  }));
  return { ...node, start, end, entries };
}

function configuredNode(
  name: string,
  controlPlane: boolean,
  tainted: boolean,
  labels: Labels,
  place: Location,
): Node {
  return {
    kind: 'Node',
    name,
    provenance: 'declared',
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      ...(controlPlane ? { [controlPlaneRole]: '' } : {}),
      ...labels,
    },
    taints: tainted ? [{ key: controlPlaneRole, value: '', effect: 'NoSchedule' }] : [],
    unschedulable: false,
    addresses: [],
    externalAddresses: [],
    podCidrs: [],
    ready: { value: true, provenance: 'inferred', why: 'A cluster configuration tells no state.' },
    at: place,
    nameAt: undefined,
  };
}

function argumentRanges(args: readonly Field[], name: string): readonly Fact<Cidr>[] {
  return args.flatMap((field): readonly Fact<Cidr>[] => {
    const written = text(field) ?? '';
    if (!written.startsWith(`${name}=`)) return [];
    const place = writtenAt(field);
    return written
      .slice(name.length + 1)
      .split(',')
      .flatMap((part) => parseCidr(part.trim()) ?? [])
      .map((value): Fact<Cidr> => ({ value, provenance: 'declared', at: place }));
  });
}

/** The ranges written at `field`, else those given, else the tool's defaults, which are inferred. */
function orDefault(
  field: Field | undefined,
  defaults: readonly string[],
  tool: string,
  given: readonly Fact<Cidr>[] = [],
): readonly Fact<Cidr>[] {
  const written = field === undefined ? given : rangesOfText(field, 'declared');
  if (written.length > 0) return written;
  return defaults
    .flatMap((range) => parseCidr(range) ?? [])
    .map((value): Fact<Cidr> => ({ value, provenance: 'inferred', why: `The default of ${tool}.` }));
}

function textFact(field: Field): Fact<string> | undefined {
  const value = text(field) ?? '';
  return value === '' ? undefined : { value, provenance: 'declared', at: writtenAt(field) };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
