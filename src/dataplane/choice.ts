// Answers: what did the user choose? A CNI profile and a kube-proxy mode as words of a setting or an option; `auto`, or nothing,
// leaves it to detection.
import type { Cluster } from '../model/cluster';
import type { CniProfileId, KubeProxyMode, NodeConditions } from './profile';
import { isProfileId, profiles } from './profiles/profiles';

/** What is undefined is detected. */
export interface ProfileChoice {
  readonly cni?: CniProfileId | undefined;
  readonly kubeProxy?: KubeProxyMode | undefined;
  readonly conditions?: Partial<NodeConditions> | undefined;
}

export const kubeProxyModes: readonly KubeProxyMode[] = ['iptables', 'nftables', 'ipvs', 'none'];

/** The word that leaves a choice to detection. */
export const auto = 'auto';

export const cniChoices: readonly string[] = [auto, ...profiles.map(({ id }) => id)];
export const kubeProxyChoices: readonly string[] = [auto, ...kubeProxyModes];

/** @returns the choice, with `auto` for what cannot be used, and one sentence for each such value. */
export function readChoice(written: { readonly cni?: unknown; readonly kubeProxy?: unknown }): {
  readonly choice: ProfileChoice;
  readonly complaints: readonly string[];
} {
  const cni = wordOf(written.cni);
  const mode = wordOf(written.kubeProxy);
  const kubeProxy = kubeProxyModes.find((each) => each === mode);
  const complaints = [
    ...(cni === undefined || isProfileId(cni)
      ? []
      : [`cni: "${cni}" is no CNI profile. Profiles: ${cniChoices.join(', ')}.`]),
    ...(mode === undefined || kubeProxy !== undefined
      ? []
      : [`kube-proxy: "${mode}" is no mode of kube-proxy. Modes: ${kubeProxyChoices.join(', ')}.`]),
  ];
  return {
    choice: { cni: cni !== undefined && isProfileId(cni) ? cni : undefined, kubeProxy },
    complaints,
  };
}

/**
 * The cluster as the user says that it is: everything that is asked of it follows the choice. The same value when nothing is
 * chosen.
 */
export function withChoice(cluster: Cluster, { cni, kubeProxy }: ProfileChoice): Cluster {
  return cni === undefined && kubeProxy === undefined ? cluster : { ...cluster, chosen: { cni, kubeProxy } };
}

/** What was chosen for this cluster. */
export function choiceOf({ chosen }: Cluster): ProfileChoice {
  return chosen === undefined ? {} : readChoice(chosen).choice;
}

/** undefined: nothing was chosen. */
function wordOf(value: unknown): string | undefined {
  const word = typeof value === 'string' ? value.trim() : value === undefined ? '' : JSON.stringify(value);
  return word === '' || word === auto ? undefined : word;
}
