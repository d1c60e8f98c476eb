// Answers: how does one changed connection come out on either side? A trace in each of the two clusters, as its verdict in words
// with the lines that decide.
import type { Cluster } from '../model/cluster';
import { parseEnd } from '../trace/endText';
import { traceConnectivity } from '../trace/traceConnectivity';
import type { DiffTrace } from './diffView';
import { traceView } from './traceView';
import type { BannerView } from './traceViewShape';

export interface DiffExplanation {
  readonly before: BannerView | undefined;
  readonly after: BannerView | undefined;
}

/** A side is undefined where the ends have no form that can be traced. */
export function explainChange(before: Cluster, after: Cluster, trace: DiffTrace): DiffExplanation {
  return { before: bannerIn(before, trace), after: bannerIn(after, trace) };
}

/** Of many endpoints a sample tells enough here. */
const mostWays = 20;

function bannerIn(cluster: Cluster, { from, to, port, protocol }: DiffTrace): BannerView | undefined {
  const [source, destination] = [parseEnd(from)?.end, parseEnd(to)?.end];
  if (source === undefined || destination === undefined) return undefined;
  const query = { from: source, to: destination, port, protocol };
  return traceView(traceConnectivity(cluster, query, {}, mostWays), cluster).banner;
}
