// Answers: how does an answer about an address read in a terminal?
import type { Location } from '../model/source';
import type { AddressReport } from './lookup';

export function lookupText(report: AddressReport): string {
  const owners = report.owners.map(({ kind, namespace, name, node, provenance, at }) => {
    const where = kind === 'Pod' && node !== undefined ? ` on ${node}` : '';
    return `  ${kind} ${namespace === '' ? name : `${namespace}/${name}`}${where} (${provenance})${whereText(at)}`;
  });
  const facts = report.facts.map(({ text, provenance, at }) => `  ${text} (${provenance})${whereText(at)}`);
  return `${[report.summary, ...owners, ...facts].join('\n')}\n`;
}

/** `  k8s/shop.yaml:12`, the whole path, so that a terminal can open it. */
function whereText(at: Location | undefined): string {
  return at === undefined ? '' : `  ${at.file}:${at.line + 1}`;
}
