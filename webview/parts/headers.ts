// Answers: what would a capture show at each hop? One row per device; what changed since the row above is marked in weight
// and by a sign, and said to screen readers.
import type { HopView, LegView, OuterView, SocketView } from '../../src/features/traceViewShape';
import { h, type Child } from '../h';

export interface HeaderTable {
  readonly element: HTMLElement;
  /** Marks the hop's row. */
  highlight(hop: number | undefined): void;
}

/** @param inferred the TTL follows from sources only. */
export function headerTable(leg: LegView, inferred: boolean, onSelect: (step: number) => void): HeaderTable {
  const rows = leg.hops.map((hop) => headerRow(hop, onSelect));
  const columns = ['Hop', 'Device', 'Source', 'Destination', inferred ? 'TTL (inferred)' : 'TTL'];
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
  const { header, outer, mtu, opens, steps } = hop;
  const first = steps[0];
  const outerLine = (text: (outer: OuterView) => string): Child =>
    outer === undefined ? undefined : h('div', { class: 'outer' }, h('code', {}, text(outer)));
  return h(
    'tr',
    {
      class: opens === undefined ? '' : 'opens',
      onclick: () => (first === undefined ? undefined : onSelect(first)),
    },
    h('td', { class: 'number' }, String(hop.index + 1)),
    h(
      'td',
      {},
      opens === undefined ? undefined : h('div', { class: 'new-connection' }, opens),
      outer === undefined ? undefined : h('div', { class: 'outer' }, `in ${outer.kind}, ${outer.detail}`),
      h('code', {}, hop.device),
      ` ${hop.movement.split(' ')[0] ?? ''}`,
      h('div', { class: 'place' }, hop.place, mtu === undefined ? '' : `, MTU ${mtu}`),
    ),
    h(
      'td',
      {},
      outerLine(({ source }) => source),
      socket(header.source),
    ),
    h(
      'td',
      {},
      outerLine(({ destination }) => destination),
      socket(header.destination),
    ),
    h(
      'td',
      { class: 'ttl' },
      outerLine(({ ttl }) => String(ttl)),
      changed(String(header.ttl), header.ttlChanged),
      header.ttlChanged ? changedSign() : undefined,
    ),
  );
}

/** Address and port, each marked for itself. */
function socket({ address, port, addressChanged, portChanged }: SocketView): Child {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  return [
    changed(host, addressChanged),
    port === undefined ? undefined : changed(`:${port}`, portChanged),
    addressChanged || portChanged ? changedSign() : undefined,
  ];
}

function changed(text: string, isChanged: boolean): Child {
  return h('code', { class: isChanged ? 'changed' : '' }, text);
}

function changedSign(): HTMLElement {
  return h(
    'span',
    { class: 'changed-sign', title: 'changed since the hop above' },
    h('span', { 'aria-hidden': 'true' }, '•'),
    h('span', { class: 'visually-hidden' }, ' changed'),
  );
}
