// Answers: whose network was walked, and does it matter? The profile of the trace, a switch that puts all profiles side by side,
// and the choice to see the trace as another of them would have it.
import type { ComparisonRowView, ComparisonView } from '../../src/features/profileComparison';
import type { TraceView } from '../../src/features/traceViewShape';
import type { Picks, ProfilePick } from '../../src/protocol/messages';
import { h, type Child } from '../h';
import { icon } from '../icons';

export interface ProfileActions {
  readonly compare: (on: boolean) => void;
  readonly setProfile: (profile: ProfilePick | null) => void;
}

export function profiles(
  { profile }: TraceView,
  comparison: ComparisonView | undefined,
  picks: Picks,
  actions: ProfileActions,
): HTMLElement {
  const isOn = picks.compare === true;
  return h(
    'section',
    { class: 'profiles', 'aria-label': 'Network profile' },
    h(
      'div',
      { class: 'profile-bar' },
      h(
        'p',
        {},
        h('span', { class: 'term' }, 'Network '),
        profile.words,
        picks.profile === undefined ? undefined : h('span', { class: 'status' }, 'not as this cluster is'),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'switch',
          role: 'switch',
          'aria-checked': String(isOn),
          onclick: () => actions.compare(!isOn),
        },
        h('span', { class: 'knob', 'aria-hidden': 'true' }),
        'Compare profiles',
      ),
      picks.profile === undefined
        ? undefined
        : h(
            'button',
            { type: 'button', class: 'chip', onclick: () => actions.setProfile(null) },
            'Back to this cluster’s own',
          ),
    ),
    comparison === undefined ? undefined : table(comparison, picks, actions),
  );
}

function table({ headline, rows }: ComparisonView, picks: Picks, actions: ProfileActions): Child {
  const columns = ['Shown', 'Result', 'Peer seen', 'TTL', 'NAT', 'Devices', 'Profiles'];
  return [
    h('p', { class: 'headline' }, headline),
    h(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'The trace under every profile' },
      h(
        'table',
        { class: 'comparison' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            columns.map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((row, index) => rowOf(withoutEcho(row, rows[index - 1]), picks, actions)),
        ),
      ),
    ),
  ];
}

/** The same reason is told once for the rows that share it. */
function withoutEcho(row: ComparisonRowView, before: ComparisonRowView | undefined): ComparisonRowView {
  return row.words === before?.words ? { ...row, words: undefined } : row;
}

function rowOf(
  {
    own,
    profiles: names,
    variants,
    result,
    tone,
    icon: sign,
    words,
    peer,
    ttl,
    nat,
    devices,
  }: ComparisonRowView,
  { profile: chosen }: Picks,
  actions: ProfileActions,
): HTMLElement {
  const [first] = variants;
  const isShown =
    chosen === undefined
      ? own
      : variants.some(({ cni, kubeProxy }) => cni === chosen.cni && kubeProxy === chosen.kubeProxy);
  const name = `Show the trace under ${names[0] ?? ''}`;
  return h(
    'tr',
    { class: `tone-${tone}` },
    h(
      'td',
      {},
      h('input', {
        type: 'radio',
        name: 'profile',
        checked: isShown,
        'aria-label': name,
        title: name,
        onchange: () => actions.setProfile(own || first === undefined ? null : first),
      }),
    ),
    h('td', { class: 'result' }, icon(sign, 16), ` ${result}`),
    h('td', {}, h('code', {}, peer)),
    h('td', {}, ttl),
    h('td', {}, nat),
    h('td', {}, devices),
    h(
      'td',
      { class: 'names' },
      names.join(', '),
      own ? [' ', h('span', { class: 'status' }, 'this cluster')] : undefined,
      words === undefined ? undefined : h('div', { class: 'reason' }, words),
    ),
  );
}
