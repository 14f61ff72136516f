/**
 * Keeps an event loop awake for a moment while something is expected soon.
 *
 * A loop with nothing to do sleeps, and to wake it takes its processor 30 to 50 µs, on each side of an awaited task. So who
 * expects an answer, or the next task, has the loop look again and again instead: it takes turns with nothing in them, and
 * everything else in it goes on.
 *
 * It looks only while that pays, and learns so from what happens: not at all if waits are long of late, for at most three
 * times as long as they are, and on credit. A wait that ends while it looks earns what a wake-up costs; one that does not
 * costs the time it looked. What is lost on a machine where looking is in vain is a hundredth of the time.
 *
 * @internal
 */
export class Lookout {
  readonly #nextTurn: (look: () => void) => unknown;
  readonly #clock: () => number;
  #waiting = false;
  #looking = false;
  /** When the wait began, and until when it looks, on its clock. */
  #since = 0;
  #until = 0;
  /** How long a wait takes of late, in milliseconds. */
  #usual = LONG;
  /** For how many milliseconds it may look in vain, and when the last of them were given. */
  #credit = MOST_CREDIT;
  #paid = 0;

  /**
   * @param nextTurn - calls a function in the next turn of the event loop, and keeps it awake until then
   * @param clock - the time, in milliseconds
   */
  constructor(nextTurn: (look: () => void) => unknown = setImmediate, clock: () => number = () => performance.now()) {
    this.#nextTurn = nextTurn;
    this.#clock = clock;
  }

  /** Something is expected from now on. */
  expect(now: number): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#since = now;
    if (this.#usual > LONGEST) return;
    this.#earn((now - this.#paid) * SHARE);
    this.#paid = now;
    if (this.#credit <= 0) return;
    this.#until = now + Math.max(LEAST, 3 * this.#usual);
    if (this.#looking) return;
    this.#looking = true;
    this.#nextTurn(this.#look);
  }

  /** It is here. */
  met(now: number): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#usual += (Math.min(now - this.#since, LONG) - this.#usual) * WEIGHT;
    if (this.#looking) this.#earn(WAKE_UP);
  }

  readonly #look = (): void => {
    const now = this.#clock();
    if (this.#waiting && now < this.#until) {
      this.#nextTurn(this.#look);
      return;
    }
    this.#looking = false;
    if (this.#waiting) this.#credit -= now - this.#since;
  };

  #earn(milliseconds: number): void {
    this.#credit = Math.min(this.#credit + milliseconds, MOST_CREDIT);
  }
}

/** The longest usual wait for which it looks, in milliseconds. */
export const LONGEST = 0.3;
/** What longer waits count as, in milliseconds. */
const LONG = 1;
/** How much the last wait counts beside those before. */
const WEIGHT = 0.2;
/** How long it looks at least, in milliseconds. */
const LEAST = 0.1;
/** What a wake-up that was not needed is worth, in milliseconds. */
const WAKE_UP = 0.03;
/** The share of the time that may be lost. */
const SHARE = 0.01;
/** The most that may be lost in a row, in milliseconds. */
const MOST_CREDIT = 2;
