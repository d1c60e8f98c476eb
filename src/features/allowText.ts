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

/** `It closes 2 connections that are permitted now.`; empty when it closes none. */
export function closesSentence(closes: readonly OpenedConnection[]): string {
  if (closes.length === 0) return '';
  return `It closes ${count(closes.length, 'connection')} that ${closes.length === 1 ? 'is' : 'are'} permitted now.`;
}

/** For a terminal: what would be written, as a patch, and what it means. */
export function proposalText(proposal: Proposal | NoProposal): string {
  if (proposal.kind === 'refused') {
    const place = proposal.at === undefined ? '' : ` (${proposal.at.file}:${proposal.at.line + 1})`;
    return `No change is suggested. ${proposal.reason}${place}\n`;
  }
  const { steps, files, alsoOpens, closes, notes, after } = proposal;
  return [
    'To allow it:',
    ...steps.map((step) => `  ${step}`),
    ...notes.map((note) => `  Note: ${note}`),
    '',
    ...files.map((each) => unifiedDiff(each.file, each.before, each.after)),
    alsoOpensSentence(alsoOpens),
    ...alsoOpens.map((each) => `  ${openedText(each)}`),
    ...(closes.length === 0
      ? []
      : [closesSentence(closes), ...closes.map((each) => `  ${openedText(each)}`)]),
    `Afterwards: ${after.result}. ${after.verdict.words}`,
    '',
  ].join('\n');
}
