// Answers: between whom, on which port? The two ends are buttons that open the host's quick pick, since lists of pods can
// be huge; port, protocol and family are fields. Made once and brought up to date, so that the keyboard's place is kept.
import { isFamilyChoice, isProtocol } from '../../src/protocol/guards';
import { portText } from '../../src/protocol/portText';
import type {
  CopyFormat,
  FamilyChoice,
  PanelState,
  PickLabel,
  PortOption,
} from '../../src/protocol/messages';
import type { PacketProtocol } from '../../src/dataplane/packet';
import type { IconName } from '../../src/diagram/icons';
import { h } from '../h';
import { icon } from '../icons';
import { button, dropdown, textField } from '../toolkit';

/** What the form asks of its owner. */
export interface FormActions {
  readonly pickSource: () => void;
  readonly pickDestination: () => void;
  readonly swap: () => void;
  readonly setPort: (text: string) => void;
  readonly setProtocol: (protocol: PacketProtocol) => void;
  readonly setFamily: (family: FamilyChoice) => void;
  readonly trace: () => void;
  readonly copy: (format: CopyFormat) => void;
  readonly exportTrace: () => void;
}

export interface Form {
  readonly element: HTMLElement;
  show(state: PanelState): void;
}

const familyTexts: Readonly<Record<FamilyChoice, string>> = { any: 'Any', '4': 'IPv4', '6': 'IPv6' };
const mostPorts = 6;

export function form(actions: FormActions): Form {
  const source = endButton('Source', 'Pick source…', 'send', actions.pickSource);
  const destination = endButton('Destination', 'Pick destination…', 'deliver', actions.pickDestination);
  const port = textField('Port', 'declared', (text) => actions.setPort(text));
  const protocol = dropdown('Protocol', (value) => {
    if (isProtocol(value)) actions.setProtocol(value);
  });
  const family = dropdown('Family', (value) => {
    if (isFamilyChoice(value)) actions.setFamily(value);
  });
  const ports = h('div', {
    class: 'ports',
    role: 'group',
    'aria-label': 'Ports of the destination',
  });
  const swap = h(
    'button',
    {
      type: 'button',
      class: 'swap',
      title: 'Swap source and destination',
      'aria-label': 'Swap source and destination',
      onclick: actions.swap,
    },
    icon('swap', 16),
  );
  const output = h(
    'div',
    { class: 'output', role: 'group', 'aria-label': 'Copy or save this trace' },
    h('span', { class: 'output-label', 'aria-hidden': 'true' }, 'Copy as'),
    button('Markdown', 'secondary', () => actions.copy('markdown'), 'Copy this trace as Markdown'),
    button('Mermaid', 'secondary', () => actions.copy('mermaid'), 'Copy this trace as a Mermaid diagram'),
    button('SVG', 'secondary', () => actions.copy('svg'), 'Copy the diagram of this trace as SVG'),
    button('JSON', 'secondary', () => actions.copy('json'), 'Copy this trace as JSON'),
    button('Export…', 'secondary', actions.exportTrace, 'Save this trace to a file'),
  );
  const element = h(
    'section',
    { class: 'form', 'aria-label': 'Question' },
    h('div', { class: 'pair' }, source.element, swap, destination.element),
    h(
      'div',
      { class: 'fields' },
      port.element,
      protocol.element,
      family.element,
      h('div', { class: 'go' }, button('Trace', 'primary', actions.trace, 'Trace the connection')),
      output,
    ),
    ports,
  );
  return {
    element,
    show({ picks, from, to, options, view }) {
      source.show(from);
      destination.show(to);
      port.set(picks.protocol === 'ICMP' ? '' : portText(picks.port));
      protocol.set(
        options.protocols.map((value) => ({ value, text: value })),
        picks.protocol,
      );
      family.set(
        options.families.map((value) => ({ value, text: familyTexts[value] })),
        picks.family === undefined ? 'any' : picks.family === 4 ? '4' : '6',
      );
      port.enable(picks.protocol !== 'ICMP');
      ports.replaceChildren(...(picks.protocol === 'ICMP' ? [] : portChips(options.ports, actions)));
      output.hidden = view === undefined;
    },
  };
}

/** The ports, when there is more than one to choose from. */
function portChips(ports: readonly PortOption[], actions: FormActions): readonly Node[] {
  if (ports.length < 2) return [];
  const chips = ports.slice(0, mostPorts).map(({ port, name, protocol, of }) =>
    h(
      'button',
      {
        type: 'button',
        class: 'chip',
        title: `Use port ${port}${of === undefined ? '' : `, ${of}`}`,
        onclick: () => {
          actions.setProtocol(protocol);
          actions.setPort(String(port));
        },
      },
      [`${protocol} ${port}`, name, of].filter(Boolean).join(' '),
    ),
  );
  const more = ports.length - mostPorts;
  return [
    h('span', { class: 'field-label' }, 'Ports'),
    ...chips,
    ...(more > 0 ? [h('span', { class: 'field-label' }, `and ${more} more: type the number`)] : []),
  ];
}

interface EndButton {
  readonly element: HTMLElement;
  show(label: PickLabel | undefined): void;
}

function endButton(name: string, empty: string, sign: IconName, onClick: () => void): EndButton {
  const text = h('span', { class: 'pick-text' });
  const detail = h('span', { class: 'pick-detail' });
  const element = h(
    'div',
    { class: 'field end' },
    h('span', { class: 'field-label', 'aria-hidden': 'true' }, name),
    h(
      'button',
      { type: 'button', class: 'pick', onclick: onClick },
      h('span', { class: 'visually-hidden' }, `${name}: `),
      icon(sign, 16),
      h('span', { class: 'pick-words' }, text, detail),
    ),
  );
  return {
    element,
    show(label) {
      text.textContent = label?.text ?? empty;
      text.classList.toggle('placeholder', label === undefined);
      detail.textContent = label?.detail === undefined ? '' : ` ${label.detail}`;
    },
  };
}
