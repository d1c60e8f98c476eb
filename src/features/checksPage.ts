// Answers: what does the page about checks say? One section per check from the catalogue, so that `media/checks.md`, `podnet check
// --list-checks` and the checks themselves never differ.
import { checks } from '../analysis/checks/catalogue';
import type { Check } from '../analysis/checks/finding';

/** The text of `media/checks.md`. */
export function checksPage(): string {
  const head = [
    '# Checks of policies',
    '',
    'Pod Network Explorer checks the network policies among the open manifests. Findings stand in _Problems_ with the source _Pod Network_ and a code from this page, and `podnet check` prints them. A finding says what follows from these manifests: what they do not hold may change it, and then the finding is milder or left out.',
    '',
    'A check is turned off, or given another severity, with the setting `podNetwork.checks`: `{ "policy.no-dns": "off" }`. A single finding is turned off in the manifest, with a comment on its line or above it, or for a whole document with a comment at its head: `# podnet-ignore: policy.no-dns`.',
    '',
  ];
  return [...head, ...checks.flatMap(section)].join('\n');
}

function section({ code, title, severity, documentation, source }: Check): readonly string[] {
  return [`## ${code}`, '', `**${title}** (${severity})`, '', documentation, '', `Source: ${source}.`, ''];
}

/** The line of the page, from 1, where each code's section begins. */
export function checkLines(): ReadonlyMap<string, number> {
  const lines = checksPage().split('\n');
  return new Map(
    lines.flatMap((line, index) => (line.startsWith('## ') ? [[line.slice(3), index + 1]] : [])),
  );
}

/** `policy.no-dns  warning  Egress isolation without DNS`, for terminals. */
export function checkList(): string {
  const width = Math.max(...checks.map(({ code }) => code.length));
  return checks
    .map(({ code, severity, title }) => `${code.padEnd(width)}  ${severity.padEnd(11)}  ${title}\n`)
    .join('');
}
