import { CloseAction, ErrorAction, type ErrorHandler } from 'vscode-languageclient/node';

/** How many crashes in how many milliseconds are too many to start the server once more. */
const MOST = 5;
const WITHIN_MS = 3 * 60 * 1000;

/**
 * What follows when the server is gone without having been asked to go: it is started again, in silence,
 * until that has happened too often.
 *
 * The language client's own handler stops for good at an error of the pipe, which is how a process that was
 * killed often shows first, and it tells of each crash in a message of its own.
 */
export class Crashes implements ErrorHandler {
  #times: number[] = [];
  readonly #giveUp: () => void;

  /** @param giveUp is called when the server is not started again. */
  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  error() {
    // The end of the process follows, and that is what counts.
    return { action: ErrorAction.Continue, handled: true };
  }

  closed() {
    const now = Date.now();
    this.#times = this.#times.filter((time) => now - time < WITHIN_MS).concat(now);
    if (this.#times.length < MOST) {
      return { action: CloseAction.Restart, handled: true };
    }
    this.#giveUp();
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
