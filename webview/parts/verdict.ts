// Answers: can they talk? The verdict in words with its icon, between whom, and the line that decides; below it, when a
// Service or workload has several endpoints, each way with its own verdict to choose from.
import type { BannerView, EndView, TraceView, WaySummary } from '../../src/features/traceViewShape';
import type { VerdictId } from '../../src/trace/trace';
import { h, type Child } from '../h';
import { icon } from '../icons';
import { link, links, type Reveal } from './links';

export function verdict(view: TraceView, reveal: Reveal, allow: () => void): HTMLElement {
  const { banner } = view;
  return h(
    'section',
    { class: `verdict tone-${banner.tone}`, 'aria-labelledby': 'verdict-title' },
    icon(banner.icon, 24),
    h(
      'div',
      { class: 'verdict-words' },
      h('h2', { id: 'verdict-title' }, banner.title),
      h('p', { class: 'verdict-sentence' }, banner.words),
      banner.symptom === undefined ? undefined : h('p', { class: 'symptom' }, banner.symptom),
      decidedAt(banner, reveal),
      banner.advice === undefined ? undefined : h('p', { class: 'advice' }, banner.advice),
      stopsAtPolicy(view)
        ? h(
            'p',
            { class: 'allow' },
            h('button', { type: 'button', class: 'chip', onclick: allow }, 'Allow This Connection…'),
          )
        : undefined,
      h('dl', { class: 'ends' }, end('From', view.source, reveal), end('To', view.destination, reveal)),
    ),
  );
}

/** Where a rule of a NetworkPolicy may let the connection, or the name lookup before it, through. */
const mayBeAllowed: readonly VerdictId[] = ['dropped-policy', 'denied-baseline', 'dns-failed'];

function stopsAtPolicy({ banner, ways: all }: TraceView): boolean {
  return [banner, ...all.map((way) => way.banner)].some(
    ({ verdict: id, result }) => result !== 'Reachable' && mayBeAllowed.includes(id),
  );
}

function decidedAt(banner: BannerView, reveal: Reveal): Child {
  if (banner.links.length === 0) return undefined;
  return h('p', { class: 'decided' }, banner.linksTitle, links(banner.links, reveal));
}

function end(name: string, view: EndView | undefined, reveal: Reveal): Child {
  if (view === undefined) return undefined;
  const where =
    view.node === undefined || view.label === `node ${view.node}` ? undefined : ` on ${view.node}`;
  return h(
    'div',
    {},
    h('dt', {}, name),
    h(
      'dd',
      {},
      view.label,
      view.address === undefined || view.label.startsWith(view.address)
        ? undefined
        : [' ', h('code', {}, view.address)],
      view.provenance === undefined ? undefined : h('span', { class: 'provenance' }, ` ${view.provenance}`),
      where,
      view.link === undefined ? undefined : [' ', link(view.link, reveal)],
    ),
  );
}

const mostWays = 200;

/** Radio buttons, so that arrow keys go through the ways; undefined when there is only one. */
export function ways(
  all: readonly WaySummary[],
  chosen: number | undefined,
  choose: (index: number) => void,
): HTMLElement | undefined {
  if (all.length < 2) return undefined;
  const differ = all.some(({ banner }) => banner.result !== all[0]?.banner.result);
  const more = all.length - mostWays;
  return h(
    'fieldset',
    { class: 'ways' },
    h('legend', {}, `${all.length} ways`),
    h(
      'p',
      { class: 'hint' },
      'A connection takes one of them. The diagram and the lists show the one that is chosen.',
    ),
    h(
      'div',
      { class: 'ways-list' },
      all.slice(0, mostWays).map((way) =>
        h(
          'label',
          { class: `way tone-${way.banner.tone}` },
          h('input', {
            type: 'radio',
            name: 'way',
            value: way.index,
            checked: way.index === chosen,
            onchange: () => choose(way.index),
          }),
          icon(way.banner.icon, 16),
          h('span', { class: 'way-result' }, way.banner.title),
          h(
            'span',
            { class: 'way-label' },
            way.label,
            // Where the ways differ, each that does not arrive says why.
            differ && way.banner.result !== 'Reachable'
              ? h('span', { class: 'way-reason' }, way.banner.words)
              : undefined,
          ),
          h('span', { class: 'way-share' }, way.share ?? ''),
        ),
      ),
    ),
    more > 0 ? h('p', { class: 'hint' }, `${more} more are not listed.`) : undefined,
  );
}
