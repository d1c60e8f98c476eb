// Answers: how is a way drawn on the page? The shapes of src/diagram become SVG elements in the editor's colours. For assistive
// technology it is one picture with a description; the list of steps beside it is its twin that the keyboard walks.
import { description, drawLayout, type Shape } from '../src/diagram/draw';
import { layOut } from '../src/diagram/layout';
import type { RowStyle } from '../src/diagram/rows';
import { diagramRules } from '../src/diagram/style';
import type { Measure } from '../src/diagram/text';
import type { LegView } from '../src/features/traceViewShape';
import { h, s } from './h';

export interface Diagram {
  readonly element: HTMLElement;
  /** Marks the device and the sign that belong to the step. */
  highlight(step: number | undefined): void;
  dispose(): void;
}

/** @param onSelect told the step of the device or sign that was clicked. */
export function diagram(leg: LegView, onSelect: (step: number) => void): Diagram {
  const stage = h('div', { class: 'stage', onclick: ({ target }) => selectAt(target, onSelect) });
  let shown: number | undefined;
  let width = 0;
  const draw = (): void => {
    const available = Math.floor(stage.clientWidth);
    if (available === 0 || available === width) return;
    width = available;
    stage.replaceChildren(drawing(leg, available, measureWith(stage)));
    highlight(shown);
  };
  const observer = new ResizeObserver(draw);
  observer.observe(stage);
  function highlight(step: number | undefined): void {
    shown = step;
    const hop = step === undefined ? undefined : leg.steps[step]?.hop;
    for (const row of stage.querySelectorAll('[data-hop]')) {
      const isHop = hop !== undefined && row.getAttribute('data-hop') === String(hop);
      const isStep = row.getAttribute('data-step') === String(step);
      row.classList.toggle('selected', isHop && (isStep || row.classList.contains('look-hop')));
    }
  }
  return { element: stage, highlight, dispose: () => observer.disconnect() };
}

function selectAt(target: EventTarget | null, onSelect: (step: number) => void): void {
  const step = target instanceof Element ? target.closest('[data-step]')?.getAttribute('data-step') : null;
  if (step !== null && step !== undefined) onSelect(Number(step));
}

function drawing(leg: LegView, available: number, measure: Measure): SVGSVGElement {
  const layout = layOut(leg, available, measure);
  return s(
    'svg',
    {
      class: 'diagram',
      role: 'img',
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      'aria-label': `${description(leg)} The list of steps says the same.`,
      'data-for': available,
    },
    drawLayout(layout).map(elementOf),
  );
}

function elementOf({ tag, attributes, children }: Shape): SVGElement {
  return s(
    tag,
    attributes,
    children.map((child) => (typeof child === 'string' ? child : elementOf(child))),
  );
}

/** The rules of the drawing in the editor's colours; the variables are those of styles/base.css. */
export function adoptDiagramRules(): void {
  const sheet = new CSSStyleSheet();
  const rules = diagramRules(
    {
      text: 'var(--vscode-foreground)',
      dim: 'var(--dim)',
      ground: 'var(--vscode-editor-background)',
      box: 'var(--card)',
      border: 'var(--vscode-contrastBorder, var(--edge))',
      podBorder: 'var(--vscode-contrastBorder, color-mix(in srgb, var(--accent) 60%, var(--line)))',
      accent: 'var(--accent)',
      good: 'var(--good)',
      bad: 'var(--bad)',
      warn: 'var(--warn)',
      interfaceFont: 'var(--vscode-font-family)',
      codeFont: 'var(--code)',
    },
    '.diagram',
  );
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Measures as the page draws: in its fonts, at the sizes of the rules. */
function measureWith(element: HTMLElement): Measure {
  const canvas = document.createElement('canvas').getContext('2d');
  const styles = getComputedStyle(element);
  const interfaceFont = styles.fontFamily;
  const codeFont = styles.getPropertyValue('--vscode-editor-font-family') || 'monospace';
  const fonts: Readonly<Record<RowStyle, string>> = {
    title: `600 12px ${interfaceFont}`,
    text: `12px ${interfaceFont}`,
    dim: `11px ${interfaceFont}`,
    code: `11px ${codeFont}`,
  };
  return (text, style) => {
    if (canvas === null) return text.length * 7;
    canvas.font = fonts[style];
    return canvas.measureText(text).width;
  };
}
