// Answers: which nodes, ranges and network does a cluster's configuration describe? kind (kind.x-k8s.io Cluster), k3d (Simple)
// and kubeadm (ClusterConfiguration); in a snapshot ConfigMaps and the controller manager's arguments say the same of ranges.
// Names, taints and defaults are those the tools give: kind, k3d and k3s sources, kubeadm's mark-control-plane.
import { parseCidr } from '../model/address';
import type { Cidr } from '../model/address';
import type { CniSetting } from '../model/cniFacts';
import { pluginNamespaces } from '../model/cniFacts';
import type { Node } from '../model/node';
import type { Labels } from '../model/selector';
import type { Fact, Location } from '../model/source';
import type { NetworkClaim } from './claims';
import { setting } from './cniFacts';
import { embeddedRoot } from './embedded';
import type { Field, ObjectSource } from './field';
import {
  at,
  below,
  child,
  flag,
  integer,
  items,
  oneOf,
  rootField,
  stringMap,
  text,
  writtenAt,
} from './field';
import type { Metadata } from './metadata';
import { rangesOfText } from './values';

/** What one configuration file describes. Its nodes count only where no Node object tells of a real one. */
export interface ClusterConfiguration {
  readonly tool: 'kind' | 'k3d' | 'kubeadm';
  readonly nodes: readonly Node[];
  readonly claim: NetworkClaim;
  /** What the tool installs for a network, by what is written or by its defaults. */
  readonly settings: readonly CniSetting[];
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
    settings: kindSettings(cluster, networking),
    at: at(root),
  };
}

const kindModes = ['iptables', 'nftables', 'ipvs', 'none'] as const;

/** kind installs kindnet and kube-proxy in iptables mode unless it is told otherwise. */
function kindSettings(cluster: string, networking: Field): readonly CniSetting[] {
  const disabled = child(networking, 'disableDefaultCNI');
  const modeField = child(networking, 'kubeProxyMode');
  const name = `the kind configuration of cluster ${cluster}`;
  const mode = oneOf(modeField, kindModes, 'iptables');
  const written = modeField.node !== undefined;
  return [
    ...(flag(disabled) === true
      ? []
      : [
          setting(
            'kind.defaultCni',
            'kindnet',
            `${name} keeps the default CNI of kind, which is kindnet`,
            disabled,
            disabled.node === undefined,
          ),
        ]),
    setting(
      'kube-proxy.mode',
      mode,
      written ? `${name} has kubeProxyMode: ${mode}` : `kube-proxy runs in iptables mode in kind by default`,
      modeField,
      !written,
    ),
  ];
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
    settings: k3sSettings(root, args),
    at: at(root),
  };
}

/** k3s runs flannel with VXLAN, kube-proxy and a policy controller in its own process, unless its arguments say otherwise. */
function k3sSettings(root: Field, args: readonly Field[]): readonly CniSetting[] {
  const argument = (
    name: string,
  ): { readonly value: string; readonly field: Field; readonly text: string } | undefined => {
    const found = args.find((field) => (text(field) ?? '').split('=')[0] === name);
    const written = found === undefined ? undefined : text(found);
    return found === undefined || written === undefined
      ? undefined
      : { value: written.slice(name.length + 1), field: found, text: `k3s gets the argument ${written}` };
  };
  const backend = argument('--flannel-backend');
  const proxyless = argument('--disable-kube-proxy');
  const mode = args.find((field) => /^--kube-proxy-arg=(?:--)?proxy-mode=/.test(text(field) ?? ''));
  const modeText = mode === undefined ? undefined : text(mode);
  const flannel =
    backend === undefined
      ? setting('flannel.Backend.Type', 'vxlan', 'k3s runs flannel with VXLAN by default', root, true)
      : backend.value === 'none'
        ? undefined
        : setting('flannel.Backend.Type', backend.value, backend.text, backend.field);
  const kubeProxy =
    proxyless !== undefined && proxyless.value !== 'false'
      ? setting('kube-proxy.mode', 'none', proxyless.text, proxyless.field)
      : mode !== undefined && modeText !== undefined
        ? setting(
            'kube-proxy.mode',
            modeText.slice(modeText.lastIndexOf('=') + 1),
            `k3s gets the argument ${modeText}`,
            mode,
          )
        : setting(
            'kube-proxy.mode',
            'iptables',
            'k3s runs kube-proxy in iptables mode by default',
            root,
            true,
          );
  const policies =
    argument('--disable-network-policy') === undefined
      ? setting('k3s.networkPolicy', 'true', 'k3s runs its network policy controller by default', root, true)
      : undefined;
  return [flannel, kubeProxy, policies].filter((each) => each !== undefined);
}

export function readKubeadm(source: ObjectSource): ClusterConfiguration {
  const root = rootField(source);
  return {
    tool: 'kubeadm',
    nodes: [],
    claim: kubeadmClaim(child(root, 'networking'), 'configuration'),
    settings: [],
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

/** What ConfigMaps of kube-proxy, kubeadm and flannel say of the cluster's ranges; undefined for others. */
export function readConfigMap(source: ObjectSource, metadata: Metadata): NetworkClaim | undefined {
  if (!pluginNamespaces.has(metadata.namespace)) return undefined;
  const data = child(rootField(source), 'data');
  const ranges = (from: NetworkClaim['from'], key: string, ...fields: readonly string[]): NetworkClaim => {
    const root = embeddedRoot(child(data, key));
    return {
      from,
      podCidrs: fields.flatMap((field) => rangesOfText(child(root, field), metadata.provenance)),
      serviceCidrs: [],
    };
  };
  switch (metadata.name) {
    case 'kube-proxy':
      return ranges('running', 'config.conf', 'clusterCIDR');
    case 'kube-proxy-config':
      return ranges('running', 'config', 'clusterCIDR');
    case 'kubeadm-config':
      return kubeadmClaim(child(embeddedRoot(child(data, 'ClusterConfiguration')), 'networking'), 'kubeadm');
    case 'kube-flannel-cfg':
    case 'canal-config':
    case 'rke2-canal-config':
      return ranges('plugin', 'net-conf.json', 'Network', 'IPv6Network');
    default:
      return undefined;
  }
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
