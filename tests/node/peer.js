import {
  ApplyWorkspaceEditRequest,
  CancellationTokenSource,
  ExecuteCommandRequest,
  InitializeRequest,
  ShutdownRequest,
} from 'vscode-languageserver-protocol/node';

import { Conversation } from './conversation.js';
import { Editor } from './editor.js';
import { HeldEdits } from './held_edits.js';

/**
 * A strict editor and its server: it checks versions, carries edits out as it declares, and takes an edit
 * that breaks the rules of the wire for a failure of the test.
 */
export class Peer {
  #conversation;
  #editor;
  #declares;
  #repliesFirst;
  #settings;
  #answers = [];
  #held = new HeldEdits();
  #complaints = [];
  /** Reports that wait until the answer is written. */
  #later;

  /**
   * @param {object} [options]
   * @param {'incremental' | 'full'} [options.sync]
   * @param {string} [options.behaviour] what it does with an edit that it can carry out in part only
   * @param {string | null} [options.declares] the `failureHandling`, where it is not the behaviour's
   * @param {boolean} [options.repliesFirst] answers an edit before it reports the new texts
   * @param {object} [options.settings] the server's
   */
  constructor({
    sync = 'incremental',
    behaviour = 'transactional',
    declares = behaviour === 'careless' ? null : behaviour,
    repliesFirst = false,
    // An editor that reports before it answers needs no time after its answer.
    settings = repliesFirst ? {} : { timeouts: { texts: 50 } },
  } = {}) {
    this.#editor = new Editor({ sync, behaviour, tell: (...it) => this.#tell(...it) });
    this.#declares = declares;
    this.#repliesFirst = repliesFirst;
    this.#settings = settings;
    this.#conversation = new Conversation((message) => this.#sent(message));
    const { connection } = this.#conversation;
    connection.onRequest(ApplyWorkspaceEditRequest.type, (params) => this.#asked(params));
    connection.onRequest((method) => this.#complain(`the server asks for ${method}`));
    connection.onError(([error]) => this.#complain(`the wire: ${error}`));
    connection.listen();
  }

  /** Introduces the editor to the server. */
  async initialize() {
    const failureHandling = this.#declares;
    await this.#conversation.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        general: { positionEncodings: ['utf-16'] },
        window: { workDoneProgress: true },
        workspace: {
          applyEdit: true,
          workspaceEdit: { documentChanges: true, ...(failureHandling && { failureHandling }) },
        },
      },
      initializationOptions: this.#settings,
    });
    this.#tell('initialized', {});
  }

  /** Opens a document, which no disk has. */
  open(name, text) {
    return this.#editor.open(`file:///w/${name}`, text);
  }

  /** Carries an edit out as this editor does, and gives its answer. */
  carryOut = (params) => this.#editor.carryOut(params);

  /**
   * How edits are answered: each of the handlers answers one, the last one all that follow. One that
   * throws answers with an error.
   *
   * @param {...(params: object) => object | Promise<object>} handlers
   */
  answerEdits(...handlers) {
    this.#answers = handlers;
  }

  /** From now on each edit waits for the test to take it with `heldEdit`. */
  holdEdits() {
    this.answerEdits((params) => this.#held.hold(params, this.carryOut));
  }

  heldEdit() {
    return this.#held.take();
  }

  /** All edits that the server has asked for, each as the URIs of its documents. */
  get edits() {
    const asked = this.#conversation.came('workspace/applyEdit');
    return asked.map(({ edit }) => edit.documentChanges.map((change) => change.textDocument.uri));
  }

  /** Sends a command, and gives its result. */
  command(command, ...args) {
    return this.#request({ command, arguments: args });
  }

  /** Sends a batch, and gives its outcome. */
  apply(batch) {
    return this.command('batchpatch.apply', batch);
  }

  /** Takes a batch back; without an id the latest. */
  undo(batchId) {
    return this.command('batchpatch.undo', ...(batchId ? [{ batchId }] : []));
  }

  /** The batches that the server remembers, the latest first. */
  async history(query) {
    const { batches } = await this.command('batchpatch.history', ...(query ? [query] : []));
    return batches;
  }

  /** Sends a batch whose progress is told under a token. */
  applyTold(batch, workDoneToken) {
    return this.#request({ command: 'batchpatch.apply', arguments: [batch], workDoneToken });
  }

  /** Sends a batch that can be cancelled, and whose progress may be told. */
  applyCancellable(batch, workDoneToken) {
    const source = new CancellationTokenSource();
    const params = { command: 'batchpatch.apply', arguments: [batch], workDoneToken };
    return { outcome: this.#request(params, source.token), cancel: () => source.cancel() };
  }

  /** What was told under a progress token so far. */
  progress(token) {
    const told = this.#conversation.came('$/progress').filter((params) => params.token === token);
    return told.map(({ value }) => value);
  }

  /** The first message for the user with this word in it, told already or to come. */
  logged(word) {
    const told = () => this.#conversation.came('window/logMessage');
    return this.#conversation.until(() => told().find(({ message }) => message.includes(word)));
  }

  /** Checks what holds at the end of every test, and ends the server as editors do. */
  async finish() {
    const { outstandingBatches } = await this.command('batchpatch.status');
    if (outstandingBatches !== 0) this.#complain(`${outstandingBatches} batches are still under way`);
    for (const { uri, text } of this.#editor.openDocuments) {
      const seen = await this.command('batchpatch.snapshot', { uri });
      if (seen.text !== text) this.#complain(`the server takes ${JSON.stringify(seen.text)} for ${uri}`);
    }
    await this.#conversation.connection.sendRequest(ShutdownRequest.type);
    this.#tell('exit');
    const status = await this.#conversation.exitStatus();
    if (status !== 0) this.#complain(`the server's exit status is ${status}`);
    if (this.#complaints.length > 0) throw new Error(this.#complaints.join('\n'));
  }

  /** Ends the server, whatever it is at. */
  kill() {
    this.#conversation.kill();
  }

  /** All that was said, for whoever looks into a failure. */
  get transcript() {
    return [...this.#complaints, this.#conversation].join('\n');
  }

  #request(params, token) {
    return this.#conversation.connection.sendRequest(ExecuteCommandRequest.type, params, token);
  }

  async #asked(params) {
    const breaches = this.#editor.breaches(params);
    if (breaches.length > 0) {
      breaches.forEach((breach) => this.#complain(breach));
      return { applied: false, failureReason: breaches.join('; ') };
    }
    const answer = (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? this.carryOut;
    if (this.#repliesFirst) this.#later = [];
    return answer(params);
  }

  #tell(method, params) {
    if (this.#later) {
      this.#later.push([method, params]);
      return;
    }
    this.#conversation.connection.sendNotification(method, params);
  }

  #sent(message) {
    // A message without a method is an answer, and the only requests are edits.
    if (!this.#later || message.method) return;
    const reports = this.#later;
    this.#later = undefined;
    reports.forEach((report) => this.#tell(...report));
  }

  #complain(complaint) {
    this.#complaints.push(complaint);
  }
}
