// Answers: how does a difference read in a terminal? As diff(1) marks it: `+` appears, `-` disappears, `~` changes, with the edits
// below and their numbers behind each line.
import type { Location } from '../model/source';
import type { ChangeView, DiffView, EditView } from './diffView';

const signs: Readonly<Record<ChangeView['change'], string>> = { added: '+', removed: '-', changed: '~' };

/** @param names what the two clusters are called. */
export function diffText(view: DiffView, names: { readonly before: string; readonly after: string }): string {
  const lines = [`--- ${names.before}`, `+++ ${names.after}`, view.headline];
  const all = view.groups.flatMap(({ changes }) => changes);
  const width = Math.max(0, ...all.map(({ source }) => source.length));
  const target = Math.max(0, ...all.map(({ destination }) => destination.length));
  for (const { title, changes, more } of view.groups) {
    // Of one group the headline has said it.
    lines.push('', ...(view.groups.length > 1 ? [title] : []));
    for (const each of changes) {
      const ends = `${each.source.padEnd(width)}  =>  ${each.destination.padEnd(target)}`;
      lines.push(`${signs[each.change]} ${ends}  ${portsWords(each)}${reasons(each)}`);
    }
    if (more > 0) lines.push(`  and ${more} more`);
  }
  if (view.remarks.length > 0) lines.push('', ...view.remarks);
  if (view.edits.length > 0) lines.push('', 'Edits', ...view.edits.flatMap(editLines));
  return `${lines.join('\n')}\n`;
}

/** `TCP 80`, or of a change `TCP 80 → TCP 80,443 (gains TCP 443)` */
export function portsWords({ change, before, after, difference }: ChangeView): string {
  if (change === 'added') return after;
  if (change === 'removed') return before;
  return `${before} → ${after} (${difference})`;
}

function reasons({ because }: ChangeView): string {
  return because.length === 0 ? '' : `  [${because.join(', ')}]`;
}

function editLines(edit: EditView): readonly string[] {
  const mark = `[${edit.number}]`;
  const effects = edit.effects === 0 ? ', without an effect on connections' : '';
  return [
    `${mark} ${edit.name} ${edit.change}${effects}${placesWords(edit)}`,
    ...edit.differences.map((difference) => `${' '.repeat(mark.length + 1)}${difference}`),
  ];
}

function placesWords({ change, before, after }: EditView): string {
  const place = change === 'removed' ? before : (after ?? before);
  return place === undefined ? '' : `  ${placeText(place)}`;
}

/** `shop/policies.yaml:12` */
export function placeText({ file, line }: Location): string {
  return `${file}:${line + 1}`;
}
