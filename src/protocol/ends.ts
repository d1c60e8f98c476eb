// Answers: what are the two ends of the trace panel's channel? The host answers requests and tells new states; the page
// asks and listens. The same code runs at both.
import { openChannel, type Channel, type Handlers, type Listeners, type Nothing, type Port } from './channel';
import { acceptsRequest } from './guards';
import type { HostEvents, PageRequests } from './messages';

export type PanelHandlers = Handlers<PageRequests>;

/** The host's end: answers every request, says `stateChanged`. */
export function openHostEnd(port: Port, handlers: PanelHandlers): Channel<Nothing, HostEvents> {
  return openChannel<Nothing, HostEvents, PageRequests, Nothing>(port, {
    handlers,
    listeners: {},
    accepts: acceptsRequest,
    latestOnly: [],
  });
}

/** The page's end: a new trace cancels the last. */
export function openPageEnd(port: Port, listeners: Listeners<HostEvents>): Channel<PageRequests, Nothing> {
  return openChannel<PageRequests, Nothing, Nothing, HostEvents>(port, {
    handlers: {},
    listeners,
    accepts: () => false,
    latestOnly: ['trace'],
  });
}
