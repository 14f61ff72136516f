import { onAbort } from '@interleave/core';
import type { WaitResult } from '@interleave/memory';
import { QUEUED, WAITER, WOKEN, type Control } from './control.js';
import { EXPIRED, NOTIFIED } from './performer.js';
import type { Turn } from './turn.js';

interface Pending {
  readonly index: number;
  readonly resolve: (result: WaitResult) => void;
}

/**
 * The asynchronous waits of one explored thread. Another thread that wakes one leaves a note in the control memory; the
 * promise is resolved here when this thread has the baton and nothing else to do, as by an event loop, oldest first.
 */
export class WaitPromises {
  readonly #control: Control;
  readonly #turn: Turn;
  readonly #pending = new Map<number, Pending>();
  #tickets = 0;

  constructor(control: Control, turn: Turn) {
    this.#control = control;
    this.#turn = turn;
  }

  /** Forgets those of the execution before. */
  begin(): void {
    this.#pending.clear();
    this.#tickets = 0;
  }

  /** The number under which the next wait stands in the queue. */
  nextTicket(): number {
    return (this.#tickets += 1);
  }

  /** A promise for a wait. */
  open(ticket: number, index: number, signal: AbortSignal | undefined): Promise<WaitResult> {
    this.#control.fickle[this.#turn.me] = 1;
    return new Promise<WaitResult>((resolve) => {
      const leave = signal && onAbort(signal, () => this.#abort(ticket));
      this.#pending.set(ticket, {
        index,
        resolve: (result) => {
          leave?.();
          resolve(result);
        },
      });
    });
  }

  /** Resolves the next promise; sleeps until there is one to resolve. */
  resolveNext(): void {
    if (this.#find() < 0) this.#turn.idle();
    for (let others = this.#ready() - 1; others > 0 && this.#turn.scheduler.passes(this.#turn.me); others--) {
      this.#stepBack(this.#find());
    }
    const at = this.#find();
    const { resolving } = this.#control;
    const how = resolving[at * WAITER + 1] as number;
    const ticket = resolving[at * WAITER + 2] as number;
    this.#take(at);
    this.#turn.scheduler.key.learns(this.#turn.me, ticket * 2 + how);
    this.#settle(ticket, how === EXPIRED ? 'timed-out' : 'ok');
  }

  #settle(ticket: number, result: WaitResult): void {
    const pending = this.#pending.get(ticket);
    this.#pending.delete(ticket);
    pending?.resolve(result);
  }

  /** The wait is called off: it leaves the queue, and a wake-up that was on its way to it goes to the next. */
  #abort(ticket: number): void {
    const { head, queue, resolving } = this.#control;
    const index = this.#pending.get(ticket)?.index;
    if (index === undefined || this.#turn.unwinding) return;
    this.#settle(ticket, 'timed-out');
    for (let at = 0; at < (head[QUEUED] as number); at++) {
      if (queue[at * WAITER] !== this.#turn.me || queue[at * WAITER + 2] !== ticket) continue;
      return this.#turn.scheduler.leaveQueue(at);
    }
    const woken = this.#find(ticket);
    const notified = resolving[woken * WAITER + 1] === NOTIFIED;
    this.#take(woken);
    if (!notified) return;
    for (let at = 0; at < (head[QUEUED] as number); at++) {
      if (queue[at * WAITER + 1] === index) return this.#turn.scheduler.wake(at, NOTIFIED);
    }
  }

  /** The place of the first note for this thread, or of the one for a ticket. */
  #find(ticket?: number): number {
    const { head, resolving } = this.#control;
    for (let at = 0; at < (head[WOKEN] as number); at++) {
      if (resolving[at * WAITER] !== this.#turn.me) continue;
      if (ticket === undefined || resolving[at * WAITER + 2] === ticket) return at;
    }
    return -1;
  }

  /** How many promises of this thread are to be resolved. */
  #ready(): number {
    const { head, resolving } = this.#control;
    let ready = 0;
    for (let at = 0; at < (head[WOKEN] as number); at++) if (resolving[at * WAITER] === this.#turn.me) ready += 1;
    return ready;
  }

  /** Puts a note behind all others. */
  #stepBack(at: number): void {
    const { head, resolving } = this.#control;
    const note = resolving.slice(at * WAITER, (at + 1) * WAITER);
    this.#take(at);
    resolving.set(note, (head[WOKEN] as number) * WAITER);
    head[WOKEN] = (head[WOKEN] as number) + 1;
  }

  #take(at: number): void {
    const { head, resolving } = this.#control;
    const length = (head[WOKEN] as number) - 1;
    head[WOKEN] = length;
    resolving.copyWithin(at * WAITER, (at + 1) * WAITER, (length + 1) * WAITER);
  }
}
