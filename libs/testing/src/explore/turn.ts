import {
  CURRENT,
  DUE,
  EXECUTION,
  FORGOT,
  GRANTED,
  IDLE,
  NEEDED,
  NOBODY,
  PARKED,
  RACED,
  STOP,
  STRAYED,
  UNWIND,
  UNWINDING,
  type Control,
} from './control.js';
import type { RaceWatch } from './race-watch.js';
import { give, LEAVE, type Rounds } from './rounds.js';
import type { Scheduler } from './scheduler.js';
import type { RETURNS, Scripts, THROWS } from './scripts.js';

/** Thrown through the explored code when its execution is over; not an error, so that nobody takes it for one of theirs. */
export class Unwound {
  toString(): string {
    return 'the execution is over; let this pass';
  }
}

/** Why a thread has nothing to do any more. */
export class Stopped {}

/**
 * One thread's part in the passing of the baton.
 *
 * Its function runs when nobody knows what it does next, and then up to there; from there on it stands in its last operation,
 * and its thread goes on with the steps of all, or waits. Where it is needed again it may go on, if it came by the place in
 * its script where it stands; otherwise it leaves its function and enters it anew.
 */
export class Turn {
  readonly me: number;
  readonly scheduler: Scheduler;
  readonly races: RaceWatch;
  readonly #control: Control;
  readonly #rounds: Rounds;
  readonly #scripts: Scripts;
  /** Where the function stands, and the places it is still to be led to, the next one last. */
  #place = NOBODY;
  #way: number[] = [];
  /** Which scripts these places belong to: those after so many were forgotten. */
  #edition = 0;
  /** The execution in which it was entered, if the thread has no script. */
  #inside = NOBODY;
  #unwinding = false;
  /** Whether the thread is out of its function, and whether it has kept the baton. */
  #out = true;
  #holds = false;

  constructor(control: Control, me: number, rounds: Rounds) {
    this.#control = control;
    this.#rounds = rounds;
    this.#scripts = rounds.scripts;
    this.scheduler = rounds.scheduler;
    this.races = rounds.races;
    this.me = me;
  }

  /** Whether the function must be left. */
  get unwinding(): boolean {
    return this.#unwinding;
  }

  /** Waits until the function is needed. */
  begin(): void {
    const { head } = this.#control;
    this.#out = true;
    this.#unwinding = false;
    this.#inside = NOBODY;
    if (!this.#holds) this.#park();
    while (head[NEEDED] !== this.me) this.#goOn();
    this.#edition = head[FORGOT] as number;
    this.#enter(this.#scripts.way(this.me, NOBODY));
    if (this.#scripts.isLive(this.me)) this.#inside = head[EXECUTION] as number;
    this.#out = false;
  }

  /** What is no step asks here: nothing more may happen once the execution is over. */
  checkRuns(): void {
    if (this.#unwinding) throw new Unwound();
  }

  /**
   * Every operation asks here, and returns when it has taken place.
   *
   * @returns what it is told
   */
  ask(operation: number, word: number, first: number, second = 0, timeout = 0): number {
    this.checkRuns();
    if (!this.#scripts.writes(this.#place, operation, word, first, second, timeout)) this.#leave(this.#stray());
    if (this.#way.length === 0) this.#waitUntilNeeded();
    this.#place = this.#way.pop() ?? this.me;
    return this.#scripts.answer(this.#place, operation);
  }

  /** From here on, what this thread does depends on more than answers. */
  leaveScript(): void {
    if (this.#inside !== NOBODY || this.#unwinding) return;
    if (this.#way.length > 0) this.#leave(this.#stray());
    this.#scripts.leave(this.me);
    this.#place = this.me;
    this.#inside = this.#control.head[EXECUTION] as number;
  }

  /** Has nothing to do until one of its promises is to be resolved. */
  idle(): void {
    const { head, state } = this.#control;
    state[this.me] = IDLE;
    head[DUE] = NOBODY;
    head[CURRENT] = this.me;
    this.#waitUntilNeeded();
  }

  /** The function is through. */
  ends(how: typeof RETURNS | typeof THROWS, bytes: Uint8Array): void {
    if (this.#way.length > 0) this.#stray();
    else this.#scripts.ends(this.me, how, bytes);
    this.#control.head[NEEDED] = NOBODY;
    this.#holds = true;
  }

  /** Two threads have met in plain memory; that ends the execution. */
  raced(): never {
    this.scheduler.end(RACED);
    this.#control.head[NEEDED] = NOBODY;
    return this.#leave(true);
  }

  /** The function has let go of everything after {@link Unwound}. */
  unwound(): void {
    if (!this.#holds) this.#tellUnwound();
  }

  /** Until nobody knows what this thread does next; then its function goes on, if it is on the way to there. */
  #waitUntilNeeded(): void {
    const { head } = this.#control;
    do this.#goOn();
    while (head[NEEDED] !== this.me);
    if (this.#edition !== head[FORGOT]) this.#leave(true);
    if (this.#inside === NOBODY) this.#enter(this.#scripts.way(this.me, this.#place));
    else if (this.#inside !== head[EXECUTION] || !this.#scripts.isLive(this.me)) this.#leave(true);
  }

  #goOn(): void {
    const needed = this.#rounds.goOn(this.me, this.#inside);
    if (needed === LEAVE) this.#leave(true);
    if (needed === this.me) return;
    if (needed !== NOBODY) give(this.#control, needed, GRANTED);
    this.#park();
  }

  /** The function is led along a way. */
  #enter(way: number[] | undefined): void {
    if (way === undefined) this.#leave(true);
    this.#way = way;
    if (this.#out) this.#place = way.pop() ?? this.me;
  }

  /** The function does something else than it did before when it was told the same. */
  #stray(): true {
    this.scheduler.end(STRAYED);
    this.#control.head[NEEDED] = NOBODY;
    return true;
  }

  /** The function has to be left, from the middle. */
  #leave(holds: boolean): never {
    this.#holds = holds;
    this.#unwinding = true;
    throw new Unwound();
  }

  #park(): void {
    const { go } = this.#control;
    for (;;) {
      Atomics.wait(go, this.me, PARKED);
      const order = Atomics.exchange(go, this.me, PARKED);
      if (order === GRANTED) return;
      if (order === STOP) throw new Stopped();
      if (order !== UNWIND) continue;
      if (!this.#out) this.#leave(false);
      this.#tellUnwound();
    }
  }

  #tellUnwound(): void {
    const { head } = this.#control;
    Atomics.sub(head, UNWINDING, 1);
    Atomics.notify(head, UNWINDING);
  }
}
