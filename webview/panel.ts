// Answers: how does the page come to life? Registers the controls, opens the channel, asks for the state with the picks that
// an earlier page kept, and shows every newer state that comes.
import { ChannelError } from '../src/protocol/channel';
import { openPageEnd } from '../src/protocol/ends';
import { isPicks } from '../src/protocol/guards';
import type { PanelState } from '../src/protocol/messages';
import { mountApp } from './app';
import { adoptDiagramRules } from './diagram';
import './panel.css';
import { registerToolkit } from './toolkit';
import { connectHost } from './vscodeApi';

registerToolkit();
adoptDiagramRules();

const root = document.getElementById('app');
if (root !== null) start(root);

function start(element: HTMLElement): void {
  const host = connectHost(isPicks);
  const channel = openPageEnd(host.port, { stateChanged: show });
  let revision = -1;

  const app = mountApp(element, {
    pickSource: () => ask(channel.request('pickSource')),
    pickDestination: () => ask(channel.request('pickDestination')),
    setPort: (text) => ask(channel.request('setPort', text)),
    setProtocol: (protocol) => ask(channel.request('setProtocol', protocol)),
    setFamily: (family) => ask(channel.request('setFamily', family)),
    swap: () => ask(channel.request('swap')),
    trace: () => ask(channel.request('trace')),
    chooseWay: (index) => ask(channel.request('chooseWay', index)),
    compare: (on) => ask(channel.request('compare', on)),
    setProfile: (profile) => ask(channel.request('setProfile', profile)),
    reveal: (location) => tell(channel.request('reveal', location)),
    copy: (format) => tell(channel.request('copy', format)),
    exportTrace: () => tell(channel.request('exportTrace')),
    allow: () => tell(channel.request('allowConnection')),
  });

  /** Answers may overtake each other; an older state never replaces a newer one. */
  function show(state: PanelState): void {
    if (state.revision < revision) return;
    revision = state.revision;
    host.keep(state.picks);
    app.show(state);
  }

  function ask(answer: Promise<PanelState>): void {
    answer.then(
      (state) => {
        app.complain(undefined);
        show(state);
      },
      (error: unknown) => complain(error),
    );
  }

  function tell(answer: Promise<void>): void {
    answer.then(() => app.complain(undefined), complain);
  }

  function complain(error: unknown): void {
    if (error instanceof ChannelError && error.reason === 'cancelled') return;
    app.complain(error instanceof Error ? error.message : String(error));
  }

  ask(channel.request('ready', host.kept()));
}
