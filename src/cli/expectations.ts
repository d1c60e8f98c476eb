// Answers: what do files of expectations add to `podnet check`? A problem for each expectation that the cluster does not meet, and
// the trace of each, for people. What is wrong with the shape of such a file is among the problems of the input already.
import {
  checkExpectation,
  expectationProblem,
  expectationTitle,
  expectationTraceText,
} from '../features/expectations';
import { decodeText } from '../load/decode';
import { isExpectationFile, readExpectations } from '../load/expectations';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';

export interface CheckedExpectations {
  readonly all: number;
  readonly met: number;
  readonly problems: readonly Problem[];
  /** The trace of each that is not met, below its title; empty when all are. */
  readonly traces: string;
}

/** @param files whatever was read; those that are not *.podnet.yaml are passed over. */
export function checkExpectations(
  cluster: Cluster,
  files: Iterable<{ readonly file: string; readonly text: string | Uint8Array }>,
): CheckedExpectations {
  const results = [...files].flatMap(({ file, text }) =>
    isExpectationFile(file)
      ? readExpectations(file, decodeText(text) ?? '').expectations.map((each) =>
          checkExpectation(cluster, each),
        )
      : [],
  );
  const unmet = results.filter(({ outcome }) => outcome !== 'met');
  return {
    all: results.length,
    met: results.length - unmet.length,
    problems: unmet.flatMap((result) => expectationProblem(result) ?? []),
    traces: unmet
      .filter(({ trace }) => trace !== undefined)
      .map((result) => `${expectationTitle(result.expectation)}\n${expectationTraceText(cluster, result)}`)
      .join('\n'),
  };
}
