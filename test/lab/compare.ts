// Answers: where do the trace and the kernel disagree about one connection? Each difference is a few lines for people.
import type { TraceAccount } from './account';
import type { Observation } from './observe';

/** @returns one text per difference; empty when both agree. */
export function differences(told: TraceAccount, seen: Observation): readonly string[] {
  const found: string[] = [];
  const outcome = seen.outcomes[0] ?? '';
  if (told.outcomes.length > 0 && !told.outcomes.includes(outcome))
    found.push(`client: the trace says ${told.outcomes.join(' or ')}, the kernel ${outcome}`);
  if (told.outcomes.length > 0 && told.answer !== seen.answer)
    found.push(
      `server: the trace says ${told.answer ?? 'no answer'}, the kernel ${seen.answer ?? 'no answer'}`,
    );
  const request = told.openEnded.request ? seen.request.slice(0, told.request.length) : seen.request;
  found.push(...lineDifferences('request', told.request, request));
  if (told.reply !== undefined) {
    const reply = seen.reply ?? [];
    const known = told.openEnded.reply ? reply.slice(0, told.reply.length) : reply;
    found.push(...lineDifferences('reply', told.reply, known));
  }
  found.push(...lineDifferences('conntrack', told.memory, seen.memory));
  if (told.lookup !== undefined && !seen.lookups.has(told.lookup))
    found.push(`neighbour lookup: the trace says ${told.lookup}, no such lookup was seen`);
  return found;
}

function lineDifferences(what: string, told: readonly string[], seen: readonly string[]): readonly string[] {
  if (told.length === seen.length && told.every((line, index) => line === seen[index])) return [];
  const list = (lines: readonly string[]): string =>
    lines.length === 0 ? '      (nothing)' : lines.map((line) => `      ${line}`).join('\n');
  return [`${what}:\n    the trace\n${list(told)}\n    the kernel\n${list(seen)}`];
}
