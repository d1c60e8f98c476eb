// Answers: how does a trace read in an issue or a chat? GitHub-flavoured Markdown; every name and sentence is escaped, so
// that markup in a manifest stays text.
import type {
  CheckView,
  EvidenceView,
  HopView,
  LegView,
  LinkView,
  SocketView,
  StepView,
  TraceView,
} from './traceViewShape';

/** The whole view as Markdown, ending in a line feed. */
export function traceMarkdown(view: TraceView): string {
  const { banner, way } = view;
  const blocks = [
    `## ${escapeMarkdown(view.title)}`,
    `**${banner.title}.** ${escapeMarkdown(banner.words)}${banner.symptom === undefined ? '' : ` ${escapeMarkdown(banner.symptom)}`}`,
    list([
      ...endItems(view),
      ...(banner.links.length === 0 ? [] : [`${banner.linksTitle} ${places(banner.links)}`]),
      ...(way?.mtu === undefined ? [] : [`Path MTU: ${escapeMarkdown(way.mtu)}`]),
      `Profile: ${escapeMarkdown(view.profile.words)}`,
    ]),
    ...(view.ways.length < 2
      ? []
      : [
          '### Ways',
          table(
            ['', 'share', 'result', 'to'],
            view.ways.map((each) => [
              each.index === way?.index ? 'shown' : '',
              each.share ?? '',
              each.banner.title,
              escapeMarkdown(each.label),
            ]),
          ),
        ]),
    ...(way?.about === undefined ? [] : [escapeMarkdown(way.about)]),
    ...(way === undefined ? [] : legBlocks('Request', way.request)),
    ...(way?.reply === undefined ? [] : legBlocks('Reply', way.reply)),
    ...(way === undefined
      ? []
      : [
          '### Principles of the pod network',
          table(
            ['principle', 'status', 'why'],
            way.principles.map(({ id, statement, statusWords, reason }) => [
              `${id} ${escapeMarkdown(statement)}`,
              statusWords,
              escapeMarkdown(reason),
            ]),
          ),
        ]),
    ...notes('Assumptions', view.assumptions),
    ...notes('Warnings', view.warnings),
    ...checkBlocks(view.checks),
    ...notes('Network profile', view.profile.evidence),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function endItems(view: TraceView): readonly string[] {
  return [
    { name: 'From', end: view.source },
    { name: 'To', end: view.destination },
  ].flatMap(({ name, end }) => {
    if (end === undefined) return [];
    const address =
      end.address === undefined
        ? ''
        : `, ${end.address}${end.provenance === undefined ? '' : ` (${end.provenance})`}`;
    return [`${name} ${escapeMarkdown(`${end.label}${address}`)}`];
  });
}

function legBlocks(name: string, leg: LegView): readonly string[] {
  const hops = leg.hops.flatMap((hop) => [hopRow(hop), ...outerRow(hop)]);
  const steps = leg.steps.map((step, index) => `${index + 1}. ${stepText(step)}`);
  const missed = leg.lanes.filter((lane) => !lane.reached).map((lane) => escapeMarkdown(lane.title));
  return [
    `### ${name}`,
    table(['hop', 'place', 'device', 'source', 'destination', 'TTL'], hops),
    steps.join('\n'),
    missed.length === 0 ? '' : `Not reached: ${missed.join(', ')}`,
  ];
}

function hopRow({ index, place, movement, device, header, opens }: HopView): readonly string[] {
  return [
    String(index + 1),
    `${escapeMarkdown(place)}${opens === undefined ? '' : `, ${opens}`}`,
    escapeMarkdown(`${movement} ${device}`),
    socketCell(header.source),
    socketCell(header.destination),
    changedText(String(header.ttl), header.ttlChanged),
  ];
}

/** The packet around it, in a row of its own. */
function outerRow({ outer }: HopView): readonly (readonly string[])[] {
  if (outer === undefined) return [];
  const { kind, detail, source, destination, ttl } = outer;
  return [
    ['', '', `inside ${kind}, ${detail}`, escapeMarkdown(source), escapeMarkdown(destination), String(ttl)],
  ];
}

/** A changed field is bold, address and port each for itself. */
function socketCell({ address, port, addressChanged, portChanged }: SocketView): string {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  if (port === undefined) return changedText(host, addressChanged);
  return addressChanged === portChanged
    ? changedText(`${host}:${port}`, addressChanged)
    : `${changedText(host, addressChanged)}:${changedText(String(port), portChanged)}`;
}

function changedText(text: string, changed: boolean): string {
  return changed ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
}

function checkBlocks(checks: readonly CheckView[]): readonly string[] {
  if (checks.length === 0) return [];
  const lines = checks.map(
    ({ text, command, where }) => `${escapeMarkdown(text)} ${escapeMarkdown(where)}: ${codeText(command)}`,
  );
  return ['### If it fails all the same, look at', list(lines)];
}

/** A command as code, which escapes nothing: without what would end it. */
function codeText(text: string): string {
  return `\`${text.replace(/[`\u0000-\u001f\u007f-\u009f]/g, ' ')}\``;
}

function stepText(step: StepView): string {
  const outcome = step.drops
    ? ` **${step.outcomeWords}**`
    : step.outcome === 'ok'
      ? ''
      : ` (${step.outcomeWords})`;
  const lines = [`${escapeMarkdown(step.title)}${outcome}: ${escapeMarkdown(step.words)}`];
  if (step.policy === undefined) lines.push(...step.evidence.map((each) => evidenceText(each)));
  else {
    const { deciding, isolating, leftOpenBy, findings } = step.policy;
    if (deciding !== undefined)
      lines.push(`decided by ${escapeMarkdown(deciding.label)} ${places(deciding.links)}`);
    for (const policy of isolating)
      lines.push(`isolated by ${escapeMarkdown(policy.label)} ${places(policy.links)}`);
    for (const policy of leftOpenBy)
      lines.push(`left open by ${escapeMarkdown(policy.label)} ${places(policy.links)}`);
    if (deciding === undefined)
      for (const finding of findings)
        lines.push(
          `${escapeMarkdown(finding.label)} ${finding.effect}: ${escapeMarkdown(finding.reason)} ${places(finding.links)}`,
        );
  }
  return lines.map((line) => line.trimEnd()).join('\n   - ');
}

function evidenceText({ text, provenance, link }: EvidenceView): string {
  return `${provenance}: ${escapeMarkdown(text)}${link === undefined ? '' : ` ${places([link])}`}`;
}

function notes(
  name: string,
  items: readonly { readonly text: string; readonly link?: LinkView | undefined }[],
): readonly string[] {
  if (items.length === 0) return [];
  const lines = items.map(
    ({ text, link }) => `${escapeMarkdown(text)}${link === undefined ? '' : ` ${places([link])}`}`,
  );
  return [`### ${name}`, list(lines)];
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function places(links: readonly LinkView[]): string {
  return links.length === 0 ? '' : `(${links.map(({ label }) => escapeMarkdown(label)).join(', ')})`;
}

/** Makes the text mean itself in Markdown: no markup, no HTML, no link, no table cell, one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]#|~!$@]/g, '\\$&')
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, -1)}&#46;`);
}
