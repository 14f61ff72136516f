/**
 * Something that is held until it is given back, at the end of a block: `await using held = await lock.hold()`.
 *
 * Who has a thing to lend makes one for each loan: `return new Hold(() => this.release())`.
 */
export class Hold {
  #giveBack: (() => void) | undefined;

  /** @param giveBack - called once, at the end of the block or before */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  /** Gives it back before the end of the block; the end does nothing then. */
  release(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = undefined;
    giveBack?.();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
