import { TextDocument } from 'vscode-languageserver-textdocument';

/** The start of a line; lines count from 1, as in a batch. */
const startOf = (line) => ({ line: line - 1, character: 0 });

/**
 * A document that the editor shows. Every change of it is told to the server at once, in the way of
 * synchronisation that the editor has, and raises its version by one.
 */
export class Document {
  #shown;
  #sync;
  #tell;

  /**
   * @param {object} it
   * @param {string} it.uri
   * @param {string} it.text
   * @param {number} it.version
   * @param {'full' | 'incremental'} it.sync
   * @param {(method: string, params: object) => void} it.tell sends a notification to the server
   */
  constructor({ uri, text, version, sync, tell }) {
    this.uri = uri;
    /** Why the editor refuses to change it; `undefined`: it does not. */
    this.locked = undefined;
    this.isOpen = false;
    this.#sync = sync;
    this.#tell = tell;
    this.#show(text, version);
  }

  get text() {
    return this.#shown.getText();
  }

  get version() {
    return this.#shown.version;
  }

  get lineCount() {
    return this.#shown.lineCount;
  }

  /** The length of a line without its end, in UTF-16 units; `line` counts from 0. */
  lengthOf(line) {
    const range = {
      start: { line, character: 0 },
      end: { line, character: Number.MAX_SAFE_INTEGER },
    };
    return this.#shown.getText(range).replace(/[\r\n]+$/, '').length;
  }

  offsetAt(position) {
    return this.#shown.offsetAt(position);
  }

  /** The user types a new line before `line`. */
  typeLine(line, text) {
    this.#change([{ range: { start: startOf(line), end: startOf(line) }, text: `${text}\n` }]);
  }

  /** The user types over a line. */
  retypeLine(line, text) {
    const end = { line: line - 1, character: this.lengthOf(line - 1) };
    this.#change([{ range: { start: startOf(line), end }, text }]);
  }

  /** The whole text becomes another one, as when the user undoes. */
  become(text) {
    this.#change([{ text }]);
  }

  /** Carries out edits that have been checked. */
  carryOut(edits) {
    const expected = TextDocument.applyEdits(this.#shown, edits);
    // From the end to the start. At one place the first that is listed stands first, so it comes last.
    const byStart = (one, other) => this.offsetAt(one.range.start) - this.offsetAt(other.range.start);
    const ordered = [...edits].sort(byStart).reverse();
    const changes = ordered.map(({ range, newText }) => ({ range, text: newText }));
    this.#change(changes);
    if (this.text !== expected) {
      throw new Error(`the editor itself is wrong: ${JSON.stringify([expected, this.text, edits])}`);
    }
  }

  close() {
    this.isOpen = false;
    this.#tell('textDocument/didClose', { textDocument: { uri: this.uri } });
  }

  /** Opens it, with its versions starting anew. */
  open(version = 1) {
    this.#show(this.text, version);
    this.isOpen = true;
    const { uri, text } = this;
    this.#tell('textDocument/didOpen', {
      textDocument: { uri, languageId: 'plaintext', version, text },
    });
  }

  /** The file gets another name, which to a server is another document. */
  rename(uri) {
    this.close();
    this.uri = uri;
    this.open();
  }

  #show(text, version) {
    this.#shown = TextDocument.create(this.uri, 'plaintext', version, text);
  }

  #change(changes) {
    TextDocument.update(this.#shown, changes, this.version + 1);
    const contentChanges = this.#sync === 'full' ? [{ text: this.text }] : changes;
    this.#tell('textDocument/didChange', {
      textDocument: { uri: this.uri, version: this.version },
      contentChanges,
    });
  }
}
