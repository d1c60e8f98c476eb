// Answers: how does the matrix page come to life? Registers the controls, opens the channel, asks for the state with the picks that
// an earlier page kept, and shows every newer state that comes. What is not what it should be is not shown.
import { ChannelError } from '../src/protocol/channel';
import { openMatrixPage } from '../src/protocol/matrixEnds';
import { isCellDetail, isMatrixPicks, isMatrixState, isMatrixTile } from '../src/protocol/matrixGuards';
import type { MatrixState } from '../src/protocol/matrixMessages';
import './matrix.css';
import { mountMatrix } from './matrix/app';
import { registerToolkit } from './toolkit';
import { connectHost } from './vscodeApi';

registerToolkit();

const root = document.getElementById('app');
if (root !== null) start(root);

function start(element: HTMLElement): void {
  const host = connectHost(isMatrixPicks);
  const channel = openMatrixPage(host.port, { stateChanged: show });
  let revision = -1;

  const app = mountMatrix(element, {
    setPicks: (picks) => ask(channel.request('setPicks', picks)),
    tile: async (wanted, row, column) => {
      const tile = await channel.request('tile', wanted, row, column);
      return isMatrixTile(tile) ? tile : undefined;
    },
    cell: async (wanted, row, column) => {
      const detail = await channel.request('cell', wanted, row, column);
      return isCellDetail(detail) ? detail : undefined;
    },
    openTrace: (source, destination) => {
      channel.request('openTrace', source, destination).catch(complain);
    },
    reveal: (location) => {
      channel.request('reveal', location).catch(complain);
    },
    failed: complain,
  });

  /** Answers may overtake each other; an older state never replaces a newer one. */
  function show(state: MatrixState): void {
    if (!isMatrixState(state) || state.revision <= revision) return;
    revision = state.revision;
    host.keep(state.picks);
    app.show(state);
  }

  function ask(answer: Promise<MatrixState>): void {
    answer.then(show, complain);
  }

  function complain(error: unknown): void {
    if (error instanceof ChannelError && error.reason !== 'refused') return;
    app.complain(error instanceof Error ? error.message : String(error));
  }

  ask(channel.request('ready', host.kept()));
}
