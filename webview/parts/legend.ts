// Answers: what do the signs of the diagram mean?
import { h } from '../h';
import { icon, type IconName } from '../icons';

const signs: readonly (readonly [IconName, string])[] = [
  ['dot', 'device'],
  ['rewrite', 'address rewritten'],
  ['shield-pass', 'policy admits'],
  ['shield', 'no policy isolates, or exempt'],
  ['shield-deny', 'policy denies'],
  ['shield-unknown', 'policy cannot be told'],
  ['cross', 'dropped'],
  ['pause', 'pause container'],
];

export function legend(): HTMLElement {
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Legend of the diagram' },
    signs.map(([name, words]) => h('li', {}, icon(name, 14), words)),
    h('li', {}, h('span', { class: 'swatch dashed', 'aria-hidden': 'true' }), 'network namespace'),
    h('li', {}, h('strong', {}, '10.0.0.1'), ' changed on the way'),
  );
}
