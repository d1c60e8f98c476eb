// Answers: what does the setting podNetwork.checks say? A severity, or off, by the code of a check; anything else is complained of
// and changes nothing.
import { checks } from '../analysis/checks/catalogue';
import type { CheckOptions } from '../analysis/checks/run';
import type { Severity } from '../model/problem';

export const checkLevels: readonly (Severity | 'off')[] = ['off', 'information', 'warning', 'error'];

/** @param written what the user wrote */
export function readCheckSetting(written: unknown): {
  readonly severities: NonNullable<CheckOptions['severities']>;
  readonly complaints: readonly string[];
} {
  const severities: Record<string, Severity | 'off'> = {};
  const complaints: string[] = [];
  if (written !== undefined && (typeof written !== 'object' || written === null || Array.isArray(written)))
    complaints.push('checks must be an object of codes and severities.');
  else
    for (const [code, value] of Object.entries(written ?? {})) {
      const level = checkLevels.find((each) => each === value);
      if (!checks.some((check) => check.code === code)) complaints.push(`checks: there is no check ${code}.`);
      else if (level === undefined)
        complaints.push(`checks: ${code} must be ${checkLevels.join(', ')}; it is ${JSON.stringify(value)}.`);
      else severities[code] = level;
    }
  return { severities, complaints };
}
