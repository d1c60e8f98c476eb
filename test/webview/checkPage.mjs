// Looks at the trace page in a real browser and prints, as JSON, what is wrong by check: nothing is an empty list.
// Run by page.test.ts, or by hand: `node test/webview/checkPage.mjs`.
import { axe, checkPage, preview, printFound, requests, same } from './checking.mjs';

/** @typedef {import('./checking.mjs').Page} Page */

/** Opens the page, and lets `look` find what is wrong. */
function check(
  /** @type {string} */ name,
  /** @type {{ state: string, theme?: string, width?: number }} */ { state, theme = 'dark', width = 1100 },
  /** @type {(page: Page) => Promise<string[]>} */ look,
) {
  return checkPage(name, `${state} ${theme} ${width}`, preview.open(state, theme, width), look);
}

/** @returns {Promise<unknown[][]>} what the page asked its host, `ready` left out */
async function asked(/** @type {Page} */ page) {
  return (await requests(page)).filter(([method]) => method !== 'ready');
}

for (const [state, theme, width] of /** @type {const} */ ([
  ['empty', 'dark', 1100],
  ['problem', 'light', 1100],
  ['service-locked', 'light', 1100],
  ['service-locked', 'dark', 1100],
  ['service-locked', 'high-contrast', 1100],
  ['denied', 'light', 420],
  ['markup', 'dark', 760],
  ['vxlan', 'light', 1200],
  ['vxlan', 'high-contrast', 620],
  ['ingress', 'dark', 1200],
  ['dns-blocked', 'light', 1100],
  ['cilium', 'high-contrast', 1200],
  ['compare', 'light', 1100],
  ['compare-service', 'dark', 760],
  ['compare', 'high-contrast', 620],
]))
  await check('axe', { state, theme, width }, async (page) => {
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { violations, passes } = await Reflect.get(window, 'axe').run(document);
      const said = violations.map(
        (/** @type {any} */ each) =>
          `${each.id}: ${each.nodes.map((/** @type {any} */ node) => `${node.target.join(' ')} ${node.any?.[0]?.message ?? ''}`).join('; ')}`,
      );
      return passes.some((/** @type {any} */ each) => each.id === 'color-contrast')
        ? said
        : [...said, 'axe looked at no text'];
    });
  });

/** Runs in the page. @returns {string[]} texts that leave their box or overlap, and a page or drawing that is cut off */
function misfits() {
  /** @type {string[]} */
  const problems = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
  const svg = document.querySelector('.diagram')?.getBoundingClientRect();
  const stage = document.querySelector('.stage')?.getBoundingClientRect();
  if (svg === undefined || stage === undefined || svg.right > stage.right + 1)
    problems.push('the diagram is cut off');
  for (const box of document.querySelectorAll('.diagram .box')) {
    const frame = box.querySelector('.frame')?.getBoundingClientRect();
    if (frame === undefined) continue;
    let bottom = 0;
    for (const text of box.querySelectorAll('.row > text:not(.movement)')) {
      const place = text.getBoundingClientRect();
      if (place.left < frame.left || place.right > frame.right || place.bottom > frame.bottom)
        problems.push(`"${text.textContent ?? ''}" leaves its box`);
      if (place.top < bottom - 4) problems.push(`"${text.textContent ?? ''}" overlaps the line above`);
      bottom = place.bottom;
    }
  }
  for (const edge of document.querySelectorAll('.diagram .edge')) {
    const card = edge.querySelector('.card')?.getBoundingClientRect();
    for (const text of edge.querySelectorAll('text')) {
      const place = text.getBoundingClientRect();
      if (card === undefined || place.left < card.left || place.right > card.right)
        problems.push(`"${text.textContent ?? ''}" leaves its card`);
    }
  }
  return problems;
}

for (const state of [
  'reachable',
  'service',
  'host-network',
  'markup',
  'vxlan',
  'ingress',
  'node-port-remote',
  'ipv6',
  'compare-service',
])
  await check('fits', { state }, async (page) => {
    const problems = [];
    for (const width of [1200, 760, 420, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction(() => {
        const stage = document.querySelector('.stage')?.clientWidth ?? 0;
        const drawn = document.querySelector('.diagram')?.getAttribute('data-for');
        return drawn === String(stage);
      });
      problems.push(...(await page.evaluate(misfits)).map((problem) => `at ${width}: ${problem}`));
    }
    return problems;
  });

/** Runs in the SVG file. @returns {string[]} texts that leave their box or card, or the picture */
function misfitsOfFile() {
  /** @type {string[]} */
  const problems = [];
  const right = document.documentElement.getBoundingClientRect().right;
  for (const text of document.querySelectorAll('text')) {
    const place = text.getBoundingClientRect();
    const frame = (
      text.closest('.box')?.querySelector('.frame') ?? text.closest('.card-group')?.querySelector('.card')
    )?.getBoundingClientRect();
    const [from, to] = frame === undefined ? [0, right] : [frame.left, frame.right];
    if (place.left < from || place.right > to) problems.push(`"${text.textContent ?? ''}" leaves its place`);
  }
  return problems;
}

for (const state of ['service-locked', 'vxlan', 'ingress', 'ipv6', 'markup', 'outside'])
  await check('file', { state }, async (page) => {
    const text = /** @type {string} */ (await page.evaluate(() => Reflect.get(window, 'svgFile')()));
    const file = await preview.openFile(text);
    const problems = await file.evaluate(misfitsOfFile);
    const drawn = await file.locator('.box').count();
    /** @type {string[]} */
    const grounds = [];
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await file.emulateMedia({ colorScheme });
      grounds.push(await file.locator('.ground').evaluate((element) => getComputedStyle(element).fill));
    }
    await file.close();
    return [
      ...problems,
      ...(drawn > 0 ? [] : ['nothing is drawn']),
      ...same('the grounds', grounds, ['rgb(255, 255, 255)', 'rgb(13, 17, 23)']),
    ];
  });

await check('markup', { state: 'markup' }, (page) =>
  page.evaluate(() => [
    ...(document.querySelector('img') === null ? [] : ['a name became an image']),
    ...(document.title === 'Trace' ? [] : ['a name ran as a script']),
    ...(document.body.textContent?.includes('<img src=x onerror=') === true ? [] : ['the name is not shown']),
  ]),
);

await check('keyboard', { state: 'service-locked' }, async (page) => {
  const marked = () =>
    page.evaluate(() => ({
      focus: document.activeElement?.querySelector('.step-number')?.textContent ?? '',
      current: document.querySelector('.step[aria-current="step"] .step-number')?.textContent ?? '',
      stops: document.querySelectorAll('.step[tabindex="0"]').length,
      inDiagram: [...document.querySelectorAll('.diagram .row.selected')].map((row) =>
        row.getAttribute('data-step'),
      ),
      row: document.querySelector('.headers tr.selected .number')?.textContent ?? '',
    }));
  await page.locator('.step[tabindex="0"]').focus();
  const first = await marked();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const third = await marked();
  await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.activeElement?.className ?? '');
  return [
    ...same('focus at first', first.focus, '8'),
    ...same('after Home and two downs', third, {
      focus: '3',
      current: '3',
      stops: 1,
      inDiagram: ['2', '2', '2', '2'],
      row: '2',
    }),
    ...same('after Tab', inside, 'link'),
  ];
});

await check('ways by keyboard', { state: 'service' }, async (page) => {
  await page.getByRole('radio').first().focus();
  const seen = [];
  for (const way of ['1', '2']) {
    const before = await page.locator('.answer-parts').elementHandle();
    await page.keyboard.press('ArrowDown');
    await before?.waitForElementState('hidden');
    seen.push(await page.evaluate(() => document.activeElement?.getAttribute('value') ?? 'nothing'), way);
  }
  return same('the way in focus, and the one expected', seen, ['1', '1', '2', '2']);
});

await check('diagram to list', { state: 'reachable' }, async (page) => {
  await page.locator('.diagram .look-policy').first().click();
  const step = await page.locator('.step[aria-current="step"] .step-title').textContent();
  return same('the step marked', step, 'Egress policies');
});

await check('tabs', { state: 'reachable' }, async (page) => {
  await page.getByRole('tab', { name: /Request/ }).focus();
  await page.keyboard.press('ArrowRight');
  const selected = await page.getByRole('tab', { selected: true }).textContent();
  const list = await page.getByRole('list', { name: 'Steps of the reply' }).isVisible();
  const drawn = await page.locator('#panel-reply .diagram').isVisible();
  return [
    ...same('the tab', selected, 'Reply 9 hops'),
    ...same('its list and diagram', [list, drawn], [true, true]),
  ];
});

await check('requests', { state: 'service' }, async (page) => {
  await page.getByRole('button', { name: /^Source: / }).click();
  await page.getByRole('button', { name: /^Destination: / }).click();
  await page.getByRole('button', { name: 'Swap source and destination' }).click();
  await page.getByRole('radio').nth(2).check();
  const port = page.locator('vscode-text-field');
  await port.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('postgres');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Protocol' }).click();
  await page.getByRole('option', { name: 'UDP' }).click();
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await page.getByRole('button', { name: 'Mermaid' }).click();
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('button', { name: 'shop.yaml:4', exact: true }).first().click();
  const made = await asked(page);
  const last = /** @type {unknown[]} */ (made.at(-1));
  const location = /** @type {{ file: string, line: number }} */ (last[1]);
  return [
    ...same('the requests', made.slice(0, -1), [
      ['pickSource'],
      ['pickDestination'],
      ['swap'],
      ['chooseWay', 2],
      ['setPort', 'postgres'],
      ['setProtocol', 'UDP'],
      ['trace'],
      ['copy', 'mermaid'],
      ['exportTrace'],
    ]),
    ...same('the last', [last[0], location.file, location.line], ['reveal', 'k8s/shop.yaml', 3]),
  ];
});

await check('profiles', { state: 'compare-service' }, async (page) => {
  const profile = { cni: 'cilium-native', kubeProxy: 'none' };
  const shown = await page.locator('.comparison tr:has(input:checked) .names').innerText();
  await page.getByRole('switch', { name: 'Compare profiles', checked: true }).click();
  await page.locator('.comparison tr', { hasText: 'kindnet (iptables' }).getByRole('radio').check();
  await page.getByRole('button', { name: 'Back to this cluster’s own' }).click();
  await page.locator('.comparison tr', { hasText: 'this cluster' }).getByRole('radio').check();
  return [
    ...same('the row that is shown', shown.split('\n')[0], 'cilium-native (no kube-proxy)'),
    ...same('the requests', await asked(page), [
      ['compare', false],
      ['setProfile', { cni: 'kindnet', kubeProxy: 'iptables' }],
      ['setProfile', null],
      ['setProfile', null],
    ]),
    ...same('what is kept', await page.evaluate(() => Reflect.get(window, 'keptState')().profile), profile),
  ];
});

await check('kept picks', { state: 'denied' }, async (page) =>
  same('what is kept', await page.evaluate(() => Reflect.get(window, 'keptState')()), {
    from: { kind: 'pod', namespace: 'default', name: 'stranger' },
    to: { kind: 'pod', namespace: 'shop', name: 'db-0' },
    port: 5432,
    protocol: 'TCP',
    way: 0,
  }),
);

await printFound();
