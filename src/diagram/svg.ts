// Answers: how is a trace drawn in a file of its own? Title, verdict, and the diagrams of request and reply as one SVG with its own
// colours, light or dark as the viewer asks. No script, no link, nothing loaded; every name and sentence is escaped text.
import type { LegView, TraceView } from '../features/traceViewShape';
import { description, drawLayout, iconShape, shape, type Shape } from './draw';
import { measureByTable } from './fontTable';
import type { IconName } from './icons';
import { layOut } from './layout';
import type { RowStyle } from './rows';
import { diagramRules, type DiagramLook } from './style';
import { breakText } from './text';

const fonts = {
  interfaceFont: "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif",
  codeFont: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
};

export const light: DiagramLook = {
  text: '#1f2328',
  dim: '#59636e',
  ground: '#ffffff',
  box: '#f6f8fa',
  border: '#afb8c1',
  podBorder: '#5a8fd8',
  accent: '#0b5fcc',
  good: '#1a7f37',
  bad: '#cf222e',
  warn: '#8a5a00',
  ...fonts,
};

export const dark: DiagramLook = {
  text: '#e6edf3',
  dim: '#9aa4af',
  ground: '#0d1117',
  box: '#161b22',
  border: '#4a535d',
  podBorder: '#3f6fb5',
  accent: '#6cb0ff',
  good: '#56d364',
  bad: '#ff7b72',
  warn: '#e3b341',
  ...fonts,
};

const width = 1120;
const margin = 24;
const inner = width - 2 * margin;

/** The shown way as an SVG document, ending in a line feed. */
export function traceSvg(view: TraceView): string {
  const { way, banner } = view;
  const page = startPage();
  page.line(view.title, 'heading', 18);
  page.gap(6);
  const toneIcon: IconName = banner.icon;
  page.add(iconShape(toneIcon, 16, margin, page.y + 1));
  page.line(banner.title, `verdict tone-${banner.tone}`, 18, 22);
  page.text(banner.words, '', 22);
  if (banner.symptom !== undefined) page.text(banner.symptom, 'note', 22);
  page.gap(6);
  if (view.ways.length > 1 && way !== undefined)
    page.text(
      `Drawn: ${way.label}, ${way.banner.title.toLowerCase()}, one of ${view.ways.length} ways.`,
      'note',
    );
  if (way?.about !== undefined) page.text(way.about, 'note');
  page.text(`Profile: ${view.profile.words}`, 'note');
  if (view.profile.inferred !== undefined) page.text(view.profile.inferred, 'note');
  if (way?.mtu !== undefined) page.text(`Path MTU: ${way.mtu}`, 'note');
  for (const leg of legsOf(view)) {
    page.gap(14);
    page.line(leg.kind === 'request' ? 'Request' : 'Reply', 'heading', 18);
    page.gap(8);
    const layout = layOut(leg, inner, measureByTable);
    const place = `translate(${margin} ${page.y})`;
    page.add(
      shape(
        'g',
        { class: 'diagram', transform: place, role: 'img', 'aria-label': description(leg) },
        drawLayout(layout),
      ),
    );
    page.gap(layout.height);
  }
  page.gap(margin);
  const root = shape(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: Math.ceil(page.y),
      viewBox: `0 0 ${width} ${Math.ceil(page.y)}`,
      class: 'trace',
    },
    shape('title', {}, view.title),
    [styleShape(), shape('rect', { class: 'ground', width: '100%', height: '100%' }), ...page.shapes],
  );
  return `${printed(root)}\n`;
}

function legsOf({ way }: TraceView): readonly LegView[] {
  if (way === undefined) return [];
  return way.reply === undefined ? [way.request] : [way.request, way.reply];
}

/** Puts one thing below the other. */
function startPage() {
  const shapes: Shape[] = [];
  let y = margin;
  const line = (text: string, look: string, height: number, indent = 0): void => {
    shapes.push(
      shape('text', { class: `words ${look}`.trim(), x: margin + indent, y: y + height - 4 }, text),
    );
    y += height;
  };
  return {
    shapes,
    get y() {
      return y;
    },
    add: (drawn: Shape): void => {
      shapes.push(drawn);
    },
    gap: (height: number): void => {
      y += height;
    },
    line,
    /** A sentence in as many lines as it needs. */
    text: (text: string, look: string, indent = 0): void => {
      const style: RowStyle = 'text';
      for (const part of breakText(text, inner - indent, style, 6, measureByTable))
        line(part, look, 17, indent);
    },
  };
}

function styleShape(): Shape {
  const css = `${rulesFor(light)}\n@media (prefers-color-scheme: dark) {\n${rulesFor(dark)}\n}`;
  return shape('style', {}, css);
}

function rulesFor(look: DiagramLook): string {
  const { text, dim, ground, good, bad, warn, interfaceFont } = look;
  return [
    `.trace .ground { fill: ${ground} }`,
    `.trace .words { font: 12px ${interfaceFont}; fill: ${text} }`,
    '.trace .heading, .trace .verdict { font-size: 14px; font-weight: 600 }',
    `.trace .note { fill: ${dim} }`,
    `.trace .tone-good { fill: ${good} }`,
    `.trace .tone-bad { fill: ${bad} }`,
    `.trace .tone-mixed, .trace .tone-unknown { fill: ${warn} }`,
    `.trace > .icon { color: ${text} }`,
    diagramRules(look, '.trace .diagram'),
  ].join('\n');
}

export function printed({ tag, attributes, children }: Shape): string {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [` ${name}="${escapeXml(typeof value === 'number' ? rounded(value) : value)}"`],
  );
  const start = `<${tag}${written.join('')}`;
  if (children.length === 0) return `${start}/>`;
  const content = children.map((child) => (typeof child === 'string' ? escapeXml(child) : printed(child)));
  // Between text and its parts a line feed would be a space.
  const feed = children.some((child) => typeof child === 'string') || tag === 'text' ? '' : '\n';
  return `${start}>${feed}${content.join(feed)}${feed}</${tag}>`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Text and attribute values; what XML cannot hold, and what turns the direction of text, becomes a replacement character. */
export function escapeXml(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu,
      '\ufffd',
    )
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
