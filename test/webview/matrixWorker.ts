// The host of the matrix in the preview: the engine itself, in a worker, as it runs apart from the page in VS Code. Which cluster
// comes with its name: a shop, one with markup in its names, or one of 3,000 workloads.
import { connectivityTable, type ConnectivityTable } from '../../src/analysis/connectivity';
import { portFocusText } from '../../src/analysis/connectivityFocus';
import type { Matrix } from '../../src/analysis/matrix';
import type { MatrixPicks } from '../../src/features/matrixShape';
import {
  axisView,
  cellDetail,
  focusView,
  matrixFor,
  matrixSummary,
  portProblem,
} from '../../src/features/matrixView';
import { createStore } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { openMatrixHost } from '../../src/protocol/matrixEnds';
import { tileCells, type MatrixState } from '../../src/protocol/matrixMessages';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { generate } from '../bench/generate';

const noPicks: MatrixPicks = {
  sources: '',
  destinations: '',
  port: '',
  folding: 'auto',
  toggled: [],
  focus: null,
  size: 'medium',
};

const pod = (namespace: string, name: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: ${namespace}, name: '${name}', labels: {app: '${name}'}}, spec: {containers: [{name: c, image: i}]}}`;
const only = (app: string, from: string, port: number): string =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: shop, name: ${app}-from-${from}}, spec: {podSelector: {matchLabels: {app: ${app}}}, ingress: [{from: [{podSelector: {matchLabels: {app: ${from}}}}], ports: [{port: ${port}}]}]}}`;

const shop = [
  ...['web', 'api', 'db'].map((name) => pod('shop', name)),
  pod('monitoring', 'agent'),
  only('db', 'api', 5432),
  only('api', 'web', 8080),
];

function clusterNamed(name: string): Cluster {
  if (name === 'many') {
    const { snapshot } = generate({ pods: 9_300, namespaces: 300, policies: 900 });
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: snapshot });
    return read('many.json', text);
  }
  const files = name === 'markup' ? [...shop, pod('shop', '<img src=x onerror=alert(1)>')] : shop;
  return read('k8s/shop.yaml', name === 'nothing' ? '' : files.join('\n---\n'));
}

function read(file: string, text: string): Cluster {
  return simulate(createStore().apply([{ file, text }]).cluster, defaultSettings).cluster;
}

let picks = noPicks;
let revision = 0;
const cluster = clusterNamed(self.name);
/** Made when the page first asks. */
let known: ConnectivityTable | undefined;
let matrix: Matrix | undefined;

function state(): MatrixState {
  const table = (known ??= connectivityTable(cluster, { level: 'workload' }));
  matrix = matrixFor(table, picks);
  return {
    revision: ++revision,
    picks,
    rows: axisView(table, matrix.rows),
    columns: axisView(table, matrix.columns),
    port: matrix.port === undefined ? null : portFocusText(matrix.port),
    portProblem: portProblem(picks.port),
    summary: finish(matrixSummary(matrix)),
    problems: table.problems,
    focus: (picks.focus === null ? undefined : focusView(matrix, picks.focus)) ?? null,
  };
}

function finish<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

openMatrixHost(
  {
    post: (message) => self.postMessage(message),
    listen(receive) {
      const listener = (event: MessageEvent<unknown>): void => receive(event.data);
      self.addEventListener('message', listener);
      return () => self.removeEventListener('message', listener);
    },
  },
  {
    ready: (_signal, kept) => {
      picks = kept ?? picks;
      return state();
    },
    setPicks: (_signal, changed) => {
      picks = changed;
      return state();
    },
    tile: (_signal, wanted, row, column) => {
      if (matrix === undefined || wanted !== revision) return null;
      const rows = Math.max(0, Math.min(tileCells, matrix.rows.length - row));
      const columns = Math.max(0, Math.min(tileCells, matrix.columns.length - column));
      const bytes = finish(matrix.cells({ row, column, rows, columns }));
      return { revision, row, column, rows, columns, cells: bytes.buffer };
    },
    cell: (_signal, wanted, row, column) => {
      const [from, to] = [matrix?.rows[row], matrix?.columns[column]];
      if (matrix === undefined || from === undefined || to === undefined || wanted !== revision) return null;
      return finish(cellDetail(cluster, matrix, from, to));
    },
    openTrace: () => undefined,
    reveal: () => undefined,
  },
);
