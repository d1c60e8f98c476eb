// Answers: what is wrong with the input, where, and what can be done? Bad input is data: reading goes on, and each
// problem stands beside what could be read (design.md section 6).
import type { Location } from './source';

/** `error`: the object or document is not used. `warning`: used, but likely not as meant. `information`: worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

/** `code` is stable and dotted by subject, e.g. `yaml.syntax`, `object.duplicate`, `policy.invalid`. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  /** One or two sentences: what is wrong, and what to do where that is not obvious. */
  readonly message: string;
  readonly at: Location;
  /** Other places that the message speaks of, e.g. where the first of two equal objects stands. */
  readonly related?: readonly { readonly text: string; readonly at: Location }[] | undefined;
}
