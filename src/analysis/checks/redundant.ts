// Answers: does a rule, or a whole policy, add nothing? Policies only add up, so what another rule admits anyway changes nothing
// (rule E5). Claimed only where it follows from the text (coverage.ts). A policy without rules is a statement of its own: the
// default-deny that other policies open is not redundant.
import type { NetworkPolicy, PolicyRule } from '../../model/policy';
import { selectorKey, type CheckContext } from './context';
import { ruleCovers, ruleKey, selectorCovers } from './coverage';
import { finding, fix, type Check, type Finding } from './finding';
import { directions, policyName, ruleName } from './words';

/** Of more rules than this only those that are equal are found: to compare each with each would take long. */
const mostRules = 100;
/** A policy is compared with so many others that ask for the same labels, or for some of them. */
const mostPolicies = 30;

export const shadowedRule: Check = {
  code: 'policy.rule-shadowed',
  severity: 'warning',
  title: 'Rule that another rule of the policy covers',
  documentation:
    'Everything that the rule admits is admitted by another rule of the same policy, so it has no effect. Either it is a leftover and can be removed, or the other rule is wider than meant: an empty rule (`- {}`) or one without `ports` admits much. Rules never restrict each other.',
  source: 'kubernetes.io "Network Policies": rules add up; rules E5, E21',
  ofPolicy: (_, policy) =>
    directions.flatMap((direction) => {
      if (!policy.isolates[direction]) return [];
      const rules = policy[direction];
      return rules.flatMap((rule): readonly Finding[] => {
        const other = coveringRule(rules, rule, policy.namespace);
        if (other === undefined) return [];
        const repeated = ruleKey(other) === ruleKey(rule);
        const how = repeated ? 'repeats' : 'adds nothing to';
        const message = `${policyName(policy)}: ${ruleName(direction, rule)} ${how} rule ${other.index + 1}${repeated ? '' : ', which admits all of it'}.`;
        return finding(shadowedRule, rule.at, message, {
          related: other.at && [{ text: `Rule ${other.index + 1}`, at: other.at }],
          fixes: fix(`Remove ${ruleName(direction, rule)}`, policy.at, {
            kind: 'remove',
            path: ['spec', direction, rule.index],
          }),
        });
      });
    }),
};

const firstOfKey = new WeakMap<readonly PolicyRule[], ReadonlyMap<string, PolicyRule>>();

/** Of rules that cover each other the first stays. */
function coveringRule(
  rules: readonly PolicyRule[],
  rule: PolicyRule,
  namespace: string,
): PolicyRule | undefined {
  if (rules.length < 2) return undefined;
  const known = firstOfKey.get(rules);
  const first = known ?? new Map([...rules].reverse().map((each) => [ruleKey(each), each]));
  firstOfKey.set(rules, first);
  const equal = first.get(ruleKey(rule));
  if (equal !== undefined && equal !== rule) return equal;
  if (rules.length > mostRules) return undefined;
  return rules.find(
    (other) =>
      other !== rule &&
      ruleCovers(other, rule, namespace) &&
      (other.index < rule.index || !ruleCovers(rule, other, namespace)),
  );
}

export const redundantPolicy: Check = {
  code: 'policy.redundant',
  severity: 'information',
  title: 'Policy that another policy covers',
  documentation:
    'Another policy of the namespace selects at least the same pods, isolates them in the same directions and admits everything that this one admits, so removing this policy changes nothing. Policies without any rule, such as a default-deny, are not reported. Only what follows from the text is claimed.',
  source: 'kubernetes.io "Network Policies": policies add up; rule E5',
  ofPolicy: (context, policy) => {
    const rules = directions.flatMap((direction) => (policy.isolates[direction] ? policy[direction] : []));
    if (rules.length === 0) return [];
    const other = similar(context, policy).find(
      (each) =>
        each !== policy &&
        policyCovers(each, policy) &&
        (each.name < policy.name || !policyCovers(policy, each)),
    );
    if (other === undefined) return [];
    const message = `${policyName(policy)} adds nothing: ${policyName(other)} selects the same pods and admits all that it admits.`;
    const at = other.nameAt ?? other.at;
    return finding(redundantPolicy, policy.nameAt ?? policy.at, message, {
      related: at && [{ text: policyName(other), at }],
    });
  },
};

function policyCovers(outer: NetworkPolicy, inner: NetworkPolicy): boolean {
  return (
    selectorCovers(outer.podSelector, inner.podSelector) &&
    directions.every(
      (direction) =>
        !inner.isolates[direction] ||
        (outer.isolates[direction] &&
          inner[direction].every((rule) =>
            outer[direction].some((other) => ruleCovers(other, rule, inner.namespace)),
          )),
    )
  );
}

/** Policies by what they select, per namespace, made once. */
const tables = new WeakMap<CheckContext, Map<string, ReadonlyMap<string, readonly NetworkPolicy[]>>>();

/** Those whose selector asks for some of what this one asks for: nothing, one label, or all of it. */
function similar(context: CheckContext, policy: NetworkPolicy): readonly NetworkPolicy[] {
  const byNamespace = tables.get(context) ?? new Map<string, ReadonlyMap<string, readonly NetworkPolicy[]>>();
  tables.set(context, byNamespace);
  const table = byNamespace.get(policy.namespace) ?? bySelector(context.policiesIn(policy.namespace));
  byNamespace.set(policy.namespace, table);
  const { requirements } = policy.podSelector;
  const keys = new Set([
    '',
    selectorKey(policy.podSelector),
    ...requirements.map((each) => selectorKey({ requirements: [each] })),
  ]);
  const found = [...keys].flatMap((key) => (table.get(key) ?? []).slice(0, mostPolicies));
  return found.slice(0, mostPolicies);
}

function bySelector(policies: readonly NetworkPolicy[]): ReadonlyMap<string, readonly NetworkPolicy[]> {
  const table = new Map<string, NetworkPolicy[]>();
  for (const policy of policies) {
    const key = selectorKey(policy.podSelector);
    const list = table.get(key);
    if (list === undefined) table.set(key, [policy]);
    else list.push(policy);
  }
  return table;
}
