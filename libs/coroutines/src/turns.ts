/**
 * Turns: whoever is ready runs, in order, and then the next turn begins.
 *
 * A turn begins when all that promises had ready is done, on Node's queue of ticks. That queue is emptied before the
 * event loop goes on, so tasks that only give way to each other would hold up timers and sockets for ever. After some
 * turns, or some time, the next one therefore waits until the loop has been round.
 *
 * Those who live by a clock of their own have turns of their own: a virtual clock cannot see what waits for the loop, and
 * would think that nothing does.
 */
import type { Clock } from '@interleave/core';
import { loopClock } from './loop-clock.js';

/** How many turns there may be before the loop goes round, and how many milliseconds. */
const MOST = 64;
const LONGEST = 1;
/** How many turns there may be in one moment of another clock. */
const MOST_IN_A_MOMENT = 1_000;

/** Whose turn is next, for those who live by one clock. */
export class Turns {
  readonly #mayGoOn: (taken: number) => boolean;
  readonly #afterRound: (call: () => void) => void;
  #next: (() => void)[] = [];
  /** The promise of the last in line, if that is one. */
  #last: Promise<void> | undefined;
  #taken = 0;

  /**
   * @param mayGoOn - whether another turn may follow at once, after so many
   * @param afterRound - calls something when everything else has had its chance
   */
  constructor(mayGoOn: (taken: number) => boolean, afterRound: (call: () => void) => void) {
    this.#mayGoOn = mayGoOn;
    this.#afterRound = afterRound;
  }

  /** Calls `call` in the next turn, after those that asked before. It must not throw. */
  call(call: () => void): void {
    this.#last = undefined;
    this.#enqueue(call);
  }

  /** Resolves in the next turn, after those that asked before. Thousands who ask in a row share one promise. */
  wait(): Promise<void> {
    if (this.#last === undefined) {
      let enter = (): void => {};
      const turn = new Promise<void>((resolve) => (enter = resolve));
      this.#enqueue(enter);
      this.#last = turn;
    }
    return this.#last;
  }

  #enqueue(call: () => void): void {
    if (this.#next.push(call) > 1) return;
    if (this.#mayGoOn(this.#taken)) process.nextTick(this.#take);
    else this.#afterRound(this.#take);
  }

  readonly #take = (): void => {
    this.#taken += 1;
    const calls = this.#next;
    this.#next = [];
    this.#last = undefined;
    for (const call of calls) call();
  };

  /** Counts from here. */
  restart(): void {
    this.#taken = 0;
  }
}

const ofLoop = turnsOfLoop();
const ofOthers = new WeakMap<Clock, Turns>();

/** The turns of those who live by a clock. */
export function turnsOf(clock: Clock): Turns {
  if (clock === loopClock) return ofLoop;
  let turns = ofOthers.get(clock);
  if (turns === undefined) ofOthers.set(clock, (turns = turnsBy(clock)));
  return turns;
}

function turnsOfLoop(): Turns {
  let since: number | undefined;
  const cameRound = (): void => {
    since = undefined;
  };
  const turns = new Turns((taken) => {
    if (since === undefined) {
      since = performance.now();
      turns.restart();
      setImmediate(cameRound);
      return true;
    }
    return taken < MOST && performance.now() - since < LONGEST;
  }, setImmediate);
  return turns;
}

function turnsBy(clock: Clock): Turns {
  let moment: number | undefined;
  const turns = new Turns(
    (taken) => {
      if (clock.now() === moment) return taken < MOST_IN_A_MOMENT;
      moment = clock.now();
      turns.restart();
      return true;
    },
    (call) => {
      moment = undefined;
      clock.setTimer(0, call);
    },
  );
  return turns;
}
