// Answers: does the cluster do what a *.podnet.yaml file expects of it? Each expectation is one trace. Only a Reachable or an
// Unreachable verdict meets one: Ambiguous and Undetermined say that it cannot be counted on, and so never do.
import type { Expectation } from '../load/expectations';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import type { Location } from '../model/source';
import { parseEnd, type EndWithPort } from '../trace/endText';
import type { TraceQuery } from '../trace/query';
import type { Trace } from '../trace/trace';
import { traceConnectivity } from '../trace/traceConnectivity';
import { traceText } from './traceText';
import { traceView } from './traceView';

export interface ExpectationResult {
  readonly expectation: Expectation;
  /** `invalid`: an end has no form that can be read, so nothing was traced. */
  readonly outcome: 'met' | 'unmet' | 'invalid';
  /** `Expected reachable, found unreachable: Dropped by ...`; empty when it is met. */
  readonly message: string;
  /** Where it is to be mended: the entry, or the end that cannot be read. */
  readonly at: Location;
  readonly trace: Trace | undefined;
}

/** `shop/web-0 to svc/shop/db:5432 (UDP): reachable` */
export function expectationTitle({ from, to, port, protocol, expect }: Expectation): string {
  const end = port === undefined ? to : `${to}:${port}`;
  return `${from} to ${end}${protocol === 'TCP' ? '' : ` (${protocol})`}: ${expect}`;
}

/** What is to be traced, or what is wrong with an end. */
export function expectationQuery(
  expectation: Expectation,
): { readonly query: TraceQuery } | { readonly problem: Problem } {
  const { from, to, fromAt, toAt, protocol } = expectation;
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  if (source === undefined) return { problem: noEnd('from', from, fromAt) };
  if (destination === undefined) return { problem: noEnd('to', to, toAt) };
  if (source.port !== undefined)
    return { problem: invalid(`from: a source has no port; it is "${from}".`, fromAt) };
  const port = expectation.port ?? destination.port;
  if (contradicts(expectation, destination))
    return {
      problem: invalid(
        `port: ${expectation.port ?? ''} contradicts ${to}, which names its own port.`,
        expectation.at,
      ),
    };
  return {
    query: { from: source.end, to: destination.end, port: protocol === 'ICMP' ? undefined : port, protocol },
  };
}

function contradicts({ port }: Expectation, { port: ofEnd }: EndWithPort): boolean {
  return port !== undefined && ofEnd !== undefined && port !== ofEnd;
}

export function checkExpectation(cluster: Cluster, expectation: Expectation): ExpectationResult {
  const asked = expectationQuery(expectation);
  if ('problem' in asked) {
    const { message, at } = asked.problem;
    return { expectation, outcome: 'invalid', message, at, trace: undefined };
  }
  const trace = traceConnectivity(cluster, asked.query);
  const found = trace.result.toLowerCase();
  const met = found === expectation.expect;
  return {
    expectation,
    outcome: met ? 'met' : 'unmet',
    message: met ? '' : unmetMessage(expectation, trace),
    at: expectation.at,
    trace,
  };
}

function unmetMessage({ expect, why }: Expectation, { result, verdict }: Trace): string {
  const open = result === 'Ambiguous' || result === 'Undetermined';
  const note = open ? `, which meets no expectation` : '';
  const because = why === undefined ? '' : ` (${why})`;
  return `Expected ${expect}${because}, found ${result.toLowerCase()}${note}: ${verdict.words}`;
}

/** The problem of a result, with the lines that decide beside it; undefined: it is met. */
export function expectationProblem(result: ExpectationResult): Problem | undefined {
  const { outcome, message, expectation, at, trace } = result;
  if (outcome === 'met') return undefined;
  if (outcome === 'invalid') return invalid(message, at);
  return {
    code: 'expectation.unmet',
    severity: 'error',
    message: `${expectation.from} to ${expectation.to}: ${message}`,
    at,
    related: trace === undefined ? [] : endsOf(trace),
  };
}

function endsOf({ source, destination }: Trace): NonNullable<Problem['related']> {
  return [source, destination].flatMap((end) =>
    end?.at === undefined ? [] : [{ text: end.label, at: end.at }],
  );
}

/** Columns that also the narrow terminal of a test's results has. */
const terminalWidth = 80;

/** The trace of a result as a terminal shows it, without colours; empty when nothing was traced. */
export function expectationTraceText(cluster: Cluster, { trace }: ExpectationResult): string {
  return trace === undefined
    ? ''
    : traceText(traceView(trace, cluster), { color: false, width: terminalWidth });
}

function noEnd(key: string, written: string, at: Location): Problem {
  return invalid(
    `${key}: "${written}" names no end. Write ns/pod, Kind/ns/name, svc/ns/name, node/name, an address or a DNS name.`,
    at,
  );
}

function invalid(message: string, at: Location): Problem {
  return { code: 'expectation.invalid', severity: 'error', message, at };
}
