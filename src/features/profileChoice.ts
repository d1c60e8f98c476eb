// Answers: between which CNI profiles and kube-proxy modes may a user choose, and what speaks for each? The same words stand in
// the quick pick and in the descriptions of the settings.
import { auto, kubeProxyModes } from '../dataplane/choice';
import { settingsFor, type Detected } from '../dataplane/detect';
import type { CniProfileId, KubeProxyMode } from '../dataplane/profile';
import { profiles } from '../dataplane/profiles/profiles';
import type { Cluster } from '../model/cluster';
import { placeText } from './provenance';

export interface ChoiceItem {
  /** As the setting takes it: `auto`, `kindnet`, `nftables`. */
  readonly value: string;
  readonly label: string;
  readonly description: string;
  /** How well it is known, or why it was detected. */
  readonly detail: string;
  /** The user's choice as it is now. */
  readonly chosen: boolean;
}

/** `auto` first, with what was detected and why; then every profile. */
export function cniItems(cluster: Cluster): readonly ChoiceItem[] {
  const chosen = cluster.chosen?.cni;
  const { cni } = settingsFor(undecided(cluster));
  return [
    automatic(cni.value.name, cni, chosen === undefined),
    ...profiles.map(({ id, name, known }): ChoiceItem => ({
      value: id,
      label: name,
      description: id,
      detail: knownWords[known],
      chosen: chosen === id,
    })),
  ];
}

/** @param cni what was chosen just now, which the mode that is detected depends on; undefined: detected too. */
export function kubeProxyItems(cluster: Cluster, cni: CniProfileId | undefined): readonly ChoiceItem[] {
  const chosen = cluster.chosen?.kubeProxy;
  const { kubeProxy } = settingsFor(undecided(cluster), { cni });
  return [
    automatic(modeNames[kubeProxy.value], kubeProxy, chosen === undefined),
    ...kubeProxyModes.map((mode): ChoiceItem => ({
      value: mode,
      label: capital(modeNames[mode]),
      description: mode,
      detail: modeWords[mode],
      chosen: chosen === mode,
    })),
  ];
}

function undecided(cluster: Cluster): Cluster {
  return cluster.chosen === undefined ? cluster : { ...cluster, chosen: undefined };
}

function automatic(name: string, { how, evidence }: Detected<unknown>, chosen: boolean): ChoiceItem {
  const [first] = evidence;
  // The place comes first: quick picks cut long lines off.
  const place = first?.at === undefined ? '' : ` at ${placeText(first.at)}`;
  const because = first === undefined ? '' : `: ${first.text}`;
  return {
    value: auto,
    label: 'Automatic',
    description: `now ${name}`,
    detail: `${how === 'detected' ? 'Detected' : 'Assumed'}${place}${because}`,
    chosen,
  };
}

const knownWords = {
  measured: 'Held against a Linux kernel',
  sources: 'From documentation and code: TTL and devices are inferred',
} as const;

const modeNames: Readonly<Record<KubeProxyMode, string>> = {
  iptables: 'kube-proxy with iptables',
  nftables: 'kube-proxy with nftables',
  ipvs: 'kube-proxy with IPVS',
  none: 'no kube-proxy',
};

const modeWords: Readonly<Record<KubeProxyMode, string>> = {
  iptables: 'The default on Linux: rules rewrite the destination where a packet enters the node',
  nftables:
    'As iptables, but wrong ports of a ClusterIP are refused and node ports are open on primary addresses only',
  ipvs: 'Virtual addresses are bound to the node, which also answers pings to them; deprecated since 1.35',
  none: 'The CNI plugin translates Services, or nobody does',
};

/** kube-proxy is written small, also at the beginning. */
function capital(words: string): string {
  return words.replace(/^no /, 'No ');
}

/** One sentence for each value of `podNetwork.cni`, in its order. */
export const cniDescriptions: readonly string[] = [
  'What the manifests or the snapshot tell: DaemonSets, ConfigMaps, pools, node annotations.',
  ...profiles.map(({ name, known }) => `${name}. ${knownWords[known]}.`),
];

/** One sentence for each value of `podNetwork.kubeProxyMode`, in its order. */
export const kubeProxyDescriptions: readonly string[] = [
  "What kube-proxy's ConfigMap or a cluster configuration tells; iptables otherwise.",
  ...kubeProxyModes.map((mode) => `${capital(modeNames[mode])}. ${modeWords[mode]}.`),
];
