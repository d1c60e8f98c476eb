// Answers: what can be chosen above the matrix? Filters for sources and destinations, a port, the size of cells, and folding.
import type { MatrixPicks } from '../../src/features/matrixShape';
import { h } from '../h';
import { button, dropdown, textField } from '../toolkit';
import { drawCell, type Colours } from './look';

export interface Controls {
  readonly element: HTMLElement;
  show(picks: MatrixPicks): void;
}

const sizes: readonly { readonly value: MatrixPicks['size']; readonly text: string }[] = [
  { value: 'small', text: 'small' },
  { value: 'medium', text: 'medium' },
  { value: 'large', text: 'large' },
];

export function controls(change: (changed: Partial<MatrixPicks>) => void): Controls {
  const sources = textField('Sources', 'shop, web, outside', (text) => change({ sources: text.trim() }));
  const destinations = textField('Destinations', 'shop, db, outside', (text) =>
    change({ destinations: text.trim() }),
  );
  const port = textField('Port', 'any, or tcp/5432', (text) => change({ port: text.trim() }));
  const size = dropdown('Cells', (value) => {
    const chosen = sizes.find((each) => each.value === value);
    if (chosen !== undefined) change({ size: chosen.value });
  });
  const fold = (folding: MatrixPicks['folding']) => (): void => change({ folding, toggled: [] });
  const element = h(
    'div',
    { class: 'fields' },
    sources.element,
    destinations.element,
    port.element,
    size.element,
    h(
      'div',
      { class: 'output' },
      button('Fold All', 'secondary', fold('folded'), 'Show one row and column for each namespace'),
      button('Unfold All', 'secondary', fold('open'), 'Show every workload'),
    ),
  );
  return {
    element,
    show(picks) {
      sources.set(picks.sources);
      destinations.set(picks.destinations);
      port.set(picks.port);
      size.set(sizes, picks.size);
    },
  };
}

export interface Legend {
  readonly element: HTMLElement;
  show(port: string | null, colours: Colours): void;
}

/** What the shapes mean. */
export function legend(): Legend {
  const element = h('ul', { class: 'key', 'aria-label': 'What the signs mean' });
  return {
    element,
    show(port, colours) {
      const words =
        port === null
          ? ['all ports', 'some ports', 'none', 'not looked at']
          : [`open on ${port}`, 'some pairs open', 'closed', 'not looked at'];
      element.replaceChildren(
        ...[2, 1, 0, 3].map((value, index) => {
          const sign = document.createElement('canvas');
          const ratio = window.devicePixelRatio;
          sign.width = sign.height = Math.round(14 * ratio);
          sign.className = 'sign';
          sign.setAttribute('aria-hidden', 'true');
          const context = sign.getContext('2d');
          if (context !== null) drawCell(context, value, sign.width, colours);
          return h('li', {}, sign, words[index]);
        }),
      );
    },
  };
}
