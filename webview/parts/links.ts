// Answers: how does a reader go to the line of a manifest? A link asks the host to reveal the place; the page opens nothing.
import type { EvidenceView, LinkView } from '../../src/features/traceViewShape';
import type { Location } from '../../src/model/source';
import { h, type Child } from '../h';

export type Reveal = (location: Location) => void;

export function link(view: LinkView, reveal: Reveal): HTMLElement {
  const { file, line } = view.location;
  return h(
    'button',
    {
      type: 'button',
      class: 'link',
      title: `Open ${file} at line ${line + 1}`,
      onclick: (event) => {
        event.stopPropagation();
        reveal(view.location);
      },
    },
    view.label,
  );
}

export function links(views: readonly LinkView[], reveal: Reveal): Child {
  return views.map((view, index) => [index === 0 ? ' ' : ', ', link(view, reveal)]);
}

/** Sentences with how they are known and the line they rest on. */
export function evidence(views: readonly EvidenceView[], reveal: Reveal): Child {
  if (views.length === 0) return undefined;
  return h(
    'ul',
    { class: 'evidence' },
    views.map((view) =>
      h(
        'li',
        {},
        h('span', { class: 'provenance' }, view.provenance),
        ` ${view.text}`,
        view.link === undefined ? undefined : [' ', link(view.link, reveal)],
      ),
    ),
  );
}
