/** An edit that the server has asked for and that nobody has answered yet. */
class HeldEdit {
  #carryOut;
  #answer;

  constructor(params, carryOut, answer) {
    this.params = params;
    this.#carryOut = carryOut;
    this.#answer = answer;
  }

  /** Does what the editor does with it, and says so. */
  carryOut() {
    this.#answer(this.#carryOut(this.params));
  }
}

/** Edits that wait for a test to take them. */
export class HeldEdits {
  #edits = [];
  #takers = [];

  /**
   * Keeps an edit, and gives its answer once there is one.
   *
   * @param {object} params of `workspace/applyEdit`
   * @param {(params: object) => object} carryOut
   * @returns {Promise<object>}
   */
  hold(params, carryOut) {
    return new Promise((answer) => {
      const edit = new HeldEdit(params, carryOut, answer);
      const taker = this.#takers.shift();
      if (taker) taker(edit);
      else this.#edits.push(edit);
    });
  }

  /** The next edit, once it is there. @returns {Promise<HeldEdit>} */
  take() {
    const edit = this.#edits.shift();
    return edit ? Promise.resolve(edit) : new Promise((taker) => this.#takers.push(taker));
  }
}
