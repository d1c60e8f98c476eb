// Answers: do two policies of one tier and priority pull in different directions? The API leaves the order of equal priorities open,
// so what happens to a connection that both name is not defined (policy.networking.k8s.io, spec.priority; networking facts E2).
import type { AdminPolicy, Direction } from '../../model/policy';
import { selectorKey, type CheckContext } from './context';
import { finding, type Check } from './finding';
import { directions, policyName } from './words';

/** Of more policies with one priority than this the rest is not compared. */
const mostCompared = 100;

export const priorityTie: Check = {
  code: 'policy.priority-tie',
  severity: 'warning',
  title: 'Equal priorities with opposing rules',
  documentation:
    'Two policies of the same tier have the same priority, are about some of the same pods, and have rules with different actions in the same direction. Which of them counts first is not defined, and implementations differ. Give them different priorities: the lower number comes first.',
  source: 'policy.networking.k8s.io AdminNetworkPolicySpec.priority; networking facts E2',
  ofAdminPolicy: (context, policy) => {
    const rivals = tiesOf(context, policy);
    return rivals.flatMap((other) => {
      const direction = directions.find((each) => opposes(policy, other, each));
      if (direction === undefined || !shareSubjects(context, policy, other)) return [];
      const message = `${policyName(policy)} and ${policyName(other)} have priority ${policy.priority} and rules with different actions for ${direction}: which counts first is not defined.`;
      const at = other.priorityAt ?? other.nameAt ?? other.at;
      return finding(priorityTie, policy.priorityAt ?? policy.nameAt ?? policy.at, message, {
        related: at && [{ text: policyName(other), at }],
      });
    });
  },
};

/** Each pair is told once, at the later of the two. */
function tiesOf({ cluster }: CheckContext, policy: AdminPolicy): readonly AdminPolicy[] {
  // There is one BaselineAdminNetworkPolicy, which has no priority.
  if (policy.kind === 'BaselineAdminNetworkPolicy') return [];
  const { adminPolicies } = cluster;
  const equal = adminPolicies.filter(
    ({ tier, priority, kind }) =>
      tier === policy.tier && priority === policy.priority && kind !== 'BaselineAdminNetworkPolicy',
  );
  return equal.slice(0, Math.min(equal.indexOf(policy), mostCompared));
}

function opposes(one: AdminPolicy, other: AdminPolicy, direction: Direction): boolean {
  return one[direction].some(({ action }) => other[direction].some((each) => each.action !== action));
}

function shareSubjects(context: CheckContext, one: AdminPolicy, other: AdminPolicy): boolean {
  const shared = new Set(context.subjects(one));
  if (context.subjects(other).some((member) => shared.has(member))) return true;
  const key = ({ subject }: AdminPolicy): string =>
    [subject.namespaceSelector, subject.podSelector ?? { requirements: [] }].map(selectorKey).join(' ');
  return key(one) === key(other);
}
