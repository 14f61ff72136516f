import { CUT, END, FORGOT, KNOWN, LIVE, NOBODY, STEP, type Control } from './control.js';
import type { Scripts } from './scripts.js';
import { ANYTHING, howOf, READS, WAITS, wordOf } from './touch.js';

/**
 * What others do while a thread stands at a place of its script, in any execution so far.
 *
 *     A: [ add y ] | B: load x, store x | A ...    is    A: add y | B: load x, store x | A ...
 *
 * A preemption of A before an operation may as well come after it, if nobody does anything that depends on that operation before
 * A goes on: it costs the same, and the end is the same. That is so for nearly all that A does to words which a lock protects
 * while it holds it. The search goes from the last step to the first, so the later preemption was tried by then, and with
 * it all that others can do meanwhile: had one of them come to what depends on the operation, it would have done so there, too.
 *
 * Where the search left something out, somebody else did it at the same place. A state that was known holds the place of each
 * thread. Who slept did nothing that its operation depends on. And a preemption that is put off here hands on what was met after
 * it. For kills see `putsOff`. Sets of words are bits, a bit for each 32nd word, so that too much may be met, never too little.
 *
 * Source: the idea is that of dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005), which looks for who meets
 * whom afterwards, too. Its own way to add preemptions misses some within a bound (Coons, Musuvathi and McKinley, OOPSLA
 * 2013); here a preemption is only left out for one that costs no more.
 */
export class Meetings {
  readonly #control: Control;
  readonly #scripts: Scripts;

  constructor(control: Control, scripts: Scripts) {
    this.#control = control;
    this.#scripts = scripts;
  }

  /** A thread touches a word, while all others stand where they stand. */
  touched(thread: number, operation: number): void {
    const { place } = this.#control;
    for (let other = 0; other < place.length; other++) {
      if (other !== thread) this.#scripts.meets(place[other] as number, wordOf(operation), howOf(operation) === READS);
    }
  }

  /** Whether a preemption of the current thread at a step may as well come after its operation. */
  putsOff(step: number, mayDie: boolean): boolean {
    const { about, fickle, head } = this.#control;
    const operation = about[step] as number;
    if (!this.#tried(step) || head[LIVE] !== 0 || head[FORGOT] !== 0 || fickle.includes(1)) return false;
    if (operation === ANYTHING || howOf(operation) === WAITS) return false;
    const reads = howOf(operation) === READS;
    // Who dies before a write has not written.
    if (mayDie && !reads) return false;
    const [before = 0, after = 0] = this.#control.standing.subarray(step, step + 2);
    if (this.#scripts.hasMet(after, wordOf(operation), reads)) return false;
    this.#scripts.inherits(before, after);
    return true;
  }

  /** Whether the thread could have been preempted after its operation, too. */
  #tried(step: number): boolean {
    const { head, current } = this.#control;
    const steps = head[STEP] as number;
    const decided = step + 1 < steps || (step + 1 === steps && head[END] === CUT && head[KNOWN] === steps);
    return decided && current[step] !== NOBODY && current[step + 1] === current[step];
  }
}
