import type { Control } from './control.js';
import { ANYTHING, dependent } from './touch.js';

/**
 * Preempted threads that need not go on yet.
 *
 *     A: [ store x ]          A: [ store x ]                    A was to store x, and B took the baton. As long as
 *     B:    load y     and    B:              load y            nobody touches x, A had better stored it before:
 *     A:    ...               A:              ...               that costs no more, and it was tried already.
 *
 * So A sleeps until somebody does something that cannot change places with what it is about to do. Where nobody else can go
 * on before that, nothing new will come. These are sleep sets (Godefroid 1996), for preemptions only, since only there the other
 * way is surely within the bound: without the preemption, it is never dearer.
 *
 * Why it goes together with `SeenStates` and `Meetings`: of all schedules that lead to a certain failure, take the one that the
 * search comes to first. Whatever leaves one out says that there is another with the same end, no dearer and earlier.
 */
export class Asleep {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** The sleepers, as bits. */
  set(): number {
    const { asleep } = this.#control;
    let set = 0;
    for (let thread = 0; thread < asleep.length; thread++) if (asleep[thread] !== ANYTHING) set |= 1 << thread;
    return set;
  }

  /** The thread was preempted before an operation. */
  add(thread: number, operation: number): void {
    this.#control.asleep[thread] = operation;
  }

  /** The thread goes on. */
  wake(thread: number): void {
    this.#control.asleep[thread] = ANYTHING;
  }

  /** All may have a reason to go on. */
  wakeAll(): void {
    this.#control.asleep.fill(ANYTHING);
  }

  /** An operation takes place: those who were about to do what depends on it may go on. */
  touched(operation: number): void {
    const { asleep } = this.#control;
    for (let thread = 0; thread < asleep.length; thread++) {
      const other = asleep[thread] as number;
      if (other !== ANYTHING && dependent(operation, other)) asleep[thread] = ANYTHING;
    }
  }
}
