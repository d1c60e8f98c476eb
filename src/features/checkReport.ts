// Answers: how does a report of checks read, for terminals and for other programs? Problems of loading and findings in one list by
// file and line. The JSON is a contract: additions only; SARIF is what code scanning of forges takes (OASIS SARIF 2.1.0).
import { checks } from '../analysis/checks/catalogue';
import { compareText } from '../model/objects';
import type { Problem, Severity } from '../model/problem';
import type { Location } from '../model/source';
import { count } from './words';

export interface CheckReport {
  readonly apiVersion: 'podnet/v1';
  readonly kind: 'CheckReport';
  readonly summary: Readonly<Record<Severity, number>>;
  readonly findings: readonly ReportedFinding[];
}

/** Lines and columns count from 1. */
export interface ReportedFinding extends ReportedPlace {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly (ReportedPlace & { readonly text: string })[];
}

interface ReportedPlace {
  readonly file: string;
  /** Position of the document in its file, from 1. */
  readonly document: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function checkReport(problems: readonly Problem[]): CheckReport {
  const ordered = [...problems].sort(
    (a, b) => compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.character - b.at.character,
  );
  const number = (severity: Severity): number =>
    problems.filter((problem) => problem.severity === severity).length;
  return {
    apiVersion: 'podnet/v1',
    kind: 'CheckReport',
    summary: { error: number('error'), warning: number('warning'), information: number('information') },
    findings: ordered.map(({ code, severity, message, at, related = [] }) => ({
      code,
      severity,
      message,
      ...placeOf(at),
      related: related.map(({ text, at: where }) => ({ text, ...placeOf(where) })),
    })),
  };
}

function placeOf(at: Location): ReportedPlace {
  return {
    file: at.file,
    document: at.document + 1,
    line: at.line + 1,
    column: at.character + 1,
    endLine: at.endLine + 1,
    endColumn: at.endCharacter + 1,
  };
}

/** `file:line:column: severity: message [code]`, as compilers print it, and a count. */
export function checkReportText({ findings, summary }: CheckReport): string {
  const lines = findings.flatMap(({ file, line, column, severity, message, code, related }) => [
    `${file}:${line}:${column}: ${severity}: ${message} [${code}]`,
    ...related.map((each) => `    ${each.file}:${each.line}: ${each.text}`),
  ]);
  const parts = [
    summary.error > 0 ? [count(summary.error, 'error')] : [],
    summary.warning > 0 ? [count(summary.warning, 'warning')] : [],
    summary.information > 0 ? [`${summary.information} for information`] : [],
  ].flat();
  const total = parts.length === 0 ? 'Nothing to report.' : `${parts.join(', ')}.`;
  return `${[...lines, total].join('\n')}\n`;
}

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** A SARIF log of one run. @param version of the product */
export function checkReportSarif({ findings }: CheckReport, version: string): unknown {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'podnet',
            version,
            rules: checks.map(({ code, title, documentation, severity }) => ({
              id: code,
              shortDescription: { text: title },
              fullDescription: { text: documentation },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        results: findings.map((found) => ({
          ruleId: found.code,
          level: levels[found.severity],
          message: { text: found.message },
          locations: [{ physicalLocation: physical(found) }],
          relatedLocations: found.related.map((each, id) => ({
            id,
            message: { text: each.text },
            physicalLocation: physical(each),
          })),
        })),
      },
    ],
  };
}

function physical({ file, line, column, endLine, endColumn }: ReportedPlace): unknown {
  return {
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}
