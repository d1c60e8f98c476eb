// Answers: which CNI profile and which kube-proxy mode does this cluster run? What the user chose wins; else the strongest
// signal among its objects: the plugin's DaemonSet, its ConfigMap, its pools, annotations on nodes, its custom resources; else
// an assumption that is named as one (spec C6).
import { contains } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { IpPool } from '../model/cniFacts';
import { keyOf } from '../model/objects';
import type { Evidence } from '../model/source';
import { choiceOf, type ProfileChoice } from './choice';
import { configuredConditions, configuredProfile, kubeProxyOptions, remarksOn } from './configured';
import {
  healthyNodes,
  type CniProfile,
  type CniProfileId,
  type DataplaneSettings,
  type KubeProxyMode,
} from './profile';
import { defaultProfile, profileOf } from './profiles/profiles';
import { signalsOf, type Signals } from './signals';

export interface Detected<T> {
  readonly value: T;
  /** `detected`: an object of the cluster says so. `assumed`: nothing does. */
  readonly how: 'chosen' | 'detected' | 'assumed';
  /** The first is what decided; empty for what the user chose. */
  readonly evidence: readonly Evidence[];
}

export interface DetectedSettings {
  /** The same value for the same cluster and choice. */
  readonly settings: DataplaneSettings;
  /** As the cluster configures it. */
  readonly cni: Detected<CniProfile>;
  readonly kubeProxy: Detected<KubeProxyMode>;
  /** What the cluster's configuration says and the profile cannot follow yet. */
  readonly remarks: readonly Evidence[];
}

const known = new WeakMap<Cluster, Map<string, DetectedSettings>>();

/** @param instead what to take for chosen in place of what the user chose for this cluster. */
export function settingsFor(cluster: Cluster, instead: ProfileChoice = {}): DetectedSettings {
  const chosen = choiceOf(cluster);
  const choice: ProfileChoice = {
    cni: instead.cni ?? chosen.cni,
    kubeProxy: instead.kubeProxy ?? chosen.kubeProxy,
    conditions: instead.conditions,
  };
  const ofCluster = known.get(cluster) ?? new Map<string, DetectedSettings>();
  known.set(cluster, ofCluster);
  const key = JSON.stringify([choice.cni, choice.kubeProxy, choice.conditions]);
  const made = ofCluster.get(key) ?? detect(signalsOf(cluster), choice);
  ofCluster.set(key, made);
  return made;
}

function detect(signals: Signals, choice: ProfileChoice): DetectedSettings {
  const found = choice.cni === undefined ? detectCni(signals) : asChosen(profileOf(choice.cni));
  const cni = { ...found, value: configuredProfile(found.value, signals) };
  const kubeProxy =
    choice.kubeProxy === undefined ? detectMode(cni.value, signals) : asChosen(choice.kubeProxy);
  return {
    settings: {
      cni: cni.value,
      kubeProxy: kubeProxy.value,
      kubeProxyOptions: kubeProxyOptions(kubeProxy.value, signals),
      conditions: { ...healthyNodes, ...configuredConditions(signals), ...choice.conditions },
    },
    cni,
    kubeProxy,
    remarks: remarksOn(cni.value, signals),
  };
}

function asChosen<T>(value: T): Detected<T> {
  return { value, how: 'chosen', evidence: [] };
}

function assumed<T>(value: T, text: string, at?: Evidence['at']): Detected<T> {
  return { value, how: 'assumed', evidence: [{ text, provenance: 'inferred', at }] };
}

type Signal = (signals: Signals) => readonly [id: CniProfileId, ...evidence: Evidence[]] | undefined;

/** The strongest first; the first that fires decides. */
const cniSignals: readonly Signal[] = [
  // Dataplane V2 of GKE is Cilium under another name.
  ({ daemonSet }) => found('cilium-native', daemonSet('anetd')),
  (signals) => cilium(signals),
  ({ daemonSet, setting }) => found('antrea', daemonSet('antrea-agent'), setting('antrea')?.evidence),
  ({ daemonSet, setting, annotation }) =>
    found(
      'ovn-kubernetes',
      daemonSet('ovnkube-node', 'ovnkube-node-single-node-zone'),
      annotation('k8s.ovn.org/node-subnets')?.evidence,
      ...['openshift.defaultNetwork.type', 'openshift.networkType'].map((key) => {
        const type = setting(key);
        return type?.value === 'OVNKubernetes' ? type.evidence : undefined;
      }),
    ),
  ({ daemonSet, setting }) => found('aws', daemonSet('aws-node'), setting('amazon-vpc-cni')?.evidence),
  (signals) => azure(signals),
  (signals) => canal(signals),
  (signals) => calico(signals),
  (signals) => flannel(signals),
  ({ daemonSet, node, setting }) =>
    found(
      'kindnet',
      daemonSet('kindnet'),
      node(
        ({ providerId }) => providerId?.startsWith('kind://') === true,
        ({ name }) => `node ${name} is a node of kind, whose default CNI is kindnet`,
      ),
      setting('kind.defaultCni')?.evidence,
    ),
  ({ node }) =>
    found(
      'gke',
      node(
        ({ labels }) => labels['cloud.google.com/gke-nodepool'] !== undefined,
        ({ name }) => `node ${name} is in a GKE node pool`,
      ),
    ),
  // Definitions may be left over from a plugin that was removed: they count last.
  ({ setting }) => found('cilium-tunnel', setting('custom.cilium')?.evidence),
  ({ setting }) => found('antrea', setting('custom.antrea')?.evidence),
  ({ setting }) => found('aws', setting('custom.aws')?.evidence),
  ({ setting }) => found('calico', setting('custom.calico')?.evidence),
];

/** Plugins that have no profile: what they look like most is shown, and said. */
const unknownPlugins = ['kube-router', 'weave-net', 'kube-ovn-cni', 'azure-ip-masq-agent'];

function detectCni(signals: Signals): Detected<CniProfile> {
  for (const signal of cniSignals) {
    const [id, ...evidence] = signal(signals) ?? [];
    if (id !== undefined) return { value: profileOf(id), how: 'detected', evidence };
  }
  const unknown = signals.daemonSet(...unknownPlugins);
  if (unknown !== undefined)
    return assumed(defaultProfile, `${unknown.text} runs, which no profile is made for`, unknown.at);
  return assumed(defaultProfile, 'nothing in the input names a CNI plugin');
}

/** The signals that fired; undefined: none did. */
function found(id: CniProfileId, ...evidence: readonly (Evidence | undefined)[]): ReturnType<Signal> {
  const [first, ...more] = evidence.filter((each) => each !== undefined);
  return first && [id, first, ...more];
}

function cilium({ daemonSet, setting, node }: Signals): ReturnType<Signal> {
  const mode = setting('cilium.routing-mode') ?? setting('cilium.tunnel');
  const dataplane = node(
    ({ labels }) => labels['kubernetes.azure.com/ebpf-dataplane'] === 'cilium',
    ({ name }) => `node ${name} has the label kubernetes.azure.com/ebpf-dataplane=cilium`,
  );
  const native =
    mode?.value === 'native' || mode?.value === 'disabled' || (mode === undefined && dataplane !== undefined);
  const running = daemonSet('cilium') ?? dataplane ?? setting('cilium')?.evidence;
  return found(native ? 'cilium-native' : 'cilium-tunnel', mode?.evidence, running);
}

function azure({ daemonSet, node }: Signals): ReturnType<Signal> {
  const overlay = node(
    ({ labels }) => labels['kubernetes.azure.com/podnetwork-type'] === 'overlay',
    ({ name }) => `node ${name} has the label kubernetes.azure.com/podnetwork-type=overlay`,
  );
  const running = daemonSet('azure-cns', 'azure-cni-networkmonitor', 'azure-npm');
  const nearest = running && {
    ...running,
    text: `${running.text} belongs to Azure CNI; no node has the label of an overlay, which is shown as the nearest`,
  };
  return found('azure-overlay', overlay, overlay === undefined ? nearest : running);
}

/** flannel moves the packets, Calico only judges policies. */
function canal({ daemonSet, setting, annotation }: Signals): ReturnType<Signal> {
  const running = daemonSet('canal', 'rke2-canal');
  if (running === undefined) return undefined;
  const [id] = flannelBackend({ setting, annotation });
  return found(id, running);
}

function calico(signals: Signals): ReturnType<Signal> {
  const { cluster, daemonSet, annotation, setting, sandboxedPod } = signals;
  const other = setting('calico.cni.type');
  const networking = other === undefined ? undefined : calicoBeside.get(other.value);
  if (other !== undefined && networking !== undefined) return found(networking, other.evidence);
  const running = daemonSet('calico-node') ?? setting('calico')?.evidence;
  const pool = poolInUse(cluster);
  if (pool !== undefined) {
    const text = `IPPool ${pool.name} has ipipMode ${pool.ipip}, vxlanMode ${pool.vxlan}`;
    const { provenance, at } = pool.range;
    return found(profileOfPool(pool), { text, provenance, at }, running);
  }
  const ipip = annotation('projectcalico.org/IPv4IPIPTunnelAddr')?.evidence;
  if (ipip !== undefined) return found('calico-ipip', ipip, running);
  const vxlan = annotation('projectcalico.org/IPv4VXLANTunnelAddr')?.evidence;
  if (vxlan !== undefined) return found('calico-vxlan', vxlan, running);
  const implied = setting('calico.encapsulation')?.evidence;
  if (implied !== undefined) return found('calico-ipip', implied, running);
  const annotated = annotation('projectcalico.org/IPv4Address')?.evidence;
  const onPods = sandboxedPod();
  // Canal's pods carry Calico's annotations too.
  const byFlannel = annotation('flannel.alpha.coreos.com/backend-type') !== undefined;
  const told: Evidence | undefined =
    onPods === undefined || byFlannel
      ? undefined
      : {
          text: `pod ${keyOf(onPods)} carries Calico's annotations`,
          provenance: onPods.provenance,
          at: onPods.nameAt ?? onPods.at,
        };
  return found('calico', running, annotated, told);
}

/** `cni.type` of an Installation: Calico judges policies, somebody else moves the packets. */
const calicoBeside: ReadonlyMap<string, CniProfileId> = new Map([
  ['AmazonVPC', 'aws'],
  ['AzureVNET', 'azure-overlay'],
  ['GKE', 'gke'],
]);

/** The pool that pods have addresses of; before there are any, the first that new ones would get. */
function poolInUse({ cni, pods }: Cluster): IpPool | undefined {
  const pools = (cni?.pools ?? []).filter(({ forPods }) => forPods);
  const holds = ({ range }: IpPool): boolean =>
    pods.some(
      ({ spec, addresses }) =>
        !spec.hostNetwork && addresses.some(({ value }) => contains(range.value, value)),
    );
  return (pools.length > 1 ? pools.find(holds) : undefined) ?? pools[0] ?? cni?.pools[0];
}

function profileOfPool({ ipip, vxlan }: IpPool): CniProfileId {
  if (ipip === 'Always') return 'calico-ipip';
  if (ipip === 'CrossSubnet') return 'calico-ipip-cross-subnet';
  if (vxlan === 'Always') return 'calico-vxlan';
  return vxlan === 'CrossSubnet' ? 'calico-vxlan-cross-subnet' : 'calico';
}

function flannel({ daemonSet, setting, annotation }: Signals): ReturnType<Signal> {
  const running = daemonSet('kube-flannel-ds', 'kube-flannel') ?? setting('flannel')?.evidence;
  const [id, backend] = flannelBackend({ setting, annotation });
  return found(id, backend, running);
}

/** @returns the profile, and what names the backend; VXLAN is flannel's own choice where nothing does. */
function flannelBackend({
  setting,
  annotation,
}: Pick<Signals, 'setting' | 'annotation'>): readonly [CniProfileId, Evidence | undefined] {
  const type = setting('flannel.Backend.Type') ?? annotation('flannel.alpha.coreos.com/backend-type');
  if (type?.value === 'host-gw') return ['flannel-host-gw', type.evidence];
  const direct = setting('flannel.Backend.DirectRouting');
  return direct?.value === 'true'
    ? ['flannel-vxlan-direct', direct.evidence]
    : ['flannel-vxlan', type?.evidence];
}

/** Who replaces kube-proxy is asked before kube-proxy's own configuration, which may be left over. */
function detectMode(cni: CniProfile, { setting, daemonSet, podNamed }: Signals): Detected<KubeProxyMode> {
  const replacement = cni.services === 'cilium' ? setting('cilium.kube-proxy-replacement') : undefined;
  const proxyAll = cni.services === 'antrea' ? setting('antrea.antreaProxy.proxyAll') : undefined;
  const replaced =
    replacement?.value === 'true' || replacement?.value === 'strict'
      ? replacement
      : proxyAll?.value === 'true'
        ? proxyAll
        : undefined;
  if (replaced !== undefined) return { value: 'none', how: 'detected', evidence: [replaced.evidence] };
  const mode = setting('kube-proxy.mode');
  // What a tool installs by default counts only where the plugin leaves Services to it.
  const installed = mode?.evidence.provenance !== 'inferred' || cni.services !== 'ovn';
  if (mode !== undefined && installed)
    return { value: modeOf(mode.value), how: 'detected', evidence: [mode.evidence] };
  const running = daemonSet('kube-proxy') ?? podNamed('kube-proxy-');
  if (running !== undefined) {
    const text = `${running.text}; its mode is not in the input, iptables is the default`;
    return { value: 'iptables', how: 'detected', evidence: [{ ...running, text }] };
  }
  if (replacement !== undefined)
    return { value: 'iptables', how: 'detected', evidence: [replacement.evidence] };
  return cni.services === 'cilium' || cni.services === 'ovn'
    ? assumed('none', `${cni.name} usually replaces kube-proxy`)
    : assumed('iptables', 'iptables is the default mode on Linux');
}

function modeOf(text: string): KubeProxyMode {
  return text === 'ipvs' || text === 'nftables' || text === 'none' ? text : 'iptables';
}
