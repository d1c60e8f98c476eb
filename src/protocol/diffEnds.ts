// Answers: what are the two ends of the channel of a comparison, and what may the page ask? The host answers and tells new states;
// the page asks, and listens.
import { protocols } from '../model/ports';
import { openChannel, type Channel, type Handlers, type Listeners, type Nothing, type Port } from './channel';
import type { DiffEvents, DiffFormat, DiffRequests } from './diffMessages';
import { isIndex, isLocation, isRecord, one, optional } from './guards';

export type DiffHandlers = Handlers<DiffRequests>;

const formats: readonly DiffFormat[] = ['markdown', 'csv', 'json'];

/** What each request takes; a missing line does not compile. */
const takes: { readonly [M in keyof DiffRequests]: (params: readonly unknown[]) => boolean } = {
  ready: none,
  cancel: none,
  explain: one(isTrace),
  trace: one(isTrace),
  reveal: one(isLocation),
  copy: one((value) => formats.some((format) => format === value)),
};

const checks: ReadonlyMap<string, (params: readonly unknown[]) => boolean> = new Map(Object.entries(takes));

/** @returns whether the page may ask this with these parameters. */
export function acceptsDiffRequest(method: string, params: readonly unknown[]): boolean {
  return checks.get(method)?.(params) === true;
}

function none(params: readonly unknown[]): boolean {
  return params.length === 0;
}

function isTrace(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['from'] === 'string' &&
    typeof value['to'] === 'string' &&
    optional(value['port'], isIndex) &&
    protocols.some((protocol) => protocol === value['protocol'])
  );
}

export function openDiffHost(port: Port, handlers: DiffHandlers): Channel<Nothing, DiffEvents> {
  return openChannel<Nothing, DiffEvents, DiffRequests, Nothing>(port, {
    handlers,
    listeners: {},
    accepts: acceptsDiffRequest,
    latestOnly: [],
  });
}

export function openDiffPage(port: Port, listeners: Listeners<DiffEvents>): Channel<DiffRequests, Nothing> {
  return openChannel<DiffRequests, Nothing, Nothing, DiffEvents>(port, {
    handlers: {},
    listeners,
    accepts: () => false,
    latestOnly: [],
  });
}
