/** A view of batchpatch's container, as a person sees it. */
export class Tree {
  /** @param {string} name the title of the view */
  constructor(page, name) {
    this.pane = page.locator(`.pane:has(.pane-header[aria-label^="${name}"])`);
  }

  /** A row of the tree, by its label, and words in what stands beside that. */
  row(label, description = '') {
    const row = this.pane.locator('.monaco-list-row').filter({ hasText: label });
    return row.filter({ hasText: description });
  }

  /** The words of all rows, from the top. */
  async labels() {
    const rows = await this.pane.locator('.monaco-list-row .monaco-icon-label-container').all();
    const words = await Promise.all(rows.map((row) => row.locator('> span').allInnerTexts()));
    return words.map((parts) => parts.join(' '));
  }

  /** The check box of a document, by its path, or of a patch, by what it does. */
  box(name) {
    return this.pane.getByRole('checkbox', { name: `Apply ${name}`, exact: true });
  }

  /** A button that a row shows while the mouse is over it. */
  rowButton(label, title) {
    return this.row(label).locator(`.action-label[aria-label^="${title}"]`);
  }

  /** A button above the tree. */
  button(title) {
    return this.pane.locator(`.actions .action-label[aria-label^="${title}"]`);
  }

  /** Waits until the line above the tree has these words. */
  async says(words) {
    await this.pane.locator('.message').filter({ hasText: words }).waitFor();
  }

  async isTicked(name, ticked) {
    await this.pane
      .getByRole('checkbox', { name: `Apply ${name}`, exact: true, checked: ticked })
      .waitFor();
  }

  /** Waits until the batch cannot be applied as it stands. */
  async cannotApply() {
    await this.pane
      .locator('.action-item.disabled .codicon-check, .action-label.disabled.codicon-check')
      .waitFor();
  }

  async isClosed() {
    await this.pane
      .locator('.welcome-view-content')
      .filter({ hasText: 'No batch is under review' })
      .waitFor();
  }

  async hasFocus() {
    await this.pane.locator('.monaco-list:focus-within').waitFor();
  }
}
