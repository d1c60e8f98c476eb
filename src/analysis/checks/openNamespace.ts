// Answers: is a namespace left open beside isolated ones? Pods that no policy selects accept everything (rule E1). Where others are
// isolated this is often forgotten, and often meant: information.
import { lookupOf } from '../../model/lookup';
import { onPodNetwork, type CheckContext } from './context';
import { finding, type Check } from './finding';
import { some } from './words';

export const openNamespace: Check = {
  code: 'policy.open-namespace',
  severity: 'information',
  title: 'Namespace without isolation beside isolated ones',
  documentation:
    'The namespace has pods and no policy at all, while other namespaces have policies. Its pods accept connections from everywhere and may send anywhere. If that is not meant, give it a policy with an empty `podSelector` and no rules (a default-deny), and policies for what is needed. Namespaces of the cluster itself (`kube-system` and the like) are not reported, nor any while admin or vendor policies are about.',
  source: 'kubernetes.io "Network Policies": pods are open by default; rule E1',
  ofNamespace: (context, namespace) => {
    const { cluster } = context;
    if (context.policiesIn(namespace).length > 0 || namespace.startsWith('kube-')) return [];
    if (cluster.adminPolicies.length > 0 || cluster.vendorPolicies.length > 0) return [];
    if (onPodNetwork(context.membersIn(namespace)).length === 0) return [];
    const isolated = isolatedNamespaces(context);
    if (isolated.length === 0) return [];
    const object = lookupOf(cluster).namespace(namespace);
    const pod = lookupOf(cluster).podsIn(namespace)[0];
    const workload = cluster.workloads.find((each) => each.namespace === namespace);
    const at = object?.nameAt ?? object?.at ?? pod?.nameAt ?? pod?.at ?? workload?.nameAt ?? workload?.at;
    const message = `No policy isolates the pods of namespace ${namespace}; those of ${some(isolated)} are isolated.`;
    return finding(openNamespace, at, message);
  },
};

const isolated = new WeakMap<CheckContext, readonly string[]>();

function isolatedNamespaces(context: CheckContext): readonly string[] {
  const known = isolated.get(context);
  if (known !== undefined) return known;
  const found = context.namespaces.filter((name) =>
    context.policiesIn(name).some((policy) => onPodNetwork(context.subjects(policy)).length > 0),
  );
  isolated.set(context, found);
  return found;
}
