// VS Code as its user sees it: palette, tree rows, editor, hovers, quick picks, webviews, themes. Everything waits for
// what it names to appear, so tests need no pauses. Elements are found by role and label where VS Code gives them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type * as Axe from 'axe-core';
import type { Frame, Locator, Page } from 'playwright-core';
import { artifacts } from '../support/vscode/paths.mjs';

export type Theme = 'light' | 'dark' | 'hc';

/** Per theme: the value of `workbench.colorTheme`, the name in the picker, and the class of the workbench. */
export const themes: Readonly<Record<Theme, { setting: string; label: string; className: string }>> = {
  light: { setting: 'Default Light Modern', label: 'Light Modern', className: 'vs' },
  dark: { setting: 'Default Dark Modern', label: 'Dark Modern', className: 'vs-dark' },
  hc: { setting: 'Default High Contrast', label: 'Dark High Contrast', className: 'hc-black' },
};

/** One row of a tree. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly aria: string;
  /** 1 is the top level. */
  readonly level: number;
  /** Undefined: a row without children. */
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
}

/** One rule that axe-core found broken. */
export interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly targets: readonly string[];
}

/** A row or a quick pick item: the exact label, or a pattern over label and description. */
export type Text = string | RegExp;

/** Long, for machines that are busy with other things: it is spent only before a failure. */
const patience = 30_000;

/** Pixels from the end of any tree of a test to its start. */
const farUp = 20_000;

/** Repeats `read` until it returns something else than undefined. @throws after `patience` with `what` is missing. */
async function until<T>(what: () => string, read: () => Promise<T | undefined>, ms = patience): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not seen within ${String(ms)} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const matches = (text: Text, label: string, description: string): boolean =>
  typeof text === 'string' ? text === label : text.test(`${label} ${description}`);

interface IndexedRow extends Row {
  readonly index: number;
}

/** Reads the rows of a list that are rendered now; VS Code renders only what is in view. */
function renderedRows(list: Locator): Promise<IndexedRow[]> {
  return list.locator('.monaco-list-row').evaluateAll((elements) =>
    elements
      .map((element) => ({
        index: Number(element.getAttribute('data-index')),
        label: element.querySelector('.label-name')?.textContent ?? '',
        description: element.querySelector('.label-description')?.textContent ?? '',
        aria: element.getAttribute('aria-label') ?? '',
        level: Number(element.getAttribute('aria-level') ?? 1),
        expanded: element.hasAttribute('aria-expanded')
          ? element.getAttribute('aria-expanded') === 'true'
          : undefined,
        selected: element.getAttribute('aria-selected') === 'true',
      }))
      .sort((a, b) => a.index - b.index),
  );
}

export class Ui {
  constructor(
    /** For what this class has no word for. */
    readonly page: Page,
    /** The opened folder, absolute. */
    readonly folder: string,
    private theme: Theme,
    /** Errors that the extension or its webviews logged so far; VS Code's own are left out. */
    readonly consoleErrors: () => readonly string[],
  ) {}

  /** Resolves when the workbench and its theme are there. Nothing fades or slides: pictures show what is there. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
    await this.page.addStyleTag({
      content: '* { transition: none !important; animation: none !important; }',
    });
    await this.waitForTheme();
  }

  /** Runs a command by its full title, e.g. `Pod Network: Trace Connectivity`, from the palette. */
  async command(title: string): Promise<void> {
    const input = this.quickInput().locator('input[type=text]').first();
    const isPaletteOpen = async (): Promise<boolean> =>
      (await input.inputValue({ timeout: 200 }).catch(() => '')).startsWith('>');
    await until(
      () => `the command ${title}`,
      async () => {
        await this.openQuickInput('F1', '>');
        await this.page.keyboard.type(title);
        // A page that opens just now takes the focus, which closes the palette: then it is opened again.
        const accepted = await this.pickItem(title, 3_000).catch(() => false);
        if (!accepted) await this.page.keyboard.press('Escape');
        return accepted ? true : undefined;
      },
    );
    // The command may ask something by the same quick input: the palette is over when its `>` is gone.
    await until(
      () => `the palette to close after ${title}`,
      async () => ((await isPaletteOpen()) ? undefined : true),
    );
  }

  /** Waits until the palette offers a command by its full title, and closes the palette again. */
  async offersCommand(title: string): Promise<void> {
    await this.openQuickInput('F1', '>');
    await this.page.keyboard.type(title);
    await until(
      () => `${title} in the palette`,
      async () => ((await this.quickPickItems()).some(({ label }) => label === title) ? true : undefined),
    );
    await this.page.keyboard.press('Escape');
    await this.quickInput().waitFor({ state: 'hidden', timeout: patience });
  }

  /** Types into the quick pick or input box that is open and accepts the item with that label. */
  async pick(item: Text, typed = typeof item === 'string' ? item : ''): Promise<void> {
    await this.quickInput().waitFor({ timeout: patience });
    if (typed !== '') await this.quickInput().locator('input[type=text]').first().fill(typed);
    await this.pickItem(item);
  }

  /** Types into the input box that is open, as it is, and presses Enter. */
  async input(text: string): Promise<void> {
    await this.quickInput().waitFor({ timeout: patience });
    await this.quickInput().locator('input[type=text]').first().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Answers the file dialog with that title. It shows a path once it has listed the folder, and until then throws away
   * what is typed.
   */
  async file(title: string, path: string): Promise<void> {
    await this.quickPickTitled(title);
    const input = this.quickInput().locator('input[type=text]').first();
    const isOpen = (): Promise<boolean> =>
      this.quickInput().locator('.quick-input-title', { hasText: title }).isVisible();
    await until(
      () => `the dialog ${title} to take ${path}`,
      async () => {
        if (!(await isOpen())) return true;
        const shown = await input.inputValue({ timeout: 1_000 }).catch(() => '');
        if (shown === '') return undefined;
        if (shown !== path) {
          await input.fill(path);
          return undefined;
        }
        await this.page.keyboard.press('Enter');
        // The next question may come up in the same widget, which then is never hidden.
        return until(
          () => `the dialog ${title} to close`,
          async () => ((await isOpen()) ? undefined : (true as const)),
          1_500,
        ).catch(() => undefined);
      },
    );
  }

  /** @returns the items of the open quick pick that are in view, in order. */
  async quickPickItems(): Promise<readonly Row[]> {
    await this.quickInput().waitFor({ timeout: patience });
    return renderedRows(this.quickInput().locator('.quick-input-list .monaco-list'));
  }

  /** Waits until the open quick pick has this in its title: the step before may still be closing. */
  async quickPickTitled(part: string): Promise<void> {
    await until(
      () => `a quick pick titled ${part}`,
      async () => ((await this.quickPickTitle()).title.includes(part) ? true : undefined),
    );
  }

  /** @returns title and placeholder of the open quick pick or input box. */
  async quickPickTitle(): Promise<{ readonly title: string; readonly placeholder: string }> {
    await this.quickInput().waitFor({ timeout: patience });
    const title = await this.quickInput().locator('.quick-input-title').innerText();
    const input = this.quickInput().locator('input[type=text]').first();
    return { title, placeholder: (await input.getAttribute('placeholder')) ?? '' };
  }

  /** Shows a view container of the activity bar by its title, e.g. `Pod Network`; leaves it open when it is. */
  async openContainer(title: string): Promise<void> {
    const item = this.page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`);
    await item.waitFor({ timeout: patience });
    if (!(await item.evaluate((element) => element.classList.contains('checked')))) await item.click();
    await this.moveMouseAway();
  }

  /** The tree of a view by its title, e.g. `Cluster`. The Explorer's tree is called `Files Explorer`. */
  tree(view: string): Locator {
    return this.page.locator(`.monaco-list[role=tree][aria-label="${view}"]`);
  }

  /** @returns all rows of a tree, also those that must be scrolled to. */
  async rows(view: string): Promise<readonly Row[]> {
    const tree = this.tree(view);
    await tree.waitFor({ timeout: patience });
    const found = new Map<number, Row>();
    await this.scroll(tree, -farUp);
    for (;;) {
      const before = found.size;
      for (const { index, ...row } of await renderedRows(tree)) found.set(index, row);
      if (found.size === before) break;
      await this.scroll(tree, 200);
    }
    await this.scroll(tree, -farUp);
    return [...found].sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  /** Waits until a tree has a row and returns it; scrolls to it. */
  async row(view: string, text: Text): Promise<Row> {
    const { row } = await this.findRow(view, text);
    return row;
  }

  /** Waits until a tree has no such row any more, e.g. after a filter. */
  async rowGone(view: string, text: Text): Promise<void> {
    await until(
      () => `${String(text)} gone from ${view}`,
      async () => {
        const rows = await this.rows(view);
        return rows.some(({ label, description }) => matches(text, label, description)) ? undefined : true;
      },
    );
  }

  /** Expands a row, unless it is expanded. */
  async expand(view: string, text: Text): Promise<void> {
    const { row, element } = await this.findRow(view, text);
    assert.notEqual(row.expanded, undefined, `the row ${String(text)} has no children`);
    if (row.expanded === false) await element.locator('.monaco-tl-twistie').click();
    await until(
      () => `${String(text)} expanded`,
      async () => ((await this.findRow(view, text)).row.expanded === true ? true : undefined),
    );
    // Children that are still being read show as a turning twistie.
    await element.locator('.codicon-tree-item-loading').waitFor({ state: 'detached', timeout: patience });
  }

  /** Clicks a row. */
  async clickRow(view: string, text: Text): Promise<void> {
    const { element } = await this.findRow(view, text);
    await element.locator('.label-name').first().click();
  }

  /** Clicks an inline action of a row, by its title. */
  async rowAction(view: string, text: Text, action: string): Promise<void> {
    const { element } = await this.findRow(view, text);
    await element.hover();
    await element.locator(`.actions .action-label[aria-label="${action}"]`).click({ timeout: patience });
  }

  /** Opens the context menu of a row and returns its items; with `item`, clicks that one. */
  async rowMenu(view: string, text: Text, item?: string): Promise<readonly string[]> {
    const { element } = await this.findRow(view, text);
    await element.click({ button: 'right' });
    const labels = this.page.locator('.monaco-menu .action-menu-item .action-label');
    await labels.first().waitFor({ timeout: patience });
    const items = (await labels.allInnerTexts()).map((label) => label.trim());
    if (item === undefined) await this.page.keyboard.press('Escape');
    else {
      assert.ok(items.includes(item), `${item} is not among ${items.join(', ')}`);
      const chosen = labels.nth(items.indexOf(item));
      // A new menu ignores the mouse for a moment, so that the click that opened it picks nothing.
      await until(
        () => `the menu to close after ${item}`,
        async () => {
          await chosen.click({ timeout: 500 }).catch(() => undefined);
          return (await labels.count()) === 0 ? true : undefined;
        },
      );
    }
    await labels.first().waitFor({ state: 'detached', timeout: patience });
    return items;
  }

  /** @returns the text of a row's tooltip. */
  async tooltip(view: string, text: Text): Promise<string> {
    await this.moveMouseAway();
    await this.page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden', timeout: patience });
    const { element } = await this.findRow(view, text);
    await element.locator('.label-name').first().hover();
    return this.hoverText();
  }

  /** @returns what a view says instead of rows: its welcome content; waits for it. */
  async welcome(): Promise<string> {
    const content = this.page.locator('.welcome-view-content:visible').first();
    await content.waitFor({ timeout: patience });
    return content.innerText();
  }

  /** Drags the edge of the side bar, as a user does to read long rows. */
  async widenSideBar(x: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    assert.ok(box !== null, 'there is no side bar');
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Folds or unfolds a view of the side bar by its title. */
  async toggleView(title: string): Promise<void> {
    await this.page.locator('.part.sidebar .pane-header').filter({ hasText: title }).first().click();
  }

  /** Clicks an action in the title of a view of the side bar, by its title. */
  async viewAction(view: string, action: string): Promise<void> {
    const header = this.page.locator('.part.sidebar .pane-header').filter({ hasText: view }).first();
    await header.hover();
    await header.locator(`.action-label[aria-label="${action}"]`).click({ timeout: patience });
  }

  /** Waits until a view of the side bar says this above its rows. */
  async viewMessage(text: string): Promise<void> {
    await this.page
      .locator('.part.sidebar .message', { hasText: text })
      .first()
      .waitFor({ timeout: patience });
  }

  /** Opens a file of the folder by its path below it and puts the focus into the editor. */
  async openFile(path: string): Promise<void> {
    await this.openQuickInput('Control+p', '');
    await this.page.keyboard.type(path);
    const name = basename(path);
    await until(
      () => `${path} in quick open`,
      async () => ((await this.quickPickItems())[0]?.label === name ? true : undefined),
    );
    await this.page.keyboard.press('Enter');
    await this.quickInput().waitFor({ state: 'hidden', timeout: patience });
    await this.page.locator('.tab.active', { hasText: name }).waitFor({ timeout: patience });
    await this.page.locator('.editor-group-container.active .monaco-editor .view-line').first().waitFor();
  }

  /** Puts the cursor at a line and column, both counted from 1, and the focus into the editor. */
  async goTo(line: number, column: number): Promise<void> {
    await this.openQuickInput('Control+g', ':');
    await this.page.keyboard.type(`${String(line)}:${String(column)}`);
    await this.page.keyboard.press('Enter');
    await this.quickInput().waitFor({ state: 'hidden', timeout: patience });
    await this.page.locator('.monaco-editor.focused').waitFor({ timeout: patience });
  }

  /** Points at a line and column of the open file with the mouse and returns the text of all hovers, '' for none. */
  async hover(line: number, column: number, ms = 5_000): Promise<string> {
    await this.moveMouseAway();
    await this.goTo(line, column);
    const cursor = this.page.locator('.monaco-editor.focused .cursor').first();
    let pointed = '';
    // Lenses that come later push the text away from under the mouse.
    return this.hoverText(ms, async () => {
      const at = await cursor.boundingBox();
      if (at === null || pointed === JSON.stringify(at)) return;
      await this.page.mouse.move(at.x + 3, at.y + at.height / 2);
      pointed = JSON.stringify(at);
    });
  }

  /** The frame of the open webview that has an element for this CSS selector. */
  webview(css = 'body > *'): Promise<Frame> {
    return until(
      () => `a webview with ${css}`,
      async () => {
        for (const frame of this.page.frames()) {
          // Webviews are the frames that VS Code fills itself; `pending` ones are about to be shown.
          if (!frame.url().includes('/fake.html')) continue;
          if (
            (await frame
              .locator(css)
              .count()
              .catch(() => 0)) > 0
          )
            return frame;
        }
        return undefined;
      },
    );
  }

  /** Runs axe-core on a webview. */
  async axe(frame: Frame): Promise<readonly AxeViolation[]> {
    const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await frame.evaluate(readFileSync(source, 'utf8'));
    return frame.evaluate(async () => {
      const { axe } = globalThis as unknown as { readonly axe: typeof Axe };
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map((violation) => ({
        id: violation.id,
        impact: violation.impact ?? 'none',
        help: violation.help,
        targets: violation.nodes.map((node) => node.target.join(' ')),
      }));
    });
  }

  /** @returns the texts of the notifications that are shown. */
  async notifications(): Promise<readonly string[]> {
    const texts = await this.page
      .locator('.notification-toast .notification-list-item-message')
      .allInnerTexts();
    return texts.map((text) => text.trim());
  }

  /** Waits for a notification that matches and returns its text. */
  notification(text: RegExp): Promise<string> {
    return until(
      () => `a notification like ${String(text)}`,
      async () => (await this.notifications()).find((shown) => text.test(shown)),
    );
  }

  /** Clicks an action of a notification that is shown. */
  async notificationAction(action: string): Promise<void> {
    await this.page
      .locator('.notification-toast .monaco-button', { hasText: action })
      .first()
      .click({ timeout: patience });
  }

  /** @returns the clipboard's text. */
  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /**
   * Loads the window again, once the browser has stored something that matches: VS Code in a browser writes its state
   * down every few seconds, and a reload before that starts from the state before.
   */
  async reload(stored: RegExp): Promise<void> {
    await until(
      () => `${String(stored)} in the stored state of the window`,
      async () => ((await this.storedState()).some((value) => stored.test(value)) ? true : undefined),
    );
    await this.page.reload();
    await this.ready();
  }

  /** The values that VS Code keeps about this window in the browser. */
  private storedState(): Promise<readonly string[]> {
    return this.page.evaluate(async () => {
      const ended = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('not readable'));
        });
      const values: string[] = [];
      for (const { name } of await indexedDB.databases()) {
        if (name?.startsWith('vscode-web-state-db-') !== true) continue;
        const database = await ended(indexedDB.open(name));
        for (const table of database.objectStoreNames)
          values.push(...(await ended(database.transaction(table).objectStore(table).getAll())).map(String));
        database.close();
      }
      return values;
    });
  }

  /** Changes the colour theme while everything stays open. */
  async setTheme(theme: Theme): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.pick(themes[theme].label);
    this.theme = theme;
    await this.waitForTheme();
  }

  /** Keeps test-artifacts/screenshots/<name>-<theme>.png; returns its path. */
  async screenshot(name: string): Promise<string> {
    const path = join(artifacts, 'screenshots', `${name}-${this.theme}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** To the title bar, so that no tooltip of an earlier step stays open. */
  private moveMouseAway(): Promise<void> {
    return this.page.mouse.move(700, 2);
  }

  private quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  private async waitForTheme(): Promise<void> {
    const { className } = themes[this.theme];
    await this.page.locator(`.monaco-workbench.${className}`).waitFor({ timeout: patience });
  }

  /** Presses a key until VS Code, which may still be starting, opens the quick input with its prefix. */
  private async openQuickInput(key: string, prefix: string): Promise<void> {
    const input = this.quickInput().locator('input[type=text]').first();
    await until(
      () => `the quick input of ${key}`,
      async () => {
        await this.page.keyboard.press(key);
        await input.waitFor({ timeout: 1_500 }).catch(() => undefined);
        const isOpen = (await input.isVisible()) && (await input.inputValue()) === prefix;
        return isOpen ? true : undefined;
      },
    );
  }

  /** Accepts an item of the open quick pick, once the list has stopped changing. */
  private async pickItem(item: Text, ms = patience): Promise<true> {
    const list = this.quickInput().locator('.quick-input-list .monaco-list');
    let seen: readonly IndexedRow[] = [];
    const index = await until(
      () => `${String(item)} among ${JSON.stringify(seen.map((row) => row.label))}`,
      async () => {
        const before = JSON.stringify(seen);
        seen = await renderedRows(list);
        if (JSON.stringify(seen) !== before) return undefined;
        return seen.find((row) => matches(item, row.label, row.description))?.index;
      },
      ms,
    );
    const row = list.locator(`.monaco-list-row[data-index="${String(index)}"]`);
    if (
      await row.evaluate((element) => element.classList.contains('focused'), undefined, { timeout: 1_000 })
    ) {
      await this.page.keyboard.press('Enter');
    } else await row.click({ timeout: 2_000 });
    return true;
  }

  private async findRow(view: string, text: Text): Promise<{ readonly row: Row; readonly element: Locator }> {
    const tree = this.tree(view);
    await tree.waitFor({ timeout: patience });
    const rendered = async (): Promise<IndexedRow | undefined> =>
      (await renderedRows(tree)).find((row) => matches(text, row.label, row.description));
    const row = await until(
      () => `the row ${String(text)} in ${view}`,
      async () => {
        const inView = await rendered();
        if (inView !== undefined) return inView;
        await this.scroll(tree, -farUp);
        for (let last = -1; ;) {
          const found = await rendered();
          if (found !== undefined) return found;
          const end = (await renderedRows(tree)).at(-1)?.index ?? -1;
          if (end === last) return undefined;
          last = end;
          await this.scroll(tree, 200);
        }
      },
    );
    return { row, element: tree.locator(`.monaco-list-row[data-index="${String(row.index)}"]`) };
  }

  /** Turns the mouse wheel over a list, without moving the mouse, and lets it render. */
  private async scroll(list: Locator, pixels: number): Promise<void> {
    await list
      .locator('.monaco-scrollable-element')
      .first()
      .evaluate((element, deltaY) => {
        element.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
        return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }, pixels);
  }

  /** The text of the hovers in sight, once they stopped loading; '' when none comes. `point` moves the mouse, again and again. */
  private async hoverText(ms = patience, point?: () => Promise<void>): Promise<string> {
    const read = async (): Promise<string | undefined> => {
      await point?.();
      const texts = await this.page.locator('.monaco-hover:visible').allInnerTexts();
      const text = texts.join('\n').trim();
      return text === '' || /^Loading/m.test(text) ? undefined : text;
    };
    return until(() => 'a hover', read, ms).catch(() => '');
  }
}
