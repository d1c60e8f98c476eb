// Answers: how does a trace read in a terminal? Aligned columns, wrapped sentences, `file:line` that terminals turn into
// links. Names come from manifests: control characters never reach the terminal.
import type {
  CheckView,
  EvidenceView,
  HopView,
  LegView,
  LinkView,
  PolicyView,
  SocketView,
  StepView,
  Tone,
  TraceView,
} from './traceViewShape';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; sentences wrap there, tables do not. */
  readonly width: number;
  /** Tells each policy in full: its tier, every rule that was looked at and why. */
  readonly explain?: boolean | undefined;
  /** How to see another of several ways: `--way N shows another`. */
  readonly otherWays?: string | undefined;
}

const bad = 31;
const good = 32;
const mixed = 33;
const faint = 2;
const bold = 1;

const toneColors: Readonly<Record<Tone, number>> = { good, bad, mixed, unknown: mixed };

const marks: Readonly<Record<StepView['outcome'], string>> = {
  ok: '+',
  dropped: 'X',
  rejected: 'X',
  skipped: '-',
  assumed: '~',
  unknown: '?',
};

/** The whole view as text, ending in a line feed. */
export function traceText(view: TraceView, options: TextOptions): string {
  const paint = painter(options.color);
  const { banner, way } = view;
  const lines: string[] = [
    `${paint(banner.title, bold, toneColors[banner.tone])}  ${clean(view.title)}`,
    ...wrap(banner.words, '', options.width),
    ...(banner.symptom === undefined ? [] : wrap(banner.symptom, '', options.width)),
    ...(banner.links.length === 0
      ? []
      : wrap(`${banner.linksTitle} ${banner.links.map(place).join(', ')}`, '', options.width, '  ')),
    '',
    ...endLines(view),
    ...(way?.mtu === undefined ? [] : wrap(`Path MTU: ${way.mtu}`, '', options.width)),
    '',
    ...wayLines(view, options, paint),
    ...(way?.about === undefined ? [] : [...wrap(way.about, '', options.width), '']),
    ...(way === undefined ? [] : legLines('Request', way.request, ttlTitle(view), options, paint)),
    ...(way?.reply === undefined ? [] : legLines('Reply', way.reply, ttlTitle(view), options, paint)),
  ];
  if (way !== undefined) {
    lines.push(paint('Principles of the pod network', bold));
    for (const principle of way.principles) {
      const text = `${principle.id} ${principle.statusWords}: ${principle.statement} ${principle.reason}`;
      lines.push(
        ...wrap(text, '  ', options.width, '     '),
        ...evidenceLines(principle.evidence, '     ', options.width),
      );
    }
    lines.push('');
  }
  lines.push(...noteLines('Assumptions', view.assumptions, options.width, paint));
  lines.push(...noteLines('Warnings', view.warnings, options.width, paint));
  lines.push(...checkLines(view.checks, options.width, paint));
  lines.push(...noteLines('Network profile', view.profile.evidence, options.width, paint));
  return `${lines.join('\n').trimEnd()}\n`;
}

function endLines(view: TraceView): readonly string[] {
  const rows = [
    { name: 'From', end: view.source },
    { name: 'To', end: view.destination },
  ].flatMap(({ name, end }) =>
    end === undefined
      ? []
      : [
          [
            name,
            clean(end.label),
            end.address === undefined
              ? ''
              : `${clean(end.address)}${end.provenance === undefined ? '' : ` (${end.provenance})`}`,
            end.node === undefined || end.label === `node ${end.node}` ? '' : `on ${clean(end.node)}`,
            end.link === undefined ? '' : place(end.link),
          ],
        ],
  );
  return columns(rows, '');
}

function wayLines(view: TraceView, { otherWays }: TextOptions, paint: Paint): readonly string[] {
  if (view.ways.length < 2) return [];
  const rows = view.ways.map((way) => [
    `${way.index === view.way?.index ? '>' : ' '} ${way.index + 1}`,
    way.share ?? '',
    way.banner.title,
    clean(way.label),
    way.banner.verdict,
  ]);
  const about = ['> is shown below', ...(otherWays === undefined ? [] : [otherWays])].join('; ');
  return [paint(`Ways (${about})`, bold), ...columns(rows, '  '), ''];
}

function ttlTitle({ profile }: TraceView): string {
  return profile.inferred === undefined ? 'TTL' : 'TTL (inferred)';
}

function legLines(
  name: string,
  leg: LegView,
  ttl: string,
  options: TextOptions,
  paint: Paint,
): readonly string[] {
  const head = ['#', 'place', 'device', 'source', 'destination', ttl];
  const rows = leg.hops.map((hop) => [hopCells(hop), ...outerCells(hop)]);
  const [title = '', ...table] = columns([head, ...rows.flat()], '  ');
  const lines = [paint(name, bold), paint(title, faint)];
  for (const hop of leg.hops) {
    if (hop.opens !== undefined) lines.push(paint(`  ${hop.opens}`, faint));
    lines.push(...table.splice(0, rows[hop.index]?.length ?? 1));
    for (const index of hop.steps) {
      const step = leg.steps[index];
      if (step !== undefined) lines.push(...stepLines(step, options, paint));
    }
  }
  for (const lane of leg.lanes) {
    if (!lane.reached) lines.push(paint(`  not reached: ${clean(lane.title)}`, bad));
  }
  return [...lines, ''];
}

/** Each changed field is marked with `*`: `172.30.0.11*:19392*` */
function hopCells(hop: HopView): readonly string[] {
  const { header } = hop;
  return [
    String(hop.index + 1),
    clean(hop.place),
    `${hop.movement} ${clean(hop.device)}`,
    starred(header.source),
    starred(header.destination),
    `${header.ttl}${header.ttlChanged ? '*' : ''}`,
  ];
}

/** The packet around it, in a row of its own under the same columns. */
function outerCells({ outer }: HopView): readonly (readonly string[])[] {
  return outer === undefined
    ? []
    : [['', '', `inside ${outer.kind}`, outer.source, outer.destination, String(outer.ttl)]];
}

function starred({ address, port, addressChanged, portChanged }: SocketView): string {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  const tail = port === undefined ? '' : `:${port}${portChanged ? '*' : ''}`;
  return `${host}${addressChanged ? '*' : ''}${tail}`;
}

function stepLines(step: StepView, { width, explain }: TextOptions, paint: Paint): readonly string[] {
  const stop = step.drops ? `${step.outcomeWords.toUpperCase()}: ` : '';
  const words = wrap(`${marks[step.outcome]} ${stop}${step.words}`, '     ', width, '       ');
  const lines = step.drops ? words.map((line) => paint(line, bad)) : [...words];
  if (step.nat !== undefined)
    lines.push(
      ...wrap(`${step.nat.label} ${step.nat.from} -> ${step.nat.to}`, '       ', width, '         '),
    );
  if (step.policy === undefined) return [...lines, ...evidenceLines(step.evidence, '       ', width)];
  return [
    ...lines,
    ...policySentences(step.policy, explain === true).flatMap((text) =>
      wrap(text, '       ', width, '         '),
    ),
  ];
}

/** The deciding rule stands for all findings, unless all are asked for; without one every rule that was looked at is told. */
function policySentences(
  { deciding, isolating, leftOpenBy, findings, tier, notes }: PolicyView,
  explain: boolean,
): readonly string[] {
  const at = (links: readonly LinkView[]): string =>
    links.length === 0 ? '' : ` (${links.map(place).join(', ')})`;
  return [
    ...(explain && tier !== undefined ? [tier] : []),
    ...(deciding === undefined ? [] : [`decided by ${deciding.label}${at(deciding.links)}`]),
    ...isolating.map(({ label, links }) => `isolated by ${label}${at(links)}`),
    ...leftOpenBy.map(({ label, links }) => `left open by ${label}${at(links)}`),
    ...(deciding === undefined || explain
      ? findings.map(({ effect, label, reason, links }) => `${effect}: ${label}: ${reason}${at(links)}`)
      : []),
    ...(explain ? notes.map((note) => `note: ${note}`) : []),
  ];
}

function evidenceLines(evidence: readonly EvidenceView[], indent: string, width: number): readonly string[] {
  return evidence.flatMap(({ text, provenance, link }) =>
    wrap(
      `${provenance}: ${text}${link === undefined ? '' : ` (${place(link)})`}`,
      indent,
      width,
      `${indent}  `,
    ),
  );
}

function noteLines(
  name: string,
  notes: readonly { readonly text: string; readonly link?: LinkView | undefined }[],
  width: number,
  paint: Paint,
): readonly string[] {
  if (notes.length === 0) return [];
  const lines = notes.flatMap(({ text, link }) =>
    wrap(`${text}${link === undefined ? '' : ` (${place(link)})`}`, '  ', width, '    '),
  );
  return [paint(name, bold), ...lines, ''];
}

function checkLines(checks: readonly CheckView[], width: number, paint: Paint): readonly string[] {
  if (checks.length === 0) return [];
  const lines = checks.flatMap(({ text, command, where }) => [
    ...wrap(text, '  ', width, '    '),
    `    ${clean(where)}: ${clean(command)}`,
  ]);
  return [paint('If it fails all the same, look at', bold), ...lines, ''];
}

type Paint = (text: string, ...codes: readonly number[]) => string;

function painter(color: boolean): Paint {
  return (text, ...codes) => (color ? `\u001b[${codes.join(';')}m${text}\u001b[0m` : text);
}

export function columns(rows: readonly (readonly string[])[], indent: string): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    `${indent}${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** Breaks at spaces; a word longer than the line stands alone. */
export function wrap(text: string, indent: string, width: number, hanging = indent): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of clean(text).split(' ')) {
    const start = lines.length === 0 ? indent : hanging;
    if (line.length > start.length && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else line = line.length > start.length ? `${line} ${word}` : `${line}${word}`;
  }
  return [...lines, line];
}

function place(link: LinkView): string {
  return clean(`${link.location.file}:${link.location.line + 1}`);
}

/** Replaces control characters, and those that turn the direction of text. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
