// Answers: which data does the Connectivity Matrix show, apart from its cells? JSON values, made in `matrixView.ts`, drawn by the
// page.
import type { Location } from '../model/source';

/** What the user picked: worth keeping over a reload. */
export interface MatrixPicks {
  /** Words that sources must all have; empty: everybody. */
  readonly sources: string;
  readonly destinations: string;
  /** As typed: `5432`, `tcp/5432`, or nothing for any port. */
  readonly port: string;
  readonly folding: 'auto' | 'folded' | 'open';
  /** Namespaces that are folded the other way than `folding` says; '' is the outside. */
  readonly toggled: readonly string[];
  /** Id of the workload whose connections are listed; null: none. */
  readonly focus: string | null;
  readonly size: 'small' | 'medium' | 'large';
}

export type EntryKind = 'open' | 'folded' | 'workload' | 'outside';

/** Rows or columns: lists of the same length. */
export interface AxisView {
  readonly ids: readonly string[];
  readonly labels: readonly string[];
  /** `open` and `folded` are namespaces. */
  readonly kinds: readonly EntryKind[];
  /** Workloads or ranges that it stands for. */
  readonly counts: readonly number[];
}

export interface PolicyLink {
  readonly label: string;
  readonly at?: Location | undefined;
}

export interface CellDetail {
  /** `shop/web → shop/db: TCP 5432` */
  readonly text: string;
  readonly policies: readonly PolicyLink[];
  readonly canTrace: boolean;
}

export interface FocusList {
  readonly listed: readonly { readonly id: string; readonly name: string; readonly ports: string }[];
  /** How many are not listed. */
  readonly more: number;
}

/** The connections of one workload: the matrix as a list. */
export interface FocusView {
  readonly id: string;
  readonly name: string;
  readonly sends: FocusList;
  readonly receives: FocusList;
}
