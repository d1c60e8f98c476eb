// Answers: what do ConfigMaps and custom resources tell about the CNI plugin and kube-proxy? One table: which object of which
// plugin holds which values (spec C6). What is not in the table is passed over; only values that something follows from are kept.
import type { Cidr } from '../model/address';
import { parseCidr } from '../model/address';
import type { CniSetting, IpPool, PoolMode } from '../model/cniFacts';
import { pluginNamespaces } from '../model/cniFacts';
import type { Evidence, Fact, Provenance } from '../model/source';
import { embeddedRoot } from './embedded';
import type { Field, ObjectSource } from './field';
import { at, below, child, flag, items, oneOf, required, rootField, text, writtenAt } from './field';
import type { Metadata } from './metadata';
import { range } from './values';

interface PluginConfig {
  readonly plugin: string;
  /** Names that its ConfigMap has had. */
  readonly name: RegExp;
  /** The key whose text is YAML or JSON with the fields; undefined: the fields are keys of `data` themselves. */
  readonly text?: string;
  readonly fields: readonly string[];
}

/** Fields of a KubeProxyConfiguration. */
const kubeProxyFields = [
  'mode',
  'clusterCIDR',
  'detectLocalMode',
  'nodePortAddresses',
  'iptables.localhostNodePorts',
  'iptables.masqueradeAll',
  'nftables.masqueradeAll',
];

const pluginConfigs: readonly PluginConfig[] = [
  { plugin: 'kube-proxy', name: /^kube-proxy$/, text: 'config.conf', fields: kubeProxyFields },
  // EKS
  { plugin: 'kube-proxy', name: /^kube-proxy-config$/, text: 'config', fields: kubeProxyFields },
  {
    plugin: 'flannel',
    name: /^(?:kube-flannel-cfg|(?:rke2-)?canal-config)$/,
    text: 'net-conf.json',
    fields: [
      'Network',
      'IPv6Network',
      'Backend.Type',
      'Backend.DirectRouting',
      'Backend.VNI',
      'Backend.Port',
    ],
  },
  {
    plugin: 'cilium',
    name: /^cilium-config$/,
    fields: [
      'routing-mode',
      'tunnel',
      'tunnel-protocol',
      'tunnel-port',
      'kube-proxy-replacement',
      'enable-ipv4-masquerade',
      'enable-ipv6-masquerade',
      'enable-bpf-masquerade',
      'ipv4-native-routing-cidr',
      'ipv6-native-routing-cidr',
      'policy-cidr-match-mode',
      'bpf-lb-sock',
    ],
  },
  {
    plugin: 'ip-masq-agent',
    name: /^ip-masq-agent$/,
    text: 'config',
    fields: ['nonMasqueradeCIDRs', 'masqLinkLocal'],
  },
  { plugin: 'amazon-vpc-cni', name: /^amazon-vpc-cni$/, fields: ['enable-network-policy-controller'] },
  {
    plugin: 'antrea',
    // Older manifests end the name with a hash of the content.
    name: /^antrea-config(?:-[a-z0-9]+)?$/,
    text: 'antrea-agent.conf',
    fields: ['trafficEncapMode', 'tunnelType', 'noSNAT', 'antreaProxy.proxyAll'],
  },
];

/** What a ConfigMap says, the plugin's presence first; empty for ConfigMaps of others. */
export function readPluginConfig(source: ObjectSource, metadata: Metadata): readonly CniSetting[] {
  const { namespace, name, provenance } = metadata;
  const known = pluginNamespaces.has(namespace)
    ? pluginConfigs.find((each) => each.name.test(name))
    : undefined;
  if (known === undefined) return [];
  const object = `ConfigMap ${namespace}/${name}`;
  const data = child(rootField(source), 'data');
  const root = known.text === undefined ? data : embeddedRoot(child(data, known.text));
  const presence: CniSetting = {
    key: known.plugin,
    value: name,
    evidence: { text: object, provenance, at: metadata.nameAt ?? metadata.at },
  };
  return [presence, ...settingsIn(root, known.plugin, known.fields, object, provenance)];
}

/** A KubeProxyConfiguration in a file of its own, as kubeadm takes it. */
export function readKubeProxyConfiguration(source: ObjectSource): readonly CniSetting[] {
  return settingsIn(
    rootField(source),
    'kube-proxy',
    kubeProxyFields,
    'the KubeProxyConfiguration',
    'declared',
  );
}

/** The settings among `fields` (`Backend.Type` is `Type` below `Backend`) that are written. */
function settingsIn(
  root: Field,
  plugin: string,
  fields: readonly string[],
  object: string,
  provenance: Provenance,
): readonly CniSetting[] {
  return fields.flatMap((path): readonly CniSetting[] => {
    // Keys of a ConfigMap have no dots in this table; those of embedded documents name a way down.
    const field = below(root, ...path.split('.'));
    const value = writtenValue(field);
    if (value === undefined) return [];
    const said = value === '' ? '""' : value;
    const evidence: Evidence = {
      text: `${object} has ${path}: ${said}`,
      provenance,
      at: writtenAt(field),
    };
    return [{ key: `${plugin}.${path}`, value, evidence }];
  });
}

/** A scalar as written, a list of scalars joined by commas; undefined for anything else. */
function writtenValue({ node }: Field): string | undefined {
  if (node?.kind === 'scalar') return node.value === null ? undefined : String(node.value);
  if (node?.kind !== 'sequence') return undefined;
  return node.items.flatMap((item) => (item.kind === 'scalar' ? [String(item.value ?? '')] : [])).join(',');
}

/** A setting that a tool's defaults or a custom resource imply. */
export function setting(
  key: string,
  value: string,
  words: string,
  field: Field,
  inferred = false,
): CniSetting {
  const provenance = inferred ? 'inferred' : 'declared';
  return { key, value, evidence: { text: words, provenance, at: at(field) } };
}

const poolModes: readonly PoolMode[] = ['Always', 'CrossSubnet', 'Never'];

/** crd.projectcalico.org/v1 and projectcalico.org/v3; undefined: its range is missing or wrong. */
export function readIpPool(source: ObjectSource, metadata: Metadata): IpPool | undefined {
  const spec = child(rootField(source), 'spec');
  const field = child(spec, 'cidr');
  const value = range(field);
  if (value === undefined) {
    if (field.node === undefined) required(field);
    return undefined;
  }
  const uses = items(child(spec, 'allowedUses')).map((use) => text(use));
  return {
    name: metadata.name,
    range: { value, provenance: metadata.provenance, at: writtenAt(field) },
    ipip: oneOf(child(spec, 'ipipMode'), poolModes, 'Never'),
    vxlan: oneOf(child(spec, 'vxlanMode'), poolModes, 'Never'),
    natOutgoing: flag(child(spec, 'natOutgoing')) ?? false,
    forPods: flag(child(spec, 'disabled')) !== true && (uses.length === 0 || uses.includes('Workload')),
  };
}

export interface CalicoInstallation {
  /** They count only where no IPPool object is known: the operator makes those from them. */
  readonly pools: readonly IpPool[];
  readonly settings: readonly CniSetting[];
}

const encapsulations = ['IPIP', 'VXLAN', 'IPIPCrossSubnet', 'VXLANCrossSubnet', 'None'] as const;
type CalicoEncapsulation = (typeof encapsulations)[number];

/** operator.tigera.io Installation. A pool without `encapsulation` has IPIP, one without `natOutgoing` has it (Tigera docs, "Configure default IP pools"). */
export function readInstallation(source: ObjectSource, metadata: Metadata): CalicoInstallation {
  const spec = child(rootField(source), 'spec');
  const network = child(spec, 'calicoNetwork');
  const presence: CniSetting = {
    key: 'calico',
    value: metadata.name,
    evidence: {
      text: `Installation ${metadata.name} of the Tigera operator`,
      provenance: metadata.provenance,
      at: metadata.nameAt ?? metadata.at,
    },
  };
  const told = settingsIn(
    spec,
    'calico',
    ['cni.type', 'calicoNetwork.linuxDataplane'],
    `Installation ${metadata.name}`,
    metadata.provenance,
  );
  const pools = child(network, 'ipPools');
  // Without a list the operator makes one pool, in the range that it finds the cluster to have.
  const implied =
    pools.node === undefined
      ? [
          setting(
            'calico.encapsulation',
            'IPIP',
            `Installation ${metadata.name} names no pools: the operator's default is IPIP`,
            network,
            true,
          ),
        ]
      : [];
  return {
    pools: items(pools).flatMap((field) => operatorPool(field, metadata.provenance)),
    settings: [presence, ...told, ...implied],
  };
}

const defaultPool = parseCidr('192.168.0.0/16');

function operatorPool(field: Field, provenance: Provenance): readonly IpPool[] {
  const written = child(field, 'cidr');
  const value = written.node === undefined ? defaultPool : range(written);
  if (value === undefined) return [];
  const fact: Fact<Cidr> =
    written.node === undefined
      ? { value, provenance: 'inferred', at: at(field), why: "The default of Calico's operator." }
      : { value, provenance, at: writtenAt(written) };
  const { family } = value.first;
  const encapsulation = oneOf<CalicoEncapsulation>(
    child(field, 'encapsulation'),
    encapsulations,
    family === 4 ? 'IPIP' : 'None',
  );
  const mode = (kind: 'IPIP' | 'VXLAN'): PoolMode =>
    encapsulation === kind ? 'Always' : encapsulation === `${kind}CrossSubnet` ? 'CrossSubnet' : 'Never';
  return [
    {
      name: text(child(field, 'name')) ?? `default-ipv${family}-ippool`,
      range: fact,
      ipip: mode('IPIP'),
      vxlan: mode('VXLAN'),
      natOutgoing: oneOf(child(field, 'natOutgoing'), ['Enabled', 'Disabled'], 'Enabled') === 'Enabled',
      forPods: true,
    },
  ];
}

/** Kinds of custom resources that only one plugin has, by API group and kind, with the plugin. */
const pluginKinds: ReadonlyMap<string, string> = new Map([
  ['cilium.io/CiliumNode', 'cilium'],
  ['cilium.io/CiliumEndpoint', 'cilium'],
  ['crd.antrea.io/AntreaAgentInfo', 'antrea'],
  ['crd.k8s.amazonaws.com/ENIConfig', 'aws'],
  ['vpcresources.k8s.aws/CNINode', 'aws'],
  ['networking.k8s.aws/PolicyEndpoint', 'aws'],
  ['crd.projectcalico.org/IPAMBlock', 'calico'],
  ['crd.projectcalico.org/FelixConfiguration', 'calico'],
  ['projectcalico.org/FelixConfiguration', 'calico'],
]);

/** Names of definitions that only one plugin installs. */
const pluginDefinitions: readonly (readonly [name: RegExp, plugin: string])[] = [
  [/\.crd\.projectcalico\.org$/, 'calico'],
  [/^cilium(?:nodes|endpoints)\.cilium\.io$/, 'cilium'],
  [/^antreaagentinfos\.crd\.antrea\.io$/, 'antrea'],
  [/^eniconfigs\.crd\.k8s\.amazonaws\.com$/, 'aws'],
  [/^cninodes\.vpcresources\.k8s\.aws$/, 'aws'],
  [/^policyendpoints\.networking\.k8s\.aws$/, 'aws'],
];

export function pluginOfKind(group: string, kind: string): string | undefined {
  return pluginKinds.get(`${group}/${kind}`);
}

/** `custom.<plugin>`: an object of a kind that only this plugin has, or the definition of one. */
export function customResource(plugin: string, kind: string, metadata: Metadata): CniSetting {
  const { name, provenance } = metadata;
  const evidence: Evidence = {
    text: `${kind} ${name}`,
    provenance,
    at: metadata.nameAt ?? metadata.at,
  };
  return { key: `custom.${plugin}`, value: name, evidence };
}

/** Of a CustomResourceDefinition; empty when it is not of a plugin. */
export function readDefinition(metadata: Metadata): readonly CniSetting[] {
  return pluginDefinitions
    .filter(([name]) => name.test(metadata.name))
    .map(([, plugin]) => customResource(plugin, 'CustomResourceDefinition', metadata));
}

/** OpenShift's Network: `operator.openshift.io` (defaultNetwork.type) and `config.openshift.io` (networkType). */
export function readOpenShiftNetwork(source: ObjectSource, metadata: Metadata): readonly CniSetting[] {
  const spec = child(rootField(source), 'spec');
  return settingsIn(
    spec,
    'openshift',
    ['defaultNetwork.type', 'networkType'],
    `Network ${metadata.name} of OpenShift`,
    metadata.provenance,
  );
}
