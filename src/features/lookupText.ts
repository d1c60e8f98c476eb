// Answers: how does an answer about an address read in a terminal?
import type { AddressReport } from './lookup';
import { placeText } from './provenance';

export function lookupText(report: AddressReport): string {
  const owners = report.owners.map(({ kind, namespace, name, node, provenance, at }) => {
    const where = kind === 'Pod' && node !== undefined ? ` on ${node}` : '';
    return `  ${kind} ${namespace === '' ? name : `${namespace}/${name}`}${where} (${provenance})${at === undefined ? '' : `  ${placeText(at)}`}`;
  });
  const facts = report.facts.map(
    ({ text, provenance, at }) => `  ${text} (${provenance})${at === undefined ? '' : `  ${placeText(at)}`}`,
  );
  return `${[report.summary, ...owners, ...facts].join('\n')}\n`;
}
