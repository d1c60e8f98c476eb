// Answers: how do the shapes of a diagram look? One set of rules by class, with the colours and fonts filled in: a page gives the
// editor's variables, a file gives a palette. Plain CSS without variables of its own, which every viewer of SVG understands.
// Nothing is said by colour alone: lines are dashed or double, signs have shapes, what changed is bold.

/** CSS values. */
export interface DiagramLook {
  readonly text: string;
  readonly dim: string;
  /** Behind everything. */
  readonly ground: string;
  readonly box: string;
  readonly border: string;
  /** Of boxes of pods. */
  readonly podBorder: string;
  /** Lines that the packet takes, and network namespaces. */
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  readonly interfaceFont: string;
  readonly codeFont: string;
}

/** @param within a selector of the drawing, e.g. `.diagram`. */
export function diagramRules(look: DiagramLook, within: string): string {
  const { text, dim, ground, box, border, podBorder, accent, good, bad, warn } = look;
  const rules: readonly (readonly [selectors: string, declarations: string])[] = [
    ['text', `font: 12px ${look.interfaceFont}; fill: ${text}`],
    ['.style-title text', 'font-weight: 600'],
    ['.style-dim text, text.style-dim, text.movement', `font: 11px ${look.interfaceFont}; fill: ${dim}`],
    ['.style-code text:not(.movement), text.style-code', `font: 11px ${look.codeFont}`],
    ['.changed', 'font-weight: 700'],
    ['.frame', `fill: ${box}; stroke: ${border}`],
    ['.box-pod .frame', `stroke: ${podBorder}`],
    ['.box-outside .frame, .box-gateway .frame', 'stroke-dasharray: 2 3'],
    [
      '.netns',
      `fill: ${accent}; fill-opacity: 0.06; stroke: ${accent}; stroke-opacity: 0.75; stroke-dasharray: 4 3`,
    ],
    ['.missed .frame, .missed .netns', `fill: none; stroke: ${dim}; stroke-dasharray: 3 4`],
    ['.missed .row', 'opacity: 0.85'],
    ['.stops .frame', `stroke: ${bad}; stroke-width: 2`],
    ['.track', `fill: none; stroke: ${accent}; stroke-width: 1.5`],
    ['.dot', `fill: ${box}; stroke: ${accent}; stroke-width: 2`],
    ['.back', 'fill: none; stroke: none'],
    ['.icon', `color: ${dim}`],
    ['.look-nat .icon', `color: ${warn}`],
    ['.look-tunnel .icon, .look-proxy .icon', `color: ${accent}`],
    ['.icon-shield-pass, .look-end .icon', `color: ${good}`],
    ['.icon-shield-deny, .look-drop .icon, .edge .icon-cross', `color: ${bad}`],
    ['.look-drop .back', `fill: ${bad}; fill-opacity: 0.16; stroke: ${bad}; stroke-width: 1.5`],
    ['.line', `fill: none; stroke: ${accent}; stroke-width: 1.5`],
    ['.pipe', `fill: none; stroke: ${accent}; stroke-width: 11`],
    ['.bore', `fill: none; stroke: ${ground}; stroke-width: 8`],
    ['.head', `fill: ${accent}`],
    ['.leader', `fill: none; stroke: ${dim}; stroke-dasharray: 1 3`],
    ['.card', `fill: ${ground}; stroke: ${border}`],
    ['.tunnel .card', `stroke: ${accent}; stroke-width: 1.5`],
    ['.inner', `fill: ${box}; stroke: ${border}; stroke-dasharray: none`],
    ['.edge.missed .line', `stroke: ${bad}; stroke-dasharray: 4 4`],
    ['.edge.turn .line', 'stroke-dasharray: 6 4'],
    ['.edge.turn .card', 'stroke: none'],
    ['.stop', `fill: ${ground}; stroke: ${bad}; stroke-width: 1.5`],
  ];
  return rules
    .map(([selectors, declarations]) => {
      const scoped = selectors.split(', ').map((selector) => `${within} ${selector}`);
      return `${scoped.join(', ')} { ${declarations} }`;
    })
    .join('\n');
}
