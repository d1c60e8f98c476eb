// Answers: how does a comparison of CNI profiles read in a terminal? First where they disagree, then one table with the profiles
// of each row at its end, then why connections fail.
import { comparisonColumns, type ComparisonRowView, type ComparisonView } from './profileComparison';
import { clean, columns, wrap } from './traceText';

/** A space that no line ends at: a profile and its modes stay together. */
const unbroken = '\u00a0';

export function comparisonText(view: ComparisonView, width: number): string {
  const cells = view.rows.map(cellsOf);
  const heads = comparisonColumns.slice(0, -1);
  const [header = '', ...lines] = columns([heads, ...cells], '  ');
  const left = Math.max(header.length, ...lines.map((line) => line.length)) + 2;
  const table = view.rows.flatMap((row, index) => {
    const start = `${row.own ? '* ' : '  '}${(lines[index] ?? '').slice(2)}`.padEnd(left);
    const [first = '', ...more] = wrap(
      row.profiles.map((name) => name.replaceAll(' ', unbroken)).join(', '),
      '',
      Math.max(30, width - left),
    );
    return [`${start}${first}`, ...more.map((line) => `${' '.repeat(left)}${line}`)].map((line) =>
      line.replaceAll(unbroken, ' '),
    );
  });
  const reasons = [
    ...new Set(
      view.rows.flatMap(({ result, words }) => (words === undefined ? [] : [`${result}: ${words}`])),
    ),
  ];
  return `${[
    ...wrap(view.headline, '', width),
    clean(view.title),
    '',
    `${header.padEnd(left)}${comparisonColumns.at(-1) ?? ''}`,
    ...table,
    '',
    ...(view.own === undefined
      ? []
      : wrap(`* this cluster, as far as is known: ${view.own}`, '', width, '  ')),
    ...reasons.flatMap((reason) => wrap(reason, '', width, '  ')),
  ].join('\n')}\n`;
}

function cellsOf({ result, peer, ttl, nat, devices }: ComparisonRowView): readonly string[] {
  return [result, peer, ttl, nat, devices].map(clean);
}
