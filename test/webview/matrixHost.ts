// Stands for VS Code in the preview of the matrix: sets the theme, passes messages to a worker that has the engine, and writes down
// what the page asked. Cluster and theme come from the address: ?state=shop&theme=dark.
import { themes } from './themes';

const asked: unknown[][] = [];
const wanted = new URLSearchParams(location.search);
const theme = themes[wanted.get('theme') ?? 'dark'];
const body = document.body;
for (const [name, value] of Object.entries(theme?.values ?? {}))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
if (theme !== undefined) {
  body.classList.add(theme.body);
  body.dataset['vscodeThemeKind'] = theme.body;
}

const host = new Worker('matrixWorker.js', { name: wanted.get('state') ?? 'shop' });
host.addEventListener('message', (event: MessageEvent<unknown>) => window.postMessage(event.data, '*'));
let kept: unknown = JSON.parse(wanted.get('kept') ?? 'null');

Object.assign(window, {
  asked,
  keptState: () => kept,
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      // As in VS Code, only what JSON can say goes to the host.
      const copy: unknown = JSON.parse(JSON.stringify(message));
      if (typeof copy === 'object' && copy !== null && Reflect.get(copy, 'kind') === 'request')
        asked.push([Reflect.get(copy, 'method'), ...(Reflect.get(copy, 'params') as unknown[])]);
      host.postMessage(copy);
    },
    getState: () => kept,
    setState: (value: unknown) => {
      kept = value;
    },
  }),
});
