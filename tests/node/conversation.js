import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
} from 'vscode-languageserver-protocol/node';

const server = process.env.BATCHPATCH_BINARY;
if (!server) throw new Error('BATCHPATCH_BINARY names the server');

class WatchedReader extends StreamMessageReader {
  constructor(stream, see) {
    super(stream);
    this.see = see;
  }

  listen(callback) {
    return super.listen((message) => {
      this.see(message);
      callback(message);
    });
  }
}

class WatchedWriter extends StreamMessageWriter {
  constructor(stream, see) {
    super(stream);
    this.see = see;
  }

  write(message) {
    // What `see` writes in its turn stands behind this message on the wire.
    const written = super.write(message);
    this.see(message);
    return written;
  }
}

/** A server that was started, its connection, and everything that was said. */
export class Conversation {
  #child;
  #exit;
  #said = [];
  #waiting = new Set();

  /** @param {(message: object) => void} onSent is told each message once it is on its way */
  constructor(onSent) {
    this.#child = spawn(server, ['lsp'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#exit = once(this.#child, 'exit');
    this.#child.stderr.on('data', (bytes) => this.#note('stderr:', String(bytes)));
    this.connection = createProtocolConnection(
      new WatchedReader(this.#child.stdout, (message) => this.#note('←', message)),
      new WatchedWriter(this.#child.stdin, (message) => {
        this.#note('→', message);
        onSent(message);
      }),
    );
  }

  /** The parameters of what the server sent with this method, so far and in its order. */
  came(method) {
    const of = this.#said.filter(({ from, message }) => from === '←' && message.method === method);
    return of.map(({ message }) => message.params);
  }

  /**
   * Waits for a message after which `find` finds something, and gives what it found.
   *
   * @template T
   * @param {() => T | undefined} find
   * @returns {Promise<T>}
   */
  until(find) {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The exit status of the server, once it ended by itself. */
  async exitStatus() {
    const [status] = await this.#exit;
    return status;
  }

  /** Ends the server, whatever it is at. */
  kill() {
    this.connection.dispose();
    this.#child.kill('SIGKILL');
  }

  toString() {
    return this.#said.map(({ from, message }) => `${from} ${JSON.stringify(message)}`).join('\n');
  }

  #note(from, message) {
    // What is sent may be changed by its sender later.
    this.#said.push({ from, message: JSON.parse(JSON.stringify(message)) });
    [...this.#waiting].forEach((look) => look());
  }
}
