import {
  BLOCKED,
  DONE,
  GRANTED,
  type IDLE,
  NOBODY,
  PARKED,
  RACED,
  STOP,
  THREW,
  UNWIND,
  UNWINDING,
  type Control,
} from './control.js';
import { give, type Rounds } from './rounds.js';
import type { Scheduler } from './scheduler.js';

/** Thrown through the explored code when its execution is over; not an error, so that nobody takes it for one of theirs. */
export class Unwound {
  toString(): string {
    return 'the execution is over; let this pass';
  }
}

/** Why a thread has nothing to do any more. */
export class Stopped {}

/** One thread's part in the passing of the baton. */
export class Turn {
  readonly me: number;
  readonly scheduler: Scheduler;
  readonly #control: Control;
  readonly #rounds: Rounds;
  /** Whether the step that is to come was decided already: by who handed over the baton. */
  #granted = false;
  #unwinding = false;
  /** Whether the execution has ended in this thread's hands, so that it begins the next. */
  #last = false;

  constructor(control: Control, me: number, rounds: Rounds) {
    this.#control = control;
    this.#rounds = rounds;
    this.scheduler = rounds.scheduler;
    this.me = me;
  }

  /** Whether the execution is over, and this thread still in its function. */
  get unwinding(): boolean {
    return this.#unwinding;
  }

  /** Waits for the first step of an execution. */
  begin(): void {
    this.#unwinding = false;
    this.#park();
    this.#granted = true;
  }

  /** What is no step asks here: nothing more may happen once the execution is over. */
  checkRuns(): void {
    if (this.#unwinding) throw new Unwound();
  }

  /**
   * Every operation asks here before it takes place: another may be first.
   *
   * @param operation - what will be done; see `touch`
   */
  step(operation: number): void {
    this.checkRuns();
    if (this.#granted) {
      this.#granted = false;
      return;
    }
    this.#handOver(this.scheduler.next(this.me, operation));
  }

  /** Sleeps until somebody has made this thread runnable, and chosen it. */
  sleep(as: typeof BLOCKED | typeof IDLE = BLOCKED): void {
    this.#control.state[this.me] = as;
    this.#handOver(this.scheduler.next(this.me));
    this.#granted = true;
  }

  /** The function is through. */
  done(): void {
    this.#control.state[this.me] = DONE;
    const next = this.scheduler.next(NOBODY);
    if (next === NOBODY) this.#rounds.goOn(this.me);
    else give(this.#control, next, GRANTED);
  }

  /** The function threw; that ends the execution. */
  threw(): void {
    this.#control.state[this.me] = DONE;
    this.scheduler.end(THREW);
    this.#rounds.goOn(this.me);
  }

  /** Two threads have met in plain memory; that ends the execution. */
  raced(): never {
    this.scheduler.end(RACED);
    return this.#leave();
  }

  /** The function has let go of everything after {@link Unwound}. */
  unwound(): void {
    const { head } = this.#control;
    if (this.#last) {
      this.#last = false;
      this.#rounds.goOn(this.me);
    } else {
      Atomics.sub(head, UNWINDING, 1);
      Atomics.notify(head, UNWINDING);
    }
  }

  #handOver(next: number): void {
    if (next === this.me) return;
    if (next === NOBODY) this.#leave();
    give(this.#control, next, GRANTED);
    this.#park();
  }

  /** The execution has ended here, in the middle of the function. */
  #leave(): never {
    this.#last = true;
    this.#unwinding = true;
    throw new Unwound();
  }

  #park(): void {
    const { go } = this.#control;
    Atomics.wait(go, this.me, PARKED);
    const order = Atomics.exchange(go, this.me, PARKED);
    if (order === GRANTED) return;
    if (order === STOP) throw new Stopped();
    if (order !== UNWIND) return this.#park();
    this.#unwinding = true;
    throw new Unwound();
  }
}
