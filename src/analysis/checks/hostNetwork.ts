// Answers: does a policy try to isolate pods that share their node's network? The API leaves open what it means there, and plugins
// do not isolate them: such a pod is the node's address (rules E53, E54).
import { onPodNetwork, owners } from './context';
import { finding, type Check } from './finding';
import { policyName, some } from './words';

export const selectsHostNetwork: Check = {
  code: 'policy.host-network',
  severity: 'warning',
  title: 'Policy selects pods of the host network',
  documentation:
    'A pod with `hostNetwork: true` has no network namespace of its own: to plugins it is its node, and policies do not isolate it. A policy that selects only such pods does nothing; of one that selects them by label besides others, the others alone are isolated. Use the firewall of the nodes, or host policies of the plugin, for these pods. A selector that is empty is not reported unless it selects nothing else.',
  source: 'kubernetes.io "Network Policies", hostNetwork pods; rules E53, E54',
  ofPolicy: (context, policy) => {
    const subjects = context.subjects(policy);
    const plain = onPodNetwork(subjects);
    if (subjects.length === plain.length) return [];
    const hosts = owners(subjects.filter(({ spec }) => spec.hostNetwork));
    const at = policy.podSelector.at ?? policy.nameAt;
    if (plain.length === 0) {
      const message = `${policyName(policy)} does nothing: all that it selects is on the host network (${some(hosts)}), where policies do not isolate.`;
      return finding(selectsHostNetwork, at, message);
    }
    if (policy.podSelector.requirements.length === 0) return [];
    const message = `${policyName(policy)} does not isolate ${some(hosts)}: they are on the host network.`;
    return finding(selectsHostNetwork, at, message, { severity: 'information' });
  },
};
