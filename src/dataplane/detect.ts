// Answers: which CNI profile and which kube-proxy mode does this cluster run? What the user chose wins; else the strongest
// signal among its objects: the plugin's DaemonSet, its ConfigMap, its pools, annotations on nodes; else an assumption that is
// named as one (spec C6).
import type { Cluster } from '../model/cluster';
import type { CniSetting } from '../model/cniFacts';
import { keyOf } from '../model/objects';
import type { Evidence } from '../model/source';
import {
  healthyNodes,
  type CniProfile,
  type CniProfileId,
  type DataplaneSettings,
  type KubeProxyMode,
  type NodeConditions,
} from './profile';
import { defaultProfile, profileOf } from './profiles/profiles';

/** What the user said; what is undefined is detected. */
export interface ProfileChoice {
  readonly cni?: CniProfileId | undefined;
  readonly kubeProxy?: KubeProxyMode | undefined;
  readonly conditions?: Partial<NodeConditions> | undefined;
}

export interface Detected<T> {
  readonly value: T;
  /** `detected`: an object of the cluster says so. `assumed`: nothing does. */
  readonly how: 'chosen' | 'detected' | 'assumed';
  readonly evidence: readonly Evidence[];
}

export interface DetectedSettings {
  readonly settings: DataplaneSettings;
  readonly cni: Detected<CniProfile>;
  readonly kubeProxy: Detected<KubeProxyMode>;
}

interface Signals {
  readonly cluster: Cluster;
  /** The DaemonSet of this name in one of the namespaces that plugins live in, by its pods when there is no DaemonSet object. */
  readonly daemonSet: (...names: readonly string[]) => Evidence | undefined;
  readonly setting: (key: string) => CniSetting | undefined;
  readonly annotation: (key: string) => { readonly value: string; readonly evidence: Evidence } | undefined;
}

type Signal = (signals: Signals) => readonly [id: CniProfileId, ...evidence: Evidence[]] | undefined;

const detected = new WeakMap<Cluster, DetectedSettings>();

export function settingsFor(cluster: Cluster, choice: ProfileChoice = {}): DetectedSettings {
  const known = detected.get(cluster) ?? detect(cluster);
  detected.set(cluster, known);
  if (choice.cni === undefined && choice.kubeProxy === undefined && choice.conditions === undefined)
    return known;
  const cni = choice.cni === undefined ? known.cni : chosen(profileOf(choice.cni));
  const kubeProxy =
    choice.kubeProxy === undefined ? modeFor(known.kubeProxy, cni.value) : chosen(choice.kubeProxy);
  const conditions = { ...healthyNodes, ...choice.conditions };
  return { settings: { cni: cni.value, kubeProxy: kubeProxy.value, conditions }, cni, kubeProxy };
}

function chosen<T>(value: T): Detected<T> {
  return { value, how: 'chosen', evidence: [] };
}

function detect(cluster: Cluster): DetectedSettings {
  const signals = signalsOf(cluster);
  const cni = detectCni(signals);
  const kubeProxy = modeFor(detectMode(signals), cni.value);
  return {
    settings: { cni: cni.value, kubeProxy: kubeProxy.value, conditions: healthyNodes },
    cni,
    kubeProxy,
  };
}

/** Plugins that replace kube-proxy do so unless something says that kube-proxy runs. */
function modeFor(known: Detected<KubeProxyMode>, cni: CniProfile): Detected<KubeProxyMode> {
  if (known.how !== 'assumed' || cni.services === 'kube-proxy') {
    // A mode that only replaced another plugin's kube-proxy means nothing for this one.
    return cni.services === 'kube-proxy' && known.value === 'none' && known.how !== 'chosen'
      ? assumedMode
      : known;
  }
  const runsBeside = cni.services === 'antrea';
  return runsBeside
    ? known
    : {
        value: 'none',
        how: 'assumed',
        evidence: [{ text: `${cni.name} usually replaces kube-proxy`, provenance: 'inferred' }],
      };
}

const assumedMode: Detected<KubeProxyMode> = {
  value: 'iptables',
  how: 'assumed',
  evidence: [{ text: 'iptables is the default mode on Linux', provenance: 'inferred' }],
};

/** The strongest first; the first that fires decides. */
const cniSignals: readonly Signal[] = [
  // Dataplane V2 of GKE is Cilium under another name.
  ({ daemonSet }) => found(daemonSet('anetd'), 'cilium-native'),
  ({ daemonSet, setting }) => {
    const running = daemonSet('cilium');
    const mode = setting('cilium.routing-mode') ?? setting('cilium.tunnel');
    if (running === undefined && mode === undefined) return undefined;
    const native = mode?.value === 'native' || mode?.value === 'disabled';
    return withEvidence(native ? 'cilium-native' : 'cilium-tunnel', running, mode?.evidence);
  },
  ({ daemonSet }) => found(daemonSet('antrea-agent'), 'antrea'),
  ({ daemonSet, annotation }) =>
    found(
      daemonSet('ovnkube-node', 'ovnkube-node-single-node-zone') ??
        annotation('k8s.ovn.org/node-subnets')?.evidence,
      'ovn-kubernetes',
    ),
  ({ daemonSet }) => found(daemonSet('aws-node'), 'aws'),
  ({ daemonSet, cluster }) => {
    const overlay = cluster.nodes.find(
      ({ labels }) => labels['kubernetes.azure.com/podnetwork-type'] === 'overlay',
    );
    const labelled: Evidence | undefined = overlay && {
      text: `node ${overlay.name} has the label kubernetes.azure.com/podnetwork-type=overlay`,
      provenance: overlay.provenance,
      at: overlay.at,
    };
    return found(labelled ?? daemonSet('azure-cns'), 'azure-overlay');
  },
  (signals) => canal(signals) ?? calico(signals),
  (signals) => flannel(signals),
  ({ daemonSet }) => found(daemonSet('kindnet'), 'kindnet'),
  ({ cluster }) => {
    const kind = cluster.nodes.find(({ providerId }) => providerId?.startsWith('kind://') === true);
    return (
      kind && [
        'kindnet',
        {
          text: `node ${kind.name} is a node of kind, whose default CNI is kindnet`,
          provenance: kind.provenance,
          at: kind.at,
        },
      ]
    );
  },
  ({ setting }) => found(setting('kind.defaultCni')?.evidence, 'kindnet'),
  ({ cluster }) => {
    const gke = cluster.nodes.find(({ labels }) => labels['cloud.google.com/gke-nodepool'] !== undefined);
    return (
      gke && [
        'gke',
        { text: `node ${gke.name} is in a GKE node pool`, provenance: gke.provenance, at: gke.at },
      ]
    );
  },
];

function detectCni(signals: Signals): Detected<CniProfile> {
  for (const signal of cniSignals) {
    const [id, ...evidence] = signal(signals) ?? [];
    if (id !== undefined) return { value: profileOf(id), how: 'detected', evidence };
  }
  const text = 'nothing in the input names a CNI plugin';
  return { value: defaultProfile, how: 'assumed', evidence: [{ text, provenance: 'inferred' }] };
}

/** flannel moves the packets, Calico only judges policies. */
function canal({ daemonSet }: Signals): ReturnType<Signal> {
  return found(daemonSet('canal', 'rke2-canal'), 'flannel-vxlan');
}

function calico({ cluster, daemonSet, annotation }: Signals): ReturnType<Signal> {
  const pool = cluster.cni?.pools[0];
  const running = daemonSet('calico-node');
  const annotated = annotation('projectcalico.org/IPv4Address');
  const onPods = cluster.pods.find(({ sandboxId }) => sandboxId !== undefined);
  const told: Evidence | undefined = onPods && {
    text: `pod ${keyOf(onPods)} carries Calico's annotations`,
    provenance: onPods.provenance,
    at: onPods.at,
  };
  if (pool !== undefined) {
    const evidence: Evidence = {
      text: `IPPool ${pool.name} has ipipMode ${pool.ipip}, vxlanMode ${pool.vxlan}`,
      provenance: pool.range.provenance,
      at: pool.range.at,
    };
    if (pool.ipip === 'Always') return ['calico-ipip', evidence];
    if (pool.ipip === 'CrossSubnet') return ['calico-ipip-cross-subnet', evidence];
    if (pool.vxlan === 'Always') return ['calico-vxlan', evidence];
    return pool.vxlan === 'CrossSubnet' ? ['calico-vxlan-cross-subnet', evidence] : ['calico', evidence];
  }
  const ipip = annotation('projectcalico.org/IPv4IPIPTunnelAddr');
  if (ipip !== undefined) return ['calico-ipip', ipip.evidence];
  const vxlan = annotation('projectcalico.org/IPv4VXLANTunnelAddr');
  if (vxlan !== undefined) return ['calico-vxlan', vxlan.evidence];
  return found(running ?? annotated?.evidence ?? told, 'calico');
}

function flannel({ daemonSet, setting, annotation }: Signals): ReturnType<Signal> {
  const running = daemonSet('kube-flannel-ds', 'kube-flannel');
  const backend = setting('flannel.Backend.Type');
  const annotated = annotation('flannel.alpha.coreos.com/backend-type');
  const type = backend?.value ?? annotated?.value;
  if (running === undefined && type === undefined) return undefined;
  if (type === 'host-gw')
    return withEvidence('flannel-host-gw', backend?.evidence ?? annotated?.evidence, running);
  const direct = setting('flannel.Backend.DirectRouting');
  return direct?.value === 'true'
    ? withEvidence('flannel-vxlan-direct', direct.evidence, running)
    : withEvidence('flannel-vxlan', backend?.evidence ?? annotated?.evidence, running);
}

function detectMode({ setting, daemonSet }: Signals): Detected<KubeProxyMode> {
  const mode = setting('kube-proxy.mode');
  if (mode !== undefined) {
    const value = mode.value === 'ipvs' || mode.value === 'nftables' ? mode.value : 'iptables';
    return { value, how: 'detected', evidence: [mode.evidence] };
  }
  const replaced = setting('cilium.kube-proxy-replacement');
  if (replaced?.value === 'true' || replaced?.value === 'strict')
    return { value: 'none', how: 'detected', evidence: [replaced.evidence] };
  const running = daemonSet('kube-proxy');
  if (running === undefined) return assumedMode;
  const text = `${running.text}; its mode is not in the input, iptables is the default`;
  return { value: 'iptables', how: 'detected', evidence: [{ ...running, text }] };
}

function found(evidence: Evidence | undefined, id: CniProfileId): ReturnType<Signal> {
  return evidence && [id, evidence];
}

function withEvidence(id: CniProfileId, ...evidence: readonly (Evidence | undefined)[]): ReturnType<Signal> {
  return [id, ...evidence.filter((each) => each !== undefined)];
}

/** Where plugins are installed; a DaemonSet of the same name elsewhere is somebody else's. */
const pluginNamespaces = new Set([
  'kube-system',
  'kube-flannel',
  'calico-system',
  'cilium',
  'ovn-kubernetes',
  'openshift-ovn-kubernetes',
  'antrea-system',
]);

function signalsOf(cluster: Cluster): Signals {
  const daemonSets = new Map<string, Evidence>();
  const add = (namespace: string, name: string, evidence: Evidence): void => {
    if (pluginNamespaces.has(namespace) && !daemonSets.has(name)) daemonSets.set(name, evidence);
  };
  for (const { kind, namespace, name, at } of cluster.workloads) {
    if (kind === 'DaemonSet')
      add(namespace, name, { text: `DaemonSet ${namespace}/${name}`, provenance: 'declared', at });
  }
  for (const { owner, namespace, name, provenance, at } of cluster.pods) {
    if (owner?.kind === 'DaemonSet')
      add(namespace, owner.name, {
        text: `pod ${namespace}/${name} of DaemonSet ${owner.name}`,
        provenance,
        at,
      });
  }
  const settings = new Map((cluster.cni?.settings ?? []).map((each) => [each.key, each]));
  return {
    cluster,
    daemonSet: (...names) => names.map((name) => daemonSets.get(name)).find((each) => each !== undefined),
    setting: (key) => settings.get(key),
    annotation: (key) => {
      const node = cluster.nodes.find(({ annotations }) => annotations?.[key] !== undefined);
      const value = node?.annotations?.[key];
      return node === undefined || value === undefined
        ? undefined
        : {
            value,
            evidence: {
              text: `node ${node.name} has the annotation ${key}: ${value}`,
              provenance: node.provenance,
              at: node.at,
            },
          };
    },
  };
}
