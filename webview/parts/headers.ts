// Answers: what would a capture show at each hop? One row per device; what changed since the row above is marked in weight
// and by a sign, and said to screen readers.
import type { HeaderField, HopView, LegView } from '../../src/features/traceViewShape';
import { socketText } from '../diagramLayout';
import { h } from '../h';

export interface HeaderTable {
  readonly element: HTMLElement;
  /** Marks the hop's row. */
  highlight(hop: number | undefined): void;
}

export function headerTable(leg: LegView, onSelect: (step: number) => void): HeaderTable {
  const rows = leg.hops.map((hop) => headerRow(hop, onSelect));
  const columns = ['Hop', 'Device', 'Source', 'Destination', 'TTL'];
  const element = h(
    'div',
    {
      class: 'table-scroll',
      tabindex: 0,
      role: 'region',
      'aria-label': `Headers of the ${leg.kind} at each hop`,
    },
    h(
      'table',
      { class: 'headers' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
  return {
    element,
    highlight(hop) {
      for (const [index, row] of rows.entries()) row.classList.toggle('selected', index === hop);
    },
  };
}

function headerRow(hop: HopView, onSelect: (step: number) => void): HTMLElement {
  const { header, steps } = hop;
  const first = steps[0];
  const cell = (text: string, ...fields: readonly HeaderField[]): HTMLElement => {
    const changed = fields.some((field) => header.changed.includes(field));
    return h(
      'td',
      { class: changed ? 'changed' : '' },
      h('code', {}, text),
      changed
        ? h(
            'span',
            { class: 'changed-sign', title: 'changed since the hop above' },
            h('span', { 'aria-hidden': 'true' }, '•'),
            h('span', { class: 'visually-hidden' }, ' changed'),
          )
        : undefined,
    );
  };
  return h(
    'tr',
    { onclick: () => (first === undefined ? undefined : onSelect(first)) },
    h('td', { class: 'number' }, String(hop.index + 1)),
    h(
      'td',
      {},
      h('code', {}, hop.device),
      ` ${hop.movement.split(' ')[0] ?? ''}`,
      h('div', { class: 'place' }, hop.place),
    ),
    cell(socketText(header.source, header.sourcePort), 'source', 'sourcePort'),
    cell(socketText(header.destination, header.destinationPort), 'destination', 'destinationPort'),
    cell(String(header.ttl), 'ttl'),
  );
}
