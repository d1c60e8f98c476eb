// Answers: how does a difference read in a pull request, in a spreadsheet, and to other tools? Markdown escapes every name; CSV
// quotes as RFC 4180 says; JSON is the contract of `podnet diff`, whose ports have the form of the connectivity list.
import type { ConnectivityDiff } from '../analysis/diff';
import { isAll, portsText, protocols, type PortSet } from '../model/ports';
import { placeText, portsWords } from './diffText';
import type { ChangeView, DiffView, EditView } from './diffView';
import { escapeMarkdown } from './traceMarkdown';

const words: Readonly<Record<ChangeView['change'], string>> = {
  added: '➕ appears',
  removed: '➖ disappears',
  changed: '✏️ changes',
};

/** Rows above which a table is folded: a comment should be read without scrolling past it. */
const mostOpen = 40;

/** GitHub-flavoured Markdown, ending in a line feed. */
export function diffMarkdown(
  view: DiffView,
  names: { readonly before: string; readonly after: string },
): string {
  const blocks = [
    `### Pod network: ${escapeMarkdown(view.headline)}`,
    `${escapeMarkdown(names.before)} → ${escapeMarkdown(names.after)}, by ${view.level}. Numbers are those of the edits below.`,
  ];
  const rows = view.groups.flatMap(({ changes }) => changes.map(row));
  const more = view.groups.reduce((sum, group) => sum + group.more, 0);
  if (rows.length > 0) {
    const table = [
      '| change | from | to | ports | edits |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      ...(more > 0 ? ['', `${more} more are not listed.`] : []),
    ].join('\n');
    blocks.push(
      rows.length <= mostOpen
        ? table
        : `<details><summary>${rows.length} connections</summary>\n\n${table}\n\n</details>`,
    );
  }
  blocks.push(...view.remarks.map(escapeMarkdown));
  if (view.edits.length > 0) blocks.push(['**Edits**', '', ...view.edits.map(editItem)].join('\n'));
  if (view.problems.length > 0)
    blocks.push(
      [
        '**What could change this answer**',
        '',
        ...view.problems.map((each) => `- ${escapeMarkdown(each)}`),
      ].join('\n'),
    );
  return `${blocks.join('\n\n')}\n`;
}

function row(each: ChangeView): string {
  const cells = [
    words[each.change],
    escapeMarkdown(each.source),
    escapeMarkdown(each.destination),
    escapeMarkdown(portsWords(each)),
    each.because.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function editItem(edit: EditView): string {
  const place = edit.change === 'removed' ? edit.before : (edit.after ?? edit.before);
  const where = place === undefined ? '' : ` (${escapeMarkdown(placeText(place))})`;
  const effects = edit.effects === 0 ? ', without an effect on connections' : '';
  return [
    `${edit.number}. **${escapeMarkdown(edit.name)}** ${edit.change}${effects}${where}`,
    ...edit.differences.map((difference) => `   - ${escapeMarkdown(difference)}`),
  ].join('\n');
}

/** One line a connection: change, ends, ports before, after, gained and lost, and the edits by name. */
export function* diffCsv({ connections, edits }: ConnectivityDiff): Generator<string> {
  yield 'change,source,destination,before,after,gained,lost,edits\n';
  for (const { change, source, destination, before, after, gained, lost, because } of connections) {
    const names = because.map((position) => {
      const edit = edits[position];
      return edit === undefined ? '' : `${edit.kind} ${edit.namespace}/${edit.name} ${edit.change}`;
    });
    const ports = [before, after, gained, lost].map(portsText);
    yield `${[change, source, destination, ...ports, names.join('; ')].map(cell).join(',')}\n`;
  }
}

/** A name may begin like a formula; an apostrophe in front makes spreadsheets take it as text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The contract of `podnet diff --output json`. */
export function diffJson(diff: ConnectivityDiff): unknown {
  const { level, peers, connections, counts, edits, problems } = diff;
  return {
    apiVersion: 'podnet/v1',
    kind: 'ConnectivityDiff',
    level,
    counts,
    peers,
    connections: connections.map(({ before, after, gained, lost, ...rest }) => ({
      ...rest,
      before: allowed(before),
      after: allowed(after),
      gained: allowed(gained),
      lost: allowed(lost),
    })),
    edits,
    problems,
  };
}

function allowed(ports: PortSet): unknown {
  if (isAll(ports)) return { all: true, allowed: [] };
  const some = protocols.filter((protocol) => ports[protocol].length > 0);
  return { all: false, allowed: some.map((protocol) => ({ protocol, ports: ports[protocol] })) };
}
