// Answers: is this a well-formed way? The grammar is asserted where ways are made; a broken one is a defect of this
// product and is reported as such instead of being shown as a verdict.
import { sameEnds } from '../dataplane/packet';
import type { Hop, Step } from '../dataplane/step';

/** @returns what is wrong with the hops, or undefined when they are a sentence of the grammar in `trace.ts`. */
export function grammarError(hops: readonly Hop[]): string | undefined {
  const steps = hops.flatMap((hop) => hop.steps);
  const first = steps[0];
  if (first === undefined) return 'no step was taken';
  const atSocket = first.kind === 'translate' && first.atSocket;
  if (first.kind !== 'send' && first.kind !== 'fail' && !atSocket)
    return `it starts with ${first.kind}, not with send`;
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    if (step.kind === 'proxy') {
      // A new connection: it begins as every other.
      if (next?.kind !== 'send') return `${next?.kind ?? 'nothing'} follows proxy, not send`;
      continue;
    }
    if (next === undefined) return isEnd(step) ? undefined : `it ends with ${step.kind}`;
    if (isEnd(step) && next.kind !== 'proxy') return `${next.kind} follows ${step.kind}, which ends the way`;
    if (!sameEnds(step.after, next.before) || step.after.ttl !== next.before.ttl) {
      return `${next.kind} does not take up the packet where ${step.kind} left it`;
    }
  }
  return undefined;
}

function isEnd(step: Step): boolean {
  return step.causesDrop || step.kind === 'deliver' || step.kind === 'leave' || step.kind === 'fail';
}
