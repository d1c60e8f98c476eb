// Stands for VS Code in the preview: sets the theme, answers the page's requests with a fixture state, and writes down what
// the page asked. The state and theme come from the address: ?state=denied&theme=dark.
import { traceSvg } from '../../src/diagram/svg';
import { openHostEnd } from '../../src/protocol/ends';
import type { PanelState } from '../../src/protocol/messages';
import { serviceWay, states } from './states';
import { themes } from './themes';

const asked: unknown[][] = [];
const wanted = new URLSearchParams(location.search);
const state: PanelState | undefined = states[wanted.get('state') ?? 'empty'];
const theme = themes[wanted.get('theme') ?? 'dark'];
const body = document.body;
for (const [name, value] of Object.entries(theme?.values ?? {}))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
if (theme !== undefined) {
  body.classList.add(theme.body);
  body.dataset['vscodeThemeKind'] = theme.body;
}

const toHost = new Set<(message: unknown) => void>();
let kept: unknown;
let revision = 1;

function answer(method: string, ...params: unknown[]): PanelState {
  asked.push([method, ...params]);
  if (state === undefined) throw new Error('There is no such state.');
  return { ...state, revision: ++revision };
}

openHostEnd(
  {
    post: (message) => window.postMessage(message, '*'),
    listen(receive) {
      toHost.add(receive);
      return () => toHost.delete(receive);
    },
  },
  {
    ready: (_signal, picks) => answer('ready', picks),
    pickSource: () => answer('pickSource'),
    pickDestination: () => answer('pickDestination'),
    setPort: (_signal, text) => answer('setPort', text),
    setProtocol: (_signal, protocol) => answer('setProtocol', protocol),
    setFamily: (_signal, family) => answer('setFamily', family),
    swap: () => answer('swap'),
    trace: () => answer('trace'),
    compare: (_signal, on) => answer('compare', on),
    setProfile: (_signal, profile) => answer('setProfile', profile),
    chooseWay: (_signal, index) => ({ ...answer('chooseWay', index), view: serviceWay(index).view }),
    reveal: (_signal, at) => void answer('reveal', at),
    copy: (_signal, format) => void answer('copy', format),
    exportTrace: () => void answer('exportTrace'),
    allowConnection: () => void answer('allowConnection'),
  },
);

Object.assign(window, {
  asked,
  keptState: () => kept,
  /** The file that Export Trace would write. */
  svgFile: () => (state?.view === undefined ? '' : traceSvg(state.view)),
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      // As in VS Code, only what JSON can say crosses over.
      const text = JSON.stringify(message);
      queueMicrotask(() => toHost.forEach((receive) => receive(JSON.parse(text))));
    },
    getState: () => kept,
    setState: (value: unknown) => {
      kept = value;
    },
  }),
});
