// Answers: is a policy about nobody? Labels are compared exactly, and one letter makes a policy that protects nothing (rules E14 to
// E16, E30). Where the input holds no pod of the namespace at all, that is said once and nothing is concluded from it.
import type { NetworkPolicy } from '../../model/policy';
import { selectorText, type LabelSelector } from '../../model/selector';
import type { CheckContext } from './context';
import { finding, type Check, type Finding } from './finding';
import { policyName, some } from './words';

export const selectsNothing: Check = {
  code: 'policy.selects-nothing',
  severity: 'warning',
  title: 'Policy selects nothing',
  documentation:
    'No pod and no workload of the namespace has the labels that `podSelector` asks for, so the policy isolates nobody and its rules admit nobody. Labels are compared exactly, with upper and lower case. Compare the selector with the labels of the pod template (`spec.template.metadata.labels`), not with those of the Deployment. Nothing is reported for a namespace none of whose pods are among the manifests.',
  source: 'networking/v1 NetworkPolicySpec.podSelector; rules E14 to E16, E30',
  ofPolicy: (context, policy) => {
    if (context.membersIn(policy.namespace).length === 0 || context.subjects(policy).length > 0) return [];
    return nobody(context, policy.podSelector, policy.podSelector.at ?? policy.nameAt, policyName(policy), [
      policy.namespace,
    ]);
  },
  ofAdminPolicy: (context, policy) => {
    const { subject } = policy;
    const inside = context.namespacesBy(subject.namespaceSelector);
    const populated = inside.filter((name) => context.membersIn(name).length > 0);
    if (populated.length === 0 || context.subjects(policy).length > 0) return [];
    const selector = subject.podSelector ?? subject.namespaceSelector;
    return nobody(context, selector, subject.at ?? policy.nameAt, policyName(policy), populated);
  },
};

function nobody(
  context: CheckContext,
  selector: LabelSelector,
  at: Finding['at'] | undefined,
  name: string,
  namespaces: readonly string[],
): readonly Finding[] {
  const where = namespaces.length === 1 ? `namespace ${namespaces[0] ?? ''}` : 'the namespaces it chooses';
  const near = nearMiss(context, selector, namespaces);
  const message = `${name} selects nothing: no pod in ${where} matches ${selectorText(selector)}.${near}`;
  return finding(selectsNothing, at, message);
}

/** What pods have instead, for the first label that no pod has as written. */
export function nearMiss(
  context: CheckContext,
  selector: LabelSelector,
  namespaces: readonly string[],
): string {
  for (const { key, operator, values } of selector.requirements) {
    if (operator !== 'In') continue;
    const there = [...new Set(namespaces.flatMap((namespace) => context.valuesOf(namespace, key)))].sort();
    if (there.some((value) => values.includes(value))) continue;
    return there.length === 0
      ? ` None of them has a label ${key}.`
      : ` Values of ${key} there are: ${some(there)}.`;
  }
  return '';
}

export const noPodsHere: Check = {
  code: 'policy.no-pods-here',
  severity: 'information',
  title: 'Policies without any pod of their namespace',
  documentation:
    'The manifests hold policies of this namespace and none of its pods or workloads, so nothing can be said about whom the policies select. This is usual where policies have a folder of their own. Open the folder that also holds the workloads, or a snapshot of the cluster, and the policies are checked against them.',
  source: 'how Pod Network Explorer reads partial input',
  ofNamespace: (context, namespace) => {
    const policies = context.policiesIn(namespace);
    const [first] = policies;
    if (first === undefined || context.membersIn(namespace).length > 0) return [];
    return finding(noPodsHere, placeOf(first), sentence(namespace, policies.length));
  },
};

function placeOf(policy: NetworkPolicy): Finding['at'] | undefined {
  return policy.nameAt ?? policy.at;
}

function sentence(namespace: string, policies: number): string {
  const count = policies === 1 ? 'a policy' : `${policies} policies`;
  return `Namespace ${namespace} has ${count} among these manifests and no pods, so whom they select is not checked.`;
}
