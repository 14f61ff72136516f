/**
 * Looks that are always worth it: a fifth of a microsecond. Where threads share a processor, each look keeps the other from
 * coming; with a hundred, a turn there and back took up to a third more time.
 */
const LEAST = 20;

/**
 * After so many waits that went to sleep after the fewest looks, the next one tries all of them again; after twice as many
 * each time that was in vain, up to the most.
 */
const [SLEEPS, MOST_SLEEPS] = [16, 512];

/** About as long as it takes to sleep and be woken: who waits longer has lost no more than that again. */
const MOST = 10_000;
let cores: number | undefined;

/** The most looks that are of use here: 10,000, or 0 with one core, where whoever looks keeps the other from running. */
export function mostLooks(): number {
  cores ??= process.getBuiltinModule('node:os').availableParallelism();
  return cores > 1 ? MOST : 0;
}

/**
 * How often a thread that has to wait looks before it goes to sleep, learnt from how its last waits went.
 *
 * To sleep and be woken takes some 60 µs, so whoever waits for less gains by looking, and whoever waits for more has burnt
 * a processor that the one it waits for may need. Each wait that a look has ended doubles the next one's looks, each that
 * ended in sleep halves them. So looks end by themselves where they do not help: when the wait is long, or when all
 * processors are busy. One wait of sixteen then tries again with all looks, since the others' habits change, and one of
 * more and more where that is in vain.
 *
 * It counts and reads no clock, so it does the same again when everything else does: under the explorer, too.
 *
 * Rejected: to ask the system how busy it is. It knows about the last minute, costs a call, and says nothing about waits.
 *
 * @example
 * ```ts
 * const spin = new Spin(1_000);
 * spin.until(() => words.load(0) !== 0) || words.wait(0, 0);
 * ```
 */
export class Spin {
  readonly #most: number;
  #looks: number;
  #sleeps = 0;
  /** How many sleeps there are until the next try. */
  #between = SLEEPS;

  /** @param most - how many looks at most; 0 for none */
  constructor(most: number) {
    this.#most = most;
    this.#looks = most;
  }

  /** How many looks the next wait begins with. */
  get looks(): number {
    return this.#looks;
  }

  /** Looks until `changed` says true, or it is time to sleep; returns whether it said true. */
  until(changed: () => boolean): boolean {
    for (let looks = this.#looks; looks > 0; looks--) {
      if (!changed()) continue;
      this.#looks = Math.min(this.#looks * 2, this.#most);
      this.#between = SLEEPS;
      this.#sleeps = 0;
      return true;
    }
    if (this.#sleeps === this.#between) {
      // The try was in vain: nothing is learnt from fewer looks.
      this.#between = Math.min(this.#between * 2, MOST_SLEEPS);
      this.#sleeps = 0;
      this.#looks = Math.min(LEAST, this.#most);
    } else if (this.#looks > LEAST) {
      this.#looks = Math.max(this.#looks >> 1, LEAST);
    } else if (++this.#sleeps === this.#between) {
      this.#looks = this.#most;
    }
    return false;
  }
}
