import { AGAIN, type Control } from './control.js';
import { ANYTHING, howOf, READS, WAITS, wordOf } from './touch.js';

/**
 * Which threads touch which words, in any execution so far. To preempt a thread before it reads a word that nobody else
 * writes is to preempt it later:
 *
 *     A: [ load x ] | B ...     is     A: load x | B ...     where x is A's alone, and one execution less
 *
 * So such preemptions are put off. Should somebody touch that word after all, the search begins anew, knowing this. It
 * happens a few times at the start, if at all.
 *
 * Why nothing is missed: think of the first schedule, in the order of the search, in which a thread touches a word for which
 * another's preemption was put off. Take the preemptions out of it that were put off, and it is one that is tried.
 */
export class Contention {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** A thread touches a word. */
  touched(thread: number, operation: number): void {
    const { head, touched, putOff } = this.#control;
    const at = wordOf(operation) * 2 + (howOf(operation) === READS ? 0 : 1);
    const before = touched[at] as number;
    if (((before >> thread) & 1) === 1) return;
    touched[at] = before | (1 << thread);
    const others = ~(1 << thread);
    const reads = wordOf(operation) * 2;
    const readsPutOff = howOf(operation) === READS ? 0 : (putOff[reads] as number);
    if (((readsPutOff | (putOff[reads + 1] as number)) & others) !== 0) head[AGAIN] = 1;
  }

  /** Whether a preemption before an operation makes no difference, as far as is known. */
  putsOff(thread: number, operation: number, mayDie: boolean): boolean {
    if (operation === ANYTHING || howOf(operation) === WAITS) return false;
    const { touched, putOff } = this.#control;
    const reads = howOf(operation) === READS;
    // Who dies before a write has not written.
    if (mayDie && !reads) return false;
    const at = wordOf(operation) * 2;
    const others = ((touched[at + 1] as number) | (reads ? 0 : (touched[at] as number))) & ~(1 << thread);
    if (others !== 0) return false;
    putOff[at + (reads ? 0 : 1)] = (putOff[at + (reads ? 0 : 1)] as number) | (1 << thread);
    return true;
  }

  /** The search begins anew. */
  reset(): void {
    this.#control.head[AGAIN] = 0;
    this.#control.putOff.fill(0);
  }
}
