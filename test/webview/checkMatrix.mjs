// Looks at the matrix page in a real browser and prints, as JSON, what is wrong by check: nothing is an empty list.
// Run by matrixPage.test.ts, or by hand. What scrolling costs is measured by measureFrames.mjs.
import { axe, checkPage, preview, printFound, requests, same } from './checking.mjs';

/** @typedef {import('./checking.mjs').Page} Page */

/** Opens the page, and lets `look` find what is wrong. */
function check(
  /** @type {string} */ name,
  /** @type {{ state?: string, theme?: string, width?: number, kept?: unknown }} */ options,
  /** @type {(page: Page) => Promise<string[]>} */ look,
) {
  const { state = 'shop', theme = 'dark' } = options;
  return checkPage(name, `${state} ${theme}`, preview.openMatrix(state, theme, options), look);
}

/** @returns {Promise<unknown[][]>} what the page asked its host by this method */
async function asked(/** @type {Page} */ page, /** @type {string} */ method) {
  return (await requests(page)).filter(([name]) => name === method);
}

/** @returns {Promise<string>} the name of the element that has the focus */
function focused(/** @type {Page} */ page) {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
}

const detail = (/** @type {Page} */ page, /** @type {string} */ text) =>
  page.locator('.detail', { hasText: text }).waitFor({ timeout: 20_000 });

/** Puts the focus on the first cell and waits until its value is known. */
async function enter(/** @type {Page} */ page) {
  await page.locator('.grid [tabindex="0"]').focus();
  await page.waitForFunction(() => {
    const label = document.activeElement?.getAttribute('aria-label') ?? 'not read yet';
    return !label.endsWith('not read yet');
  });
}

for (const [state, theme] of /** @type {const} */ ([
  ['shop', 'light'],
  ['shop', 'dark'],
  ['shop', 'high-contrast'],
  ['many', 'dark'],
  ['nothing', 'light'],
]))
  await check('axe', { state, theme, kept: kept({ focus: 'shop/db[Pod]' }) }, async (page) => {
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

/** @returns {Record<string, unknown>} picks as an earlier page kept them */
function kept(/** @type {Record<string, unknown>} */ changed) {
  return {
    sources: '',
    destinations: '',
    port: '',
    folding: 'auto',
    toggled: [],
    focus: null,
    size: 'medium',
    ...changed,
  };
}

await check('keyboard', {}, async (page) => {
  await enter(page);
  const names = [await focused(page)];
  for (const key of ['Control+End', 'Control+Home', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowUp']) {
    await page.keyboard.press(key);
    names.push(await focused(page));
  }
  const stops = await page.locator('.grid [tabindex="0"]').count();
  return [
    ...same('the way of the focus', names, [
      'namespace monitoring to namespace monitoring: not looked at',
      '0.0.0.0-255.255.255.255 to 0.0.0.0-255.255.255.255: not looked at',
      'namespace monitoring to namespace monitoring: not looked at',
      'monitoring/agent to namespace monitoring: not looked at',
      'monitoring/agent to monitoring/agent: not looked at',
      'namespace monitoring to monitoring/agent: not looked at',
      'to monitoring/agent',
    ]),
    ...same('how many elements take the focus', stops, 1),
  ];
});

await check('values', {}, async (page) => {
  await enter(page);
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowUp');
  const labels = await page
    .locator('.grid [role=row]:has([tabindex="0"]) [role=gridcell]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('aria-label')));
  return same('the row of shop/web', labels, [
    'shop/web to namespace monitoring: all ports, for every pair',
    'shop/web to monitoring/agent: all ports',
    'shop/web to namespace shop: some',
    'shop/web to shop/api: some ports',
    'shop/web to shop/db: nothing',
    'shop/web to shop/web: not looked at',
    'shop/web to 0.0.0.0-255.255.255.255: all ports',
  ]);
});

await check('trace', {}, async (page) => {
  await enter(page);
  for (const key of ['Control+End', 'ArrowUp', 'Home', 'ArrowRight', 'ArrowRight', 'ArrowRight'])
    await page.keyboard.press(key);
  await detail(page, 'shop/web → shop/api: TCP 8080');
  const policy = await page.locator('.detail .link').allInnerTexts();
  await page.keyboard.press('Enter');
  await page.locator('.detail .link').click();
  const [reveal] = await asked(page, 'reveal');
  return [
    ...same('the policies', policy, ['shop/api-from-web (ingress)']),
    ...same('the traces', await asked(page, 'openTrace'), [['openTrace', 'shop/web[Pod]', 'shop/api[Pod]']]),
    ...same('the place', Reflect.get(Object(reveal?.[1]), 'file'), 'k8s/shop.yaml'),
  ];
});

await check('folding', {}, async (page) => {
  await enter(page);
  await page.keyboard.press('ArrowLeft');
  const before = await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded'));
  await page.keyboard.press('Enter');
  await page.locator('.grid[aria-rowcount="7"]').waitFor({ state: 'attached' });
  const after = await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded'));
  await page.getByRole('button', { name: 'Fold All', exact: true }).click();
  await page.locator('.grid[aria-rowcount="4"]').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Unfold All' }).click();
  await page.locator('.grid[aria-rowcount="8"]').waitFor({ state: 'attached' });
  return same('whether monitoring is unfolded, before and after', [before, after], ['true', 'false']);
});

await check('list', {}, async (page) => {
  await enter(page);
  for (const key of ['Control+End', 'ArrowUp', 'ArrowUp', 'Home', 'ArrowLeft', 'Enter'])
    await page.keyboard.press(key);
  const side = page.getByRole('complementary', { name: 'Connections' });
  await side.getByRole('heading', { name: 'shop/db' }).waitFor();
  const received = await side.getByRole('region', { name: 'may be connected from' }).innerText();
  await side.getByRole('region', { name: 'may be connected from' }).getByRole('button').click();
  return [
    ...same('who may connect to db', received.split('\n').slice(1), ['shop/api TCP 5432']),
    ...same('the traces', await asked(page, 'openTrace'), [['openTrace', 'shop/api[Pod]', 'shop/db[Pod]']]),
    ...same(
      'what is kept',
      await page.evaluate(() => Reflect.get(window, 'keptState')().focus),
      'shop/db[Pod]',
    ),
  ];
});

await check(
  'port',
  { kept: kept({ port: '5432', sources: 'shop', destinations: 'shop/db' }) },
  async (page) => {
    await enter(page);
    await page.keyboard.press('Control+End');
    const labels = await page
      .locator('.grid [role=row] [role=gridcell]')
      .evaluateAll((cells) =>
        cells.map((cell) => cell.getAttribute('aria-label')).filter((label) => label?.includes('shop/db:')),
      );
    const field = page.locator('vscode-text-field').nth(2);
    await field.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('http');
    await page.keyboard.press('Enter');
    const complaint = await page.getByRole('alert').innerText();
    return [
      ...same('the column of shop/db', labels, [
        'namespace shop to shop/db: partly open on port 5432',
        'shop/api to shop/db: open on port 5432',
        'shop/db to shop/db: not looked at',
        'shop/web to shop/db: closed on port 5432',
      ]),
      ...same(
        'the complaint',
        complaint,
        '"http" is not a port: write a number from 1 to 65535, or tcp/5432.',
      ),
    ];
  },
);

await check('mouse', {}, async (page) => {
  const box = await page.locator('.scroller').boundingBox();
  if (box === null) return ['there is no matrix'];
  // Below the headers the fifth row, shop/web; in it the fourth column, shop/api.
  const at = { x: box.x + 190 + 3.5 * 18, y: box.y + 140 + 5.5 * 18 };
  await page.mouse.move(at.x, at.y);
  await detail(page, 'shop/web → shop/api: TCP 8080');
  await page.mouse.click(at.x, at.y);
  return same('the traces', await asked(page, 'openTrace'), [
    ['openTrace', 'shop/web[Pod]', 'shop/api[Pod]'],
  ]);
});

await check('painted', {}, async (page) => {
  await enter(page);
  return page.evaluate(() => {
    const canvas = document.querySelector('.cells');
    const context = canvas instanceof HTMLCanvasElement ? canvas.getContext('2d') : null;
    if (context === null) return ['there is no canvas'];
    const ink = (/** @type {number} */ row, /** @type {number} */ column) => {
      const { data } = context.getImageData(190 + column * 18 + 3, 140 + row * 18 + 3, 11, 11);
      const pixels = new Uint32Array(data.buffer);
      const ground = pixels[0] === pixels[10] ? pixels[0] : pixels[10];
      return pixels.filter((each) => each !== ground).length;
    };
    // shop/web: to agent all ports, to shop/api some, to shop/db nothing.
    const [some, none] = [ink(5, 3), ink(5, 4)];
    const all = context.getImageData(190 + 18 + 9, 140 + 5 * 18 + 9, 1, 1).data.join();
    const blue = getComputedStyle(document.documentElement).getPropertyValue('--vscode-charts-blue').trim();
    return [
      ...(some > 40 && some < 90 ? [] : [`a triangle has ${some} of 121 pixels`]),
      ...(none > 0 && none < 10 ? [] : [`a dot has ${none} of 121 pixels`]),
      ...(all === [1, 3, 5].map((at) => parseInt(blue.slice(at, at + 2), 16)).join() + ',255'
        ? []
        : [`all ports are painted ${all}, not ${blue}`]),
    ];
  });
});

await check('markup', { state: 'markup' }, async (page) => {
  await enter(page);
  return page.evaluate(() => [
    ...(document.querySelector('img') === null ? [] : ['a name became an image']),
    ...(document.body.innerHTML.includes('&lt;img') || document.querySelector('[aria-label*="<img"]') !== null
      ? []
      : ['the name is not there']),
  ]);
});

await check('tiles', { state: 'many', kept: kept({ folding: 'open' }) }, async (page) => {
  await enter(page);
  await page.waitForFunction(
    () =>
      /** @type {unknown[][]} */ (Reflect.get(window, 'asked')).filter(([name]) => name === 'tile').length >=
      4,
  );
  await page.waitForTimeout(1_000);
  const first = await asked(page, 'tile');
  await page.keyboard.press('Control+End');
  await page.waitForFunction(
    () => !(document.activeElement?.getAttribute('aria-label') ?? 'not read yet').endsWith('not read yet'),
  );
  const far = (await asked(page, 'tile')).slice(first.length);
  const count = await page.locator('.grid [role=gridcell]').count();
  return [
    ...(first.length <= 9 ? [] : [`${first.length} tiles are asked for at first`]),
    ...(far.every(([, , row]) => Number(row) > 2_500)
      ? []
      : ['tiles are asked for that are not near what is in view']),
    ...(count < 400 ? [] : [`${count} cells are elements`]),
  ];
});

await printFound();
