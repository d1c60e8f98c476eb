// Answers: what does a profile permit to a peer that these terms name? The tiers in order, for all ports at once; names of ports are
// looked up at the destination (rules E5, E21, E37-E44, E60, tiers of spec E2). Asked one by one for traces and hovers, and in
// bulk by `rows.ts` and `reach.ts`.
import type { Family } from '../model/address';
import type { Cohort } from './cohorts';
import type { CompiledRule, RulePorts } from './compile';
import { every, none, type PortsId, type PortTable } from './portTable';
import { hasTerm, isOpen, tiersTellNames, type Profile, type RuleTier, type TermSet } from './standing';
import type { TermId, TermTable } from './terms';
import {
  aroundNetwork,
  everything,
  leavesAll,
  passTier,
  permittedByTiers,
  type Around,
  type MetNetwork,
  type MetRule,
  type Passed,
  type Permitted,
} from './tiers';

export interface Evaluator {
  permitted(profile: Profile, named: TermSet, family: Family, destination: Cohort): Permitted;
  /**
   * The tiers of a profile around what its NetworkPolicies admit; the same for all profiles with the same tiers and peers with
   * the same terms of admin rules, unless their rules tell ports by name.
   */
  around(profile: Profile, named: TermSet, family: Family, destination: Cohort): Around;
  /** What is certain of `permitted`, for ends that are asked once: only what many profiles share is kept. */
  certainly(profile: Profile, named: TermSet, family: Family, destination: Cohort): PortsId;
  resolve(ports: RulePorts, destination: Cohort): Pick<MetRule, 'sure' | 'possible'>;
}

export function createEvaluator(ports: PortTable, terms: TermTable): Evaluator {
  function permitted(profile: Profile, named: TermSet, family: Family, destination: Cohort): Permitted {
    if (isOpen(profile)) return everything;
    const sign = profile.named ? destination.portSign : 0;
    const key = (named.id * portSigns + sign) * 2 + familyBit(profile, family);
    const known = profile.known.get(key);
    if (known !== undefined) return known;
    const made = combined(profile, admitted(profile, named, family, destination), named, family, destination);
    profile.known.set(key, made);
    return made;
  }

  function counts(named: TermSet, family: Family, term: TermId): boolean {
    return hasTerm(named, term) && (terms.familyOf(term) ?? family) === family;
  }

  function passed(tier: RuleTier | undefined, named: TermSet, family: Family, destination: Cohort): Passed {
    if (tier === undefined) return leavesAll;
    const sign = tier.named ? destination.portSign : 0;
    const key = (named.adminId * portSigns + sign) * 2 + (family === 6 ? 1 : 0);
    const known = tier.known.get(key);
    if (known !== undefined) return known;
    const meet = (rules: readonly CompiledRule[]): readonly MetRule[] =>
      rules.flatMap((rule) => {
        const matching = rule.terms.filter((term) => counts(named, family, term));
        if (matching.length === 0) return [];
        const { action, part } = rule;
        const { sure, possible } = resolve(rule.ports, destination);
        if (part === 'known') return [{ action, sure, possible: sure }];
        if (part === 'rest') return [{ action, sure: possible, possible }];
        const told = matching.some((term) => terms.terms[term]?.kind !== 'domainNames');
        return [{ action, sure: told ? sure : none, possible }];
      });
    const made = passTier(
      ports,
      tier.groups.map((group) => group.map(meet)),
    );
    tier.known.set(key, made);
    return made;
  }

  function admitted(
    { network: byTerm, blocks: byFamily }: Profile,
    named: TermSet,
    family: Family,
    destination: Cohort,
  ): MetNetwork {
    if (byTerm === undefined) return undefined;
    let sure = none;
    let possible = none;
    const add = (term: TermId, rulePorts: RulePorts): void => {
      if (byFamily && (terms.familyOf(term) ?? family) !== family) return;
      if (rulePorts.named.length === 0) {
        sure = ports.union(sure, rulePorts.fixed);
        return;
      }
      const resolved = resolve(rulePorts, destination);
      sure = ports.union(sure, resolved.sure);
      possible = ports.union(possible, resolved.possible);
    };
    // Whichever is shorter leads: terms of the pod's rules, or terms that name the peer.
    if (byTerm.size < named.list.length) {
      for (const [term, rulePorts] of byTerm) if (hasTerm(named, term)) add(term, rulePorts);
    } else {
      for (const term of named.list) {
        const rulePorts = byTerm.get(term);
        if (rulePorts !== undefined) add(term, rulePorts);
      }
    }
    return { sure, possible: ports.union(sure, possible) };
  }

  /** Names are looked up in the destination's containers; whether sidecars count varies (rules E40-E43). */
  function resolve(
    { fixed, named }: RulePorts,
    { kind, sample }: Cohort,
  ): Pick<MetRule, 'sure' | 'possible'> {
    if (named.length === 0 || kind !== 'pods' || sample === undefined)
      return { sure: fixed, possible: fixed };
    const found = { app: none, sidecar: none };
    for (const { role, ports: declared } of sample.spec.containers) {
      if (role !== 'app' && role !== 'sidecar') continue;
      for (const { name, protocol, containerPort } of declared) {
        if (!named.some((entry) => entry.port === name && (entry.protocol ?? protocol) === protocol))
          continue;
        found[role] = ports.union(found[role], ports.idOfPort(protocol, containerPort));
      }
    }
    const sure = ports.union(fixed, found.app);
    return { sure, possible: ports.union(sure, found.sidecar) };
  }

  function combined(
    profile: Profile,
    network: MetNetwork,
    named: TermSet,
    family: Family,
    destination: Cohort,
  ): Permitted {
    return permittedByTiers(
      ports,
      passed(profile.admin, named, family, destination),
      network,
      passed(profile.baseline, named, family, destination),
    );
  }

  function around(profile: Profile, named: TermSet, family: Family, destination: Cohort): Around {
    return aroundNetwork(
      ports,
      passed(profile.admin, named, family, destination),
      passed(profile.baseline, named, family, destination),
    );
  }

  const arounds = new Map<number, Around>();

  function certainly(profile: Profile, named: TermSet, family: Family, destination: Cohort): PortsId {
    if (isOpen(profile)) return every;
    const key = (profile.tiersId * adminSets + named.adminId) * 2 + (family === 6 ? 1 : 0);
    const tellsNames = tiersTellNames(profile);
    const known = tellsNames ? undefined : arounds.get(key);
    const { always, left, open } = known ?? around(profile, named, family, destination);
    if (known === undefined && !tellsNames) arounds.set(key, { always, left, open });
    const network = admitted(profile, named, family, destination);
    return network === undefined ? open : ports.union(always, ports.intersection(left, network.sure));
  }

  return { permitted, around, certainly, resolve };
}

/** More than there are different sets of named ports in any cluster; keeps keys of two numbers apart. */
const portSigns = 0x10_0000;
/** The same for sets of terms of admin rules. */
const adminSets = 0x100_0000;

function familyBit({ blocks }: Profile, family: Family): number {
  return blocks && family === 6 ? 1 : 0;
}
