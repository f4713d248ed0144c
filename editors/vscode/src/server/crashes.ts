/** How many crashes in how many milliseconds are too many to start the server once more. */
const MOST = 5;
const WITHIN_MS = 3 * 60 * 1000;

/** Counts how often the server was gone without having been asked to go. */
export class Crashes {
  #times: number[] = [];

  /** Whether it may be started once more after this crash. */
  count(now = Date.now()): boolean {
    this.#times = this.#times.filter((time) => now - time < WITHIN_MS).concat(now);
    return this.#times.length < MOST;
  }
}
