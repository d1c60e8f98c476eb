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

export function permittedByTiers(
  table: PortTable,
  admin: MetTier,
  network: MetNetwork,
  baseline: MetTier,
): Permitted {
  if (admin.length === 0 && network !== undefined)
    return network.sure === network.possible
      ? { certain: network.sure, possible: network.sure }
      : { certain: network.sure, possible: table.union(network.sure, network.possible) };
  if (admin.length === 0 && baseline.length === 0) return everything;
  const first = passTier(table, admin, every);
  if (network !== undefined) {
    const admitted = table.union(network.sure, network.possible);
    const allowed = table.union(first.allowed, table.intersection(first.left, admitted));
    const denied = table.union(first.denied, table.difference(first.left, network.sure));
    return { certain: table.difference(allowed, denied), possible: allowed };
  }
  const last = passTier(table, baseline, first.left);
  const allowed = table.union(table.union(first.allowed, last.allowed), last.left);
  const denied = table.union(first.denied, last.denied);
  return { certain: table.difference(allowed, denied), possible: allowed };
}

interface Passed {
  /** Ports that may be allowed, may be denied, and may go on to the next tier. */
  readonly allowed: PortsId;
  readonly denied: PortsId;
  readonly left: PortsId;
}

function passTier(table: PortTable, tier: MetTier, arriving: PortsId): Passed {
  let here = arriving;
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
