// Answers: how do several owners' iptables rules come into one node? As in a real node they share the tables filter and nat;
// the lab writes both tables whole, in one restore, so that nothing of an earlier cluster stays.
import { run } from './run';

export interface Tables {
  readonly filterChains: readonly string[];
  readonly filterRules: readonly string[];
  readonly natChains: readonly string[];
  readonly natRules: readonly string[];
}

export const noTables: Tables = { filterChains: [], filterRules: [], natChains: [], natRules: [] };

/** Replaces the tables of a namespace by those of all owners, in this order. */
export async function restoreIptables(netns: string, owners: readonly Tables[]): Promise<void> {
  const chains = (names: readonly string[]): readonly string[] => names.map((name) => `:${name} - [0:0]`);
  const lines = [
    '*filter',
    ...owners.flatMap((owner) => chains(owner.filterChains)),
    ...owners.flatMap((owner) => owner.filterRules),
    'COMMIT',
    '*nat',
    ...owners.flatMap((owner) => chains(owner.natChains)),
    ...owners.flatMap((owner) => owner.natRules),
    'COMMIT',
  ];
  await run(['iptables-restore', '-w'], { netns, input: `${lines.join('\n')}\n` });
}
