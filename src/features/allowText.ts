// Answers: how does a proposal to allow a connection read? As sentences, patches, and what else it would open.
import type { OpenedConnection } from '../analysis/openedConnections';
import type { NoProposal, Proposal } from './allowConnection';
import { unifiedDiff } from './unifiedDiff';
import { count } from './words';

/** `a => b  TCP 80` */
export function openedText({ source, destination, ports }: OpenedConnection): string {
  return `${source} => ${destination}  ${ports}`;
}

/** `It opens nothing else.`, `It also opens 2 other connections.` */
export function alsoOpensSentence(alsoOpens: readonly OpenedConnection[]): string {
  return alsoOpens.length === 0
    ? 'It opens nothing else.'
    : `It also opens ${count(alsoOpens.length, 'other connection')}.`;
}

/** For a terminal: what would be written, as a patch, and what it means. */
export function proposalText(proposal: Proposal | NoProposal): string {
  if (proposal.kind === 'refused') return `No change is suggested. ${proposal.reason}\n`;
  const { steps, files, alsoOpens, notes, after } = proposal;
  return [
    'To allow it:',
    ...steps.map((step) => `  ${step}`),
    ...notes.map((note) => `  Note: ${note}`),
    '',
    ...files.map((each) => unifiedDiff(each.file, each.before, each.after)),
    alsoOpensSentence(alsoOpens),
    ...alsoOpens.map((each) => `  ${openedText(each)}`),
    `Afterwards: ${after.result}. ${after.verdict.words}`,
    '',
  ].join('\n');
}
