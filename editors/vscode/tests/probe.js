import { mkdir } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

/** The other end of the probe's socket: asks the extension `probe/` in VS Code. */
export class Probe {
  #server;
  #socket;
  #waiting = new Map();
  #watchers = new Set();
  #lastId = 0;

  /** What VS Code's API said last; see `probe/state.js`. */
  state;

  /** @param {string} socketPath where to listen for the probe */
  static async listen(socketPath) {
    await mkdir(path.dirname(socketPath), { recursive: true });
    const probe = new Probe();
    probe.#server = net.createServer((socket) => probe.#connect(socket));
    await new Promise((resolve) => probe.#server.listen(socketPath, resolve));
    return probe;
  }

  /** Forgets what an earlier page said; `until` then waits for the next one's word. */
  forget() {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.state = undefined;
  }

  /** Asks for one of the actions in `probe/actions.js`. */
  ask(action, ...values) {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ id, action, values })}\n`);
    });
  }

  /**
   * Waits until something holds for the state, and gives what it found.
   *
   * @template T
   * @param {string} what is waited for, in words
   * @param {(state: object) => T} holds
   * @param {number} [timeout] in milliseconds
   * @returns {Promise<T>}
   */
  until(what, holds, timeout = 20_000) {
    return new Promise((resolve, reject) => {
      const watcher = () => {
        const found = this.state && holds(this.state);
        if (!found) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(
          new Error(
            `waited in vain for ${what}; the last state is ${JSON.stringify(this.state, null, 1)}`,
          ),
        );
      }, timeout);
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  close() {
    this.#socket?.destroy();
    this.#server.close();
  }

  #connect(socket) {
    this.#socket = socket;
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      if (socket === this.#socket) lines.forEach((line) => this.#read(JSON.parse(line)));
    });
  }

  #read({ id, result, error, state }) {
    if (state) {
      this.state = state;
      [...this.#watchers].forEach((watcher) => watcher());
      return;
    }
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(`the probe says: ${error}`));
    else resolve(result);
  }
}
