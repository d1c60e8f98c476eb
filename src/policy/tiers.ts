// Answers: what do all tiers together let through in one direction, as ports? Admin rules in order of priority decide first; then,
// if some NetworkPolicy isolates the pod, its admitted ports and nothing else; else the baseline; else everything (spec E2,
// truth table T1-T12). Where rules cannot be told to match, or priorities tie, both outcomes stay possible.
import type { RuleAction } from '../model/policy';
import { every, none, type PortsId, type PortTable } from './portTable';

/** A rule as it meets one peer: which ports it surely, and which it at most concerns. */
export interface MetRule {
  readonly action: RuleAction;
  readonly sure: PortsId;
  readonly possible: PortsId;
}

/** Rules of policies, by equal priority: no order is defined between policies of one group. */
export type MetTier = readonly (readonly (readonly MetRule[])[])[];

/** What NetworkPolicy admits; undefined: none isolates the pod in this direction. */
export type MetNetwork = Pick<MetRule, 'sure' | 'possible'> | undefined;

/** `certain` in any case, `possible` under some reading: equal unless something is left open. */
export interface Permitted {
  readonly certain: PortsId;
  readonly possible: PortsId;
}

export const everything: Permitted = { certain: every, possible: every };
export const nothing: Permitted = { certain: none, possible: none };

/** Ports that a tier may allow, may deny, and may leave to the next. Pointwise: each port is decided for itself. */
export interface Passed {
  readonly allowed: PortsId;
  readonly denied: PortsId;
  readonly left: PortsId;
}

/** A tier without rules. */
export const leavesAll: Passed = { allowed: none, denied: none, left: every };

export function permittedByTiers(
  table: PortTable,
  admin: Passed,
  network: MetNetwork,
  baseline: Passed,
): Permitted {
  if (network === undefined && admin === leavesAll && baseline === leavesAll) return everything;
  const { allowed, denied } =
    network === undefined ? afterBaseline(table, admin, baseline) : afterNetwork(table, admin, network);
  const certain = table.difference(allowed, denied);
  return { certain, possible: allowed };
}

/**
 * What the other tiers make of any set of ports that NetworkPolicy surely admits: what is certain is `always`, and of the
 * admitted ports those in `left`. `open`: what is certain where no NetworkPolicy isolates.
 */
export interface Around {
  readonly always: PortsId;
  readonly left: PortsId;
  readonly open: PortsId;
}

/** `permittedByTiers` for whatever NetworkPolicy admits: each port is decided for itself. */
export function aroundNetwork(table: PortTable, admin: Passed, baseline: Passed): Around {
  const { allowed, denied, left } = admin;
  return {
    always: table.difference(table.difference(allowed, left), denied),
    left: table.difference(left, denied),
    open: permittedByTiers(table, admin, undefined, baseline).certain,
  };
}

function afterNetwork(
  table: PortTable,
  { allowed, denied, left }: Passed,
  { sure, possible }: Pick<MetRule, 'sure' | 'possible'>,
): Pick<Passed, 'allowed' | 'denied'> {
  return {
    allowed: table.union(allowed, table.intersection(left, table.union(sure, possible))),
    denied: table.union(denied, table.difference(left, sure)),
  };
}

function afterBaseline(
  table: PortTable,
  admin: Passed,
  baseline: Passed,
): Pick<Passed, 'allowed' | 'denied'> {
  const { allowed, denied, left } = admin;
  const here = table.intersection(left, table.union(baseline.allowed, baseline.left));
  return {
    allowed: table.union(allowed, here),
    denied: table.union(denied, table.intersection(left, baseline.denied)),
  };
}

export function passTier(table: PortTable, tier: MetTier): Passed {
  let here = every;
  let allowed = none;
  let denied = none;
  let passed = none;
  for (const group of tier) {
    let decided = none;
    for (const rules of group) {
      let open = here;
      for (const { action, sure, possible } of rules) {
        const met = table.intersection(open, table.union(sure, possible));
        if (action === 'Allow') allowed = table.union(allowed, met);
        else if (action === 'Deny') denied = table.union(denied, met);
        else passed = table.union(passed, met);
        open = table.difference(open, sure);
      }
      decided = table.union(decided, table.difference(here, open));
    }
    here = table.difference(here, decided);
  }
  return { allowed, denied, left: table.union(here, passed) };
}
