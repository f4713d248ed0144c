import { Document } from './document.js';
import { breaches } from './wire_rules.js';

/**
 * How an editor carries out an edit of several documents of which one is refused, by the name that it
 * declares for it as `failureHandling`. `careless` declares nothing, skips what it refuses, and says that
 * all is applied.
 *
 * @type {Record<string, (changes: object[], failed: number, editor: Editor) => object>}
 */
const halfway = {
  transactional: () => {},
  textOnlyTransactional: () => {},
  abort: (changes, failed, editor) => changes.slice(0, failed).forEach(editor.change),
  undo: (changes, failed, editor) => {
    const reached = changes.slice(0, failed).map(editor.documentOf);
    const before = reached.map(({ text }) => text);
    changes.slice(0, failed).forEach(editor.change);
    reached.forEach((document, index) => document.become(before[index]));
  },
  careless: (changes, _failed, editor) => {
    changes.filter((change) => !editor.refusal(change)).forEach(editor.change);
  },
};

/** The documents of an editor, and what it does with an edit that the server asks for. */
export class Editor {
  #documents = [];
  #behaviour;
  #sync;
  #tell;

  /**
   * @param {object} it
   * @param {'full' | 'incremental'} it.sync
   * @param {keyof halfway} it.behaviour
   * @param {(method: string, params: object) => void} it.tell sends a notification to the server
   */
  constructor({ sync, behaviour, tell }) {
    this.#sync = sync;
    this.#behaviour = behaviour;
    this.#tell = tell;
  }

  /** Opens a document that is on no disk. */
  open(uri, text) {
    const it = { uri, text, version: 1, sync: this.#sync, tell: this.#tell };
    const document = new Document(it);
    document.open();
    this.#documents.push(document);
    return document;
  }

  get openDocuments() {
    return this.#documents.filter(({ isOpen }) => isOpen);
  }

  documentAt = (uri) => this.openDocuments.find((document) => document.uri === uri);

  documentOf = (change) => this.documentAt(change.textDocument.uri);

  /** What the edit itself does wrong, whatever the documents hold. */
  breaches(params) {
    return breaches(params, this.documentAt);
  }

  /**
   * Does what the server asks for, and gives the answer to it.
   *
   * @param {object} params of `workspace/applyEdit`
   */
  carryOut({ edit }) {
    const changes = edit.documentChanges;
    const failed = changes.findIndex((change) => this.refusal(change));
    if (failed < 0) {
      changes.forEach(this.change);
      return { applied: true };
    }
    halfway[this.#behaviour](changes, failed, this);
    if (this.#behaviour === 'careless') return { applied: true };
    return { applied: false, failureReason: this.refusal(changes[failed]), failedChange: failed };
  }

  change = (change) => this.documentOf(change).carryOut(change.edits);

  /** Why a document is not changed; `undefined`: it can be. */
  refusal = (change) => {
    const { uri, version } = change.textDocument;
    const document = this.documentAt(uri);
    if (!document) return `${uri} is not open`;
    if (document.version !== version) {
      return `${uri} is at version ${document.version}, the edit is for ${version}`;
    }
    return document.locked;
  };
}
