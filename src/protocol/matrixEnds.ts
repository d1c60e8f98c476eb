// Answers: what are the two ends of the matrix's channel? The host answers requests and tells new states; the page asks, and
// listens.
import { openChannel, type Channel, type Handlers, type Listeners, type Nothing, type Port } from './channel';
import { acceptsMatrixRequest } from './matrixGuards';
import type { MatrixEvents, MatrixRequests } from './matrixMessages';

export type MatrixHandlers = Handlers<MatrixRequests>;

export function openMatrixHost(port: Port, handlers: MatrixHandlers): Channel<Nothing, MatrixEvents> {
  return openChannel<Nothing, MatrixEvents, MatrixRequests, Nothing>(port, {
    handlers,
    listeners: {},
    accepts: acceptsMatrixRequest,
    latestOnly: [],
  });
}

export function openMatrixPage(
  port: Port,
  listeners: Listeners<MatrixEvents>,
): Channel<MatrixRequests, Nothing> {
  return openChannel<MatrixRequests, Nothing, Nothing, MatrixEvents>(port, {
    handlers: {},
    listeners,
    accepts: () => false,
    latestOnly: ['setPicks', 'cell'],
  });
}
