import path from 'node:path';

import { Tree } from './tree.js';

/** Commands that bring a window into the state that every test begins in. */
const TIDYING = [
  'workbench.action.closeQuickOpen',
  'batchpatch.ui.clearDiagnostics',
  'batchpatch.ui.closePreview',
  'notifications.clearAll',
  'workbench.action.closePanel',
];

/** What a person sees and does in a window of VS Code. */
export class Window {
  #configured = new Set();

  constructor(page, probe, code) {
    this.page = page;
    this.probe = probe;
    this.code = code;
    this.review = new Tree(page, 'Review');
    this.history = new Tree(page, 'History');
  }

  // Commands and lists

  /** Runs a command of batchpatch from the command palette. */
  async command(title) {
    await this.page.keyboard.press('F1');
    await this.quickInput.fill(`>Batchpatch: ${title}`);
    await this.choose(`Batchpatch: ${title}`);
  }

  /** The input of the list that is open: the palette, a quick pick, the file dialog. */
  get quickInput() {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  /** The rows of the list that is open. */
  get choices() {
    return this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
  }

  /** Chooses from the menu that a file has in the explorer. */
  async explorerMenu(name, item) {
    await this.page.keyboard.press('Control+Shift+E');
    const row = this.page.locator('.explorer-folders-view .monaco-list-row');
    await row.filter({ hasText: name }).click({ button: 'right' });
    const entries = this.page.locator('.monaco-menu .action-item');
    await entries.filter({ hasText: item }).hover();
    // For a moment after it has opened, a menu takes no clicks.
    await this.page
      .locator('.monaco-menu .action-item.focused')
      .filter({ hasText: item })
      .waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Chooses a row of the list that is open, by words in it. */
  async choose(label) {
    await this.choices.filter({ hasText: label }).first().click();
  }

  /** Chooses a file in the file dialog, which the list of the workspace's files leads to. */
  async browse(file) {
    await this.choose('Browse…');
    await this.page.locator('.quick-input-widget .quick-input-titlebar').waitFor();
    await this.quickInput.fill(`${path.dirname(file)}/`);
    await this.choose(path.basename(file));
  }

  /** Takes a fix from the menu at the cursor. */
  async quickFix(title) {
    // VS Code forgets the fixes of a menu that is opened before it has asked for the light bulb itself.
    await this.page.locator('.lightBulbWidget, [class*="gutter-lightbulb"]').first().waitFor();
    await this.page.keyboard.press('Control+.');
    await this.page
      .locator('.action-widget .monaco-list-row.action')
      .filter({ hasText: title })
      .click();
  }

  /** Puts a batch into the clipboard. */
  copy(batch) {
    const text = typeof batch === 'string' ? batch : JSON.stringify(batch);
    return this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  }

  // Parts of the window

  get statusBar() {
    return this.page.locator('.statusbar-item[id^="batchpatch.batchpatch"]');
  }

  /** Waits until the status bar has these words. */
  async says(words) {
    await this.statusBar.filter({ hasText: words }).waitFor();
  }

  /** Waits until the status bar has had these words, however shortly. */
  sawInStatusBar(words) {
    return this.page.evaluate(
      ([wanted, timeout]) =>
        new Promise((resolve, reject) => {
          const bar = document.querySelector('.part.statusbar');
          const look = () => {
            if (!bar.textContent.includes(wanted)) return;
            observer.disconnect();
            clearTimeout(timer);
            resolve();
          };
          const observer = new MutationObserver(look);
          const timer = setTimeout(() => reject(new Error(`never said ${wanted}`)), timeout);
          observer.observe(bar, { subtree: true, childList: true, characterData: true });
          look();
        }),
      [words, 20_000],
    );
  }

  get toasts() {
    return this.page.locator('.notifications-toasts .notification-toast');
  }

  /** Waits for a message with these words. */
  async toast(words) {
    await this.toasts.filter({ hasText: words }).first().waitFor();
  }

  async toastButton(label) {
    await this.toasts.locator('.monaco-button').filter({ hasText: label }).click();
  }

  get dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  get hover() {
    return this.page.locator('.monaco-hover:visible');
  }

  get squiggles() {
    return this.page.locator('.monaco-editor .squiggly-error');
  }

  /** Opens the Problems panel, and gives its rows. */
  async problems() {
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    if (!(await this.page.locator('.markers-panel').isVisible()))
      await this.page.keyboard.press('Control+Shift+M');
    await this.page.locator('.markers-panel').waitFor();
    return rows;
  }

  /** A button above an editor. */
  button(title) {
    return this.page.locator(`.editor-actions .action-label[aria-label^="${title}"]`);
  }

  /** Answers a question that VS Code asks in the middle of the window. */
  async answer(question, button) {
    const dialog = this.dialog.filter({ hasText: question });
    await dialog.locator('.monaco-button').filter({ hasText: button }).click();
  }

  /** Trusts the workspace, in the editor that VS Code has for that. */
  async trustWorkspace() {
    await this.page.keyboard.press('F1');
    await this.quickInput.fill('>Workspaces: Manage Workspace Trust');
    await this.choose('Manage Workspace Trust');
    const editor = this.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await this.probe.until('trust', ({ trusted }) => trusted);
    await this.page.keyboard.press('Escape');
  }

  /** Makes the side bar wider by so many pixels. */
  async widenSideBar(pixels) {
    const { x, width } = await this.page.locator('.part.sidebar').boundingBox();
    const edge = x + width + 1;
    await this.page.mouse.move(edge, 400);
    await this.page.mouse.down();
    await this.page.mouse.move(edge + pixels, 400, { steps: 4 });
    await this.page.mouse.up();
  }

  // State

  configure(key, value) {
    this.#configured.add(key);
    return this.probe.ask('configure', key, value);
  }

  /** Opens files in editors, the last one with the focus. */
  async open(folder, ...names) {
    for (const name of names) await this.probe.ask('open', folder.at(name));
  }

  /** Waits until files of a folder hold texts: in the editor where they are open, else on disk. */
  texts(folder, texts) {
    const wanted = Object.entries(texts);
    return this.probe.until(
      `the texts ${JSON.stringify(texts)}`,
      ({ documents }) =>
        wanted.every(
          ([name, text]) => (documents[folder.at(name)]?.text ?? folder.read(name)) === text,
        ) && documents,
    );
  }

  /** Waits until the diff of a file is shown, against this text. */
  async diff(folder, name, text) {
    await this.probe.until(`the diff of ${name}`, ({ tabs, documents }) =>
      tabs.some(({ isActive, original, modified }) => {
        return isActive && original === folder.at(name) && documents[modified]?.text === text;
      }),
    );
    await this.page.locator('.monaco-diff-editor').first().waitFor();
  }

  /** Waits until files of a folder hold texts on disk. */
  async saved(folder, texts) {
    const wanted = Object.entries(texts);
    await this.probe.until(`saved: ${JSON.stringify(texts)}`, () =>
      wanted.every(([name, text]) => folder.read(name) === text),
    );
  }

  /** Waits until nothing is wrong in a file. */
  noDiagnostics(folder, name) {
    return this.probe.until(
      'no diagnostics',
      ({ diagnostics }) => (diagnostics[folder.at(name)] ?? []).length === 0,
    );
  }

  /** Brings the window into the state that every test begins in. */
  async reset() {
    await this.page.keyboard.press('Escape');
    await this.probe.ask('closeAll');
    for (const key of this.#configured) await this.probe.ask('configure', key);
    this.#configured.clear();
    await this.statusBar.filter({ hasNotText: /no server|starting/ }).waitFor();
    for (const command of TIDYING) await this.probe.ask('execute', command);
    await this.says('Batchpatch: ready');
  }
}
