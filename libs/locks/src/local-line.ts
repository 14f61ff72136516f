/**
 * The waiters of one thread that do not block: coroutines, in the order they came.
 *
 * They wait here, in local memory, and the first of them has a place in the shared line for all. A hundred thousand
 * waiters cost one place, and a turn that goes from one to the next in the same thread wakes nobody. After each turn the
 * thread stands last in the shared line, so threads take turns and none is passed twice.
 */
import { abortError, onAbort, systemClock, throwIfAborted, type StopTimer, type WaitOptions } from '@interleave/core';
import { SLICE, type Gate } from './gate.js';
import { WaiterRow, type LetIn } from './waiter-row.js';

/** A waiter with options of its own; all others are the function that lets them in. */
interface Waiter {
  waits: boolean;
  readonly resolve: (entered: boolean) => void;
  readonly reject: (error: unknown) => void;
  readonly options: LocalWaitOptions;
  ends: Ends | undefined;
}

/** What else can end a wait. */
interface Ends {
  stopTimer: StopTimer | undefined;
  stopListening: (() => void) | undefined;
}

/** Options of {@link LocalLine.wait}; the timeout is checked already. */
export interface LocalWaitOptions extends WaitOptions {
  /** What is waited for, for messages. */
  readonly what: () => string;
  /** Called at the moment the waiter enters, before its promise resolves. */
  readonly entered?: (() => void) | undefined;
  /** Is handed a way to end the wait with false; the way returns false if the waiter has entered already. */
  readonly callOff?: (leave: () => boolean) => void;
}

/** See the overview. */
export class LocalLine {
  readonly #gate: Gate;
  readonly #handBack: () => void;
  readonly #row = new WaiterRow<Waiter>();
  /** One for all promises: a closure for each would be one more thing to collect. */
  readonly #stand = (letIn: LetIn): void => this.#row.push(letIn);
  /** This thread's place in the shared line, or -1. */
  #place = -1;
  /** The place at which a wake-up is awaited, or -1. */
  #heard = -1;
  #stopLook: StopTimer | undefined;

  /** @param handBack - undoes the entering of a waiter that was called off in the same turn */
  constructor(gate: Gate, handBack: () => void) {
    this.#gate = gate;
    this.#handBack = handBack;
  }

  /** The place that a blocking call of this thread uses, or -1. */
  get place(): number {
    return this.#place;
  }

  /** Whether anybody waits here. */
  get waits(): boolean {
    return this.#row.size > 0;
  }

  /** Resolves to true when the caller has entered, to false when the time is over. */
  wait(options: LocalWaitOptions): Promise<boolean> {
    const { timeout = Infinity, signal, what, entered, callOff } = options;
    if (signal !== undefined) throwIfAborted(signal, what());
    if (timeout !== Infinity || signal !== undefined || entered !== undefined || callOff !== undefined) {
      return this.#waitWith(options);
    }
    const entering = new Promise<boolean>(this.#stand);
    // Those before it have asked already; nothing can have changed for who comes after them.
    if (this.#row.size === 1) this.#ask();
    return entering;
  }

  #waitWith(options: LocalWaitOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { waits: true, resolve, reject, options, ends: undefined };
      this.#row.push(waiter);
      this.#setEnds(waiter);
      if (this.#row.size === 1) this.#ask();
    });
  }

  /** A function of its own, so that the closures of others are not carried along by all who wait. */
  #setEnds(waiter: Waiter): void {
    const { timeout = Infinity, signal, what, callOff } = waiter.options;
    callOff?.(() => this.#end(waiter, () => waiter.resolve(false)));
    if (timeout === Infinity && signal === undefined) return;
    const late = (): void => void this.#end(waiter, () => waiter.resolve(false));
    waiter.ends = {
      stopTimer: timeout === Infinity ? undefined : systemClock.setTimer(timeout, late),
      stopListening:
        signal && onAbort(signal, () => void this.#end(waiter, () => waiter.reject(abortError(signal, what())))),
    };
  }

  /** Gives the turn of one waiter of this thread to the next, if no other thread is before it; returns whether it did. */
  passOn(): boolean {
    if (this.#row.size === 0 || this.#place < 0 || !this.#gate.line.isNext(this.#place)) return false;
    if (this.#gate.line.isInvited(this.#place)) return false;
    this.#gate.line.served(this.#place);
    this.#enter();
    if (this.#row.size === 0) this.#leave();
    return true;
  }

  /** Uses an invitation that this thread gave to itself, without going to sleep first. */
  hear(): void {
    if (this.#place >= 0 && this.#gate.line.isInvited(this.#place)) this.#pump();
  }

  #ask(): void {
    try {
      this.#place = this.#gate.line.join();
      this.#gate.watch();
      this.#pump();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Lets in as many as can enter, and waits for the next wake-up. */
  #pump(): void {
    const { line } = this.#gate;
    for (;;) {
      if (this.#row.size === 0) return this.#leave();
      if (this.#place < 0) this.#place = line.join();
      if (this.#place < 0) break;
      if (this.#gate.enterFrom(this.#place)) {
        line.served(this.#place);
        line.waitAgain(this.#place);
        this.#enter();
      } else if (this.#listen()) {
        break;
      }
    }
    this.#stopLook ??= systemClock.setTimer(SLICE, () => this.#look());
  }

  /** Waits for an invitation; returns whether there is none yet. */
  #listen(): boolean {
    const place = this.#place;
    if (this.#heard === place) return true;
    const woken = this.#gate.line.sleepAsync(place);
    if (typeof woken === 'string') return false;
    this.#heard = place;
    void woken.then(() => {
      if (this.#heard === place) this.#heard = -1;
      if (this.#row.size > 0) this.#pump();
    });
    return true;
  }

  #look(): void {
    this.#stopLook = undefined;
    try {
      this.#gate.look();
      this.#pump();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Lets the first one in. */
  #enter(): void {
    const waiter = this.#row.shift()!;
    if (typeof waiter === 'function') return waiter(true);
    const { entered, signal, what } = waiter.options;
    waiter.ends?.stopTimer?.();
    entered?.();
    if (signal === undefined) return waiter.resolve(true);
    // Until its code goes on, the waiter can still be called off; then the turn is the next one's.
    queueMicrotask(() => {
      if (!signal.aborted) {
        waiter.ends?.stopListening?.();
        waiter.resolve(true);
      } else {
        this.#handBack();
        waiter.reject(abortError(signal, what()));
      }
    });
  }

  /** Ends a wait that has not been served; returns whether it was one. */
  #end(waiter: Waiter, tell: () => void): boolean {
    if (!this.#row.leave(waiter)) return false;
    stop(waiter);
    tell();
    if (this.#row.size === 0) this.#leave();
    return true;
  }

  #fail(error: unknown): void {
    for (let waiter = this.#row.shift(); waiter !== undefined; waiter = this.#row.shift()) {
      if (typeof waiter === 'function') {
        waiter(Promise.reject(error));
      } else {
        stop(waiter);
        waiter.reject(error);
      }
    }
    this.#leave();
  }

  #leave(): void {
    this.#stopLook?.();
    this.#stopLook = undefined;
    if (this.#place < 0) return;
    const place = this.#place;
    this.#place = -1;
    this.#gate.leave(place);
  }
}

function stop({ ends }: Waiter): void {
  ends?.stopTimer?.();
  ends?.stopListening?.();
}
