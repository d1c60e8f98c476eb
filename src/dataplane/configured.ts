// Answers: what do the cluster's own objects change in a profile? A profile says how a plugin works by default; its ConfigMap may
// give the tunnel another number, spare other ranges from masquerading, or bring somebody who enforces policies. Profiles stay
// data: what cannot be said in them is told as a remark (spec C2, C3, C6).
import { parseCidr, type Family } from '../model/address';
import { enforcedBy, enforcedByCilium, notEnforced } from './policyEnforcement';
import type { Evidence } from '../model/source';
import { masqueradeByCilium } from './masquerade/cilium';
import { agentRanges, configuredAgentRanges, masqueradeOutsideRanges } from './masquerade/sparedRanges';
import type { Encapsulation } from './packet';
import type {
  CniProfile,
  KubeProxyMode,
  KubeProxyOptions,
  NodeConditions,
  PolicyEnforcement,
} from './profile';
import type { Signals } from './signals';

type Change = (profile: CniProfile, signals: Signals) => CniProfile;

/** The profile as this cluster configures it; the same value when nothing changes it. */
export function configuredProfile(profile: CniProfile, signals: Signals): CniProfile {
  return changes.reduce((changed, change) => change(changed, signals), profile);
}

const changes: readonly Change[] = [
  // flannel names its device after the VNI.
  (profile, signals) => {
    if (!isFlannelTunnel(profile)) return profile;
    const told = signals.annotation('flannel.alpha.coreos.com/backend-data')?.value ?? '';
    const vni = numberOf(signals.setting('flannel.Backend.VNI')?.value ?? /"VNI":\s*(\d+)/.exec(told)?.[1]);
    const port = numberOf(signals.setting('flannel.Backend.Port')?.value);
    const named = vni === undefined ? {} : { device: `flannel.${vni}` };
    return withTunnel(
      profile,
      { ...(vni === undefined ? {} : { vni }), ...(port === undefined ? {} : { port }) },
      named,
    );
  },
  (profile, { setting }) => {
    if (profile.id !== 'cilium-tunnel') return profile;
    const protocol = setting('cilium.tunnel-protocol')?.value ?? setting('cilium.tunnel')?.value;
    const port = numberOf(setting('cilium.tunnel-port')?.value);
    const geneve = protocol === 'geneve';
    const change = {
      ...(geneve ? { kind: 'Geneve' as const, port: 6081 } : {}),
      ...(port === undefined ? {} : { port }),
    };
    const named = geneve ? { device: 'cilium_geneve' } : {};
    const changed = withTunnel(profile, change, named);
    return geneve ? { ...changed, name: 'Cilium with a Geneve tunnel' } : changed;
  },
  (profile, { setting }) => {
    if (profile.services !== 'cilium' || setting('cilium') === undefined) return profile;
    const native = ([4, 6] as const).flatMap(
      (family) => parseCidr(setting(`cilium.ipv${family}-native-routing-cidr`)?.value ?? '') ?? [],
    );
    const off = ([4, 6] as const).filter(
      (family: Family) => setting(`cilium.enable-ipv${family}-masquerade`)?.value === 'false',
    );
    // The agent's own default is iptables.
    const ebpf = setting('cilium.enable-bpf-masquerade')?.value === 'true';
    return { ...profile, masquerade: masqueradeByCilium({ ebpf, native, off }) };
  },
  (profile, { setting, daemonSet }) => {
    if (profile.id !== 'gke') return profile;
    const spared =
      setting('ip-masq-agent') === undefined
        ? daemonSet('ip-masq-agent') && agentRanges
        : configuredAgentRanges(
            setting('ip-masq-agent.nonMasqueradeCIDRs')?.value ?? '',
            setting('ip-masq-agent.masqLinkLocal')?.value === 'true',
          );
    return spared === undefined
      ? profile
      : { ...profile, masquerade: masqueradeOutsideRanges('ip-masq-agent', spared) };
  },
  (profile, { setting }) => {
    if (profile.id !== 'antrea') return profile;
    const vxlan = setting('antrea.tunnelType')?.value === 'vxlan';
    const changed = vxlan
      ? { ...withTunnel(profile, { kind: 'VXLAN', port: 4789 }, {}), name: 'Antrea with VXLAN' }
      : profile;
    return setting('antrea.noSNAT')?.value === 'true' ? { ...changed, masquerade: () => undefined } : changed;
  },
  (profile, signals) => {
    const policies = policyEngine(profile, signals);
    return policies === undefined ? profile : { ...profile, policies };
  },
];

function isFlannelTunnel({ id }: CniProfile): boolean {
  return id === 'flannel-vxlan' || id === 'flannel-vxlan-direct';
}

function withTunnel(
  profile: CniProfile,
  encapsulation: Partial<Encapsulation>,
  named: { readonly device?: string },
): CniProfile {
  const { between } = profile;
  if (between.kind !== 'tunnel') return profile;
  return {
    ...profile,
    between: { ...between, ...named, encapsulation: { ...between.encapsulation, ...encapsulation } },
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** Who enforces policies beside a plugin that does not do it itself; undefined: the profile knows. */
function policyEngine({ id }: CniProfile, signals: Signals): PolicyEnforcement | undefined {
  const { daemonSet, setting } = signals;
  if (id === 'cilium-tunnel' || id === 'cilium-native')
    return enforcedByCilium(setting('cilium.policy-cidr-match-mode')?.value.includes('nodes') === true);
  if (!withoutEngine.has(id)) return undefined;
  if (daemonSet('calico-node', 'canal', 'rke2-canal') !== undefined) return enforcedBy('Calico');
  if (daemonSet('azure-npm') !== undefined) return enforcedBy('Azure NPM');
  if (daemonSet('kube-network-policies') !== undefined) return enforcedBy('kube-network-policies');
  if (daemonSet('kube-router') !== undefined) return enforcedBy('kube-router', 'reject');
  if (setting('k3s.networkPolicy') !== undefined || isK3s(signals) !== undefined)
    return enforcedBy("k3s's network policy controller", 'reject');
  const aws = id === 'aws' ? setting('amazon-vpc-cni.enable-network-policy-controller') : undefined;
  if (aws === undefined) return undefined;
  const who = 'the AWS network policy agent';
  return aws.value === 'true' ? enforcedBy(who) : notEnforced(`the AWS VPC CNI (${who} is off)`);
}

const withoutEngine: ReadonlySet<CniProfile['id']> = new Set([
  'bridge',
  'flannel-host-gw',
  'flannel-vxlan',
  'flannel-vxlan-direct',
  'aws',
  'azure-overlay',
  'gke',
]);

function isK3s({ node }: Signals): Evidence | undefined {
  return node(
    ({ providerId }) => providerId?.startsWith('k3s://') === true,
    ({ name }) => `node ${name} is a node of k3s`,
  );
}

/** Settings of the plugin that the profile cannot follow yet, a sentence each. */
export function remarksOn({ id, services }: CniProfile, { setting, cluster }: Signals): readonly Evidence[] {
  const remarks: Evidence[] = [];
  const remark = (key: string, follows: (value: string) => string | undefined): void => {
    const told = setting(key);
    const words = told && follows(told.value);
    if (told !== undefined && words !== undefined)
      remarks.push({
        text: `${told.evidence.text}, which is not followed: ${words}.`,
        provenance: 'inferred',
        at: told.evidence.at,
      });
  };
  if (id.startsWith('flannel'))
    remark('flannel.Backend.Type', (type) =>
      ['vxlan', 'host-gw'].includes(type) ? undefined : 'its tunnel is shown as VXLAN',
    );
  if (id.startsWith('calico')) {
    remark('calico.calicoNetwork.linuxDataplane', (dataplane) =>
      dataplane === 'BPF' ? 'the way is shown as through iptables' : undefined,
    );
    const modes = new Set(
      (cluster.cni?.pools ?? [])
        .filter(({ forPods }) => forPods)
        .map(({ ipip, vxlan }) => `${ipip} ${vxlan}`),
    );
    if (modes.size > 1)
      remarks.push({
        text: 'Pools of this cluster differ in their encapsulation; one is shown for all.',
        provenance: 'inferred',
        at: cluster.cni?.pools[0]?.range.at,
      });
  }
  if (services === 'cilium')
    remark('cilium.bpf-lb-sock', (value) =>
      value === 'false' ? 'Services are shown as translated at connect()' : undefined,
    );
  if (id === 'antrea') {
    remark('antrea.trafficEncapMode', (mode) =>
      mode.toLowerCase() === 'encap' ? undefined : 'every packet between nodes is shown in the tunnel',
    );
    remark('antrea.tunnelType', (type) =>
      ['geneve', 'vxlan'].includes(type) ? undefined : 'the tunnel is shown as Geneve',
    );
  }
  return remarks;
}

/** What kube-proxy's configuration adds to its mode. */
export function kubeProxyOptions(mode: KubeProxyMode, { setting }: Signals): KubeProxyOptions {
  const section = mode === 'nftables' ? 'nftables' : 'iptables';
  const addresses = setting('kube-proxy.nodePortAddresses')?.value.split(',').filter(Boolean) ?? [];
  return {
    masqueradeAll: setting(`kube-proxy.${section}.masqueradeAll`)?.value === 'true',
    nodePortAddresses: addresses.length === 0 ? undefined : addresses,
  };
}

/** Without localhost node ports kube-proxy leaves route_localnet off. */
export function configuredConditions({ setting }: Signals): Partial<NodeConditions> {
  return setting('kube-proxy.iptables.localhostNodePorts')?.value === 'false' ? { routeLocalnet: false } : {};
}
