// Answers: how does the page show a sign? As an element of its own, always decoration: the word next to it says the same.
import { iconPaths, type IconName } from '../src/diagram/icons';
import { s } from './h';

/** An icon of `size` pixels. */
export function icon(name: IconName, size = 16): SVGSVGElement {
  const shape = s('path', {
    d: iconPaths[name],
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.3,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
  const attributes = { class: `icon icon-${name}`, width: size, height: size, viewBox: '0 0 16 16' };
  return s('svg', { ...attributes, 'aria-hidden': 'true', focusable: 'false' }, shape);
}
