// Answers: what do the admin and baseline tiers make of a row of bits? For the receivers that they concern, ports that come in any
// case, and of the ports that NetworkPolicies admit those that are left; worked out once for all rows with the same tiers.
import { inserted } from '../model/inserted';
import { every, none, type PortsId, type PortTable } from './portTable';
import { addRow, emptyRow, type BitRow, type Receivers } from './receivers';
import type { Around } from './tiers';

export interface TierPlan {
  /** Receivers that get these ports whatever NetworkPolicies say. */
  readonly always: ReadonlyMap<PortsId, BitRow>;
  /** What becomes of receivers at which these ports are admitted. undefined: nothing. */
  readonly effectOn: (admitted: PortsId) => TierEffect | undefined;
}

export interface TierEffect {
  /** Receivers at which not all of the ports are left. */
  readonly drops: BitRow;
  /** What is left of them there. */
  readonly moves: ReadonlyMap<PortsId, BitRow>;
}

/** @param isolated whether some NetworkPolicy isolates the pod whose tiers they are */
export type NoteAround = (around: Around, isolated: boolean, receivers: Receivers) => void;

export function tierPlan(ports: PortTable, words: number, fill: (note: NoteAround) => void): TierPlan {
  const always = new Map<PortsId, BitRow>();
  const lefts = new Map<PortsId, BitRow>();
  const effects = new Map<PortsId, TierEffect>();
  fill((around, isolated, receivers) => {
    const sure = isolated ? around.always : around.open;
    if (sure !== none) receivers.into(rowIn(always, sure, words));
    if (isolated && around.left !== every) receivers.into(rowIn(lefts, around.left, words));
  });

  function effectOf(admitted: PortsId): TierEffect {
    const drops = emptyRow(words);
    const moves = new Map<PortsId, BitRow>();
    for (const [left, receivers] of lefts) {
      const remaining = ports.intersection(admitted, left);
      if (remaining === admitted) continue;
      addRow(drops, receivers);
      if (remaining !== none) addRow(rowIn(moves, remaining, words), receivers);
    }
    return drops.low > drops.high ? noEffect : { drops, moves };
  }

  return {
    always,
    effectOn: (admitted) => {
      if (lefts.size === 0) return undefined;
      const effect = inserted(effects, admitted, effectOf);
      return effect === noEffect ? undefined : effect;
    },
  };
}

const noEffect: TierEffect = { drops: emptyRow(0), moves: new Map() };

function rowIn(rows: Map<PortsId, BitRow>, id: PortsId, words: number): BitRow {
  return inserted(rows, id, () => emptyRow(words));
}
