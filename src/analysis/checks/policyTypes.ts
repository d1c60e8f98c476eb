// Answers: does a policy isolate other directions than its rules suggest? Without policyTypes it always isolates ingress, and egress
// only when it has egress rules; rules of a direction that policyTypes leaves out do nothing (rules E8 to E12).
import type { Direction, NetworkPolicy } from '../../model/policy';
import { finding, fix, type Check, type Finding } from './finding';
import { policyName, typeOf } from './words';

export const isolatesIngressToo: Check = {
  code: 'policy.types-by-default',
  severity: 'warning',
  title: 'Egress rules without policyTypes also isolate ingress',
  documentation:
    'The policy has only `egress` rules and no `policyTypes`. The default then is `[Ingress, Egress]`, and as there is no ingress rule, nothing may connect to the selected pods any more. Write `policyTypes: [Egress]` if only egress is meant, or `[Ingress, Egress]` if both are.',
  source: 'defaulting of networking/v1; rules E8, E9',
  ofPolicy: (_, policy) => {
    const defaulted = policy.policyTypesAt === undefined && policy.isolates.ingress;
    if (!defaulted || policy.egress.length === 0 || policy.ingress.length > 0) return [];
    const message = `${policyName(policy)} has no policyTypes: besides egress it isolates ingress, and admits none.`;
    return finding(isolatesIngressToo, policy.nameAt ?? policy.at, message, {
      fixes: [...withTypes(policy, ['Egress']), ...withTypes(policy, ['Ingress', 'Egress'])],
    });
  },
};

function withTypes(policy: NetworkPolicy, types: readonly string[]): NonNullable<Finding['fixes']> {
  return fix(`Add policyTypes: [${types.join(', ')}]`, policy.at, {
    kind: 'set',
    path: ['spec', 'policyTypes'],
    value: types,
    after: 'podSelector',
  });
}

export const idleIngressRules = idleRules('ingress', 'policy.idle-ingress', 'E10');
export const idleEgressRules = idleRules('egress', 'policy.idle-egress', 'E11');

function idleRules(direction: Direction, code: string, rule: string): Check {
  const type = typeOf[direction];
  const check: Check = {
    code,
    severity: 'warning',
    title: `${type} rules without the type ${type}`,
    documentation: `The policy has \`${direction}\` rules, but \`policyTypes\` does not name \`${type}\`. The rules are then ignored, and the pods are not isolated for ${direction} by this policy. Add \`${type}\` to \`policyTypes\`, which isolates the pods for ${direction} except for what the rules admit, or remove the rules.`,
    source: `networking/v1 NetworkPolicySpec.policyTypes; rule ${rule}`,
    ofPolicy: (_, policy) => {
      const [first] = policy[direction];
      if (policy.isolates[direction] || first === undefined) return [];
      const message = `${policyName(policy)} ignores its ${direction} rules: policyTypes does not name ${type}.`;
      return finding(check, policy.policyTypesAt ?? first.at, message, {
        fixes: fix(`Add ${type} to policyTypes`, policy.at, {
          kind: 'append',
          path: ['spec', 'policyTypes'],
          value: type,
        }),
      });
    },
  };
  return check;
}
