// Answers: what does `podnet check` do? All problems of the input, all findings of the checks and every expectation that is not met,
// for people, programs and code scanning. Ends with 1 when anything is a warning or an error.
import { checkCluster } from '../analysis/checks/run';
import { checkReport, checkReportSarif, checkReportText, type CheckReport } from '../features/checkReport';
import { withoutIgnored } from '../features/ignoreComments';
import type { Finding } from '../analysis/checks/finding';
import type { ClusterStore } from '../load/store';
import { choice, print, type Command } from './command';
import { checkExpectations, type CheckedExpectations } from './expectations';
import { readInput } from './input';

const formats = ['text', 'json', 'sarif'] as const;
type CheckFormat = (typeof formats)[number];

/** @param version of the product, for SARIF */
export function checkCommand(version: string): Command {
  return {
    switches: ['list-checks'],
    formats,
    run: async (paths, values) => {
      const { store, cluster, problems } = await readInput(paths);
      const texts = store.current.files.flatMap(({ file }) => {
        const text = store.textOf(file);
        return text === undefined ? [] : [{ file, text }];
      });
      const expectations = checkExpectations(cluster, texts);
      const findings = withoutComments(store, checkCluster(cluster));
      const report = checkReport([...problems, ...findings, ...expectations.problems], expectations);
      print(written(report, expectations, choice(values, 'output', formats) ?? 'text', version));
      return report.summary.error + report.summary.warning > 0 ? 1 : 0;
    },
  };
}

function written(
  report: CheckReport,
  { traces }: CheckedExpectations,
  format: CheckFormat,
  version: string,
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(checkReportSarif(report, version), null, 2)}\n`;
    case 'text':
      return traces === '' ? checkReportText(report) : `${traces}\n${checkReportText(report)}`;
  }
}

/** Without those that comments of their files turn off. */
function withoutComments(store: ClusterStore, findings: readonly Finding[]): readonly Finding[] {
  const byFile = new Map<string, Finding[]>();
  for (const found of findings) {
    const list = byFile.get(found.at.file);
    if (list === undefined) byFile.set(found.at.file, [found]);
    else list.push(found);
  }
  return [...byFile].flatMap(([file, list]) => withoutIgnored(store.textOf(file) ?? '', list));
}
