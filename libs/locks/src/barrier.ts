/**
 * All together: nobody goes on before all have come.
 *
 * The round is in shared words (`barrier-gate.ts`); each wait walks through it, blocked or as a coroutine.
 */
import { availableParallelism } from 'node:os';
import { abortError, checkTimeout, onAbort, systemClock, throwIfAborted, type WaitOptions } from '@interleave/core';
import {
  Arrivals,
  checkMayBlock,
  findHome,
  openHome,
  sendHome,
  Spin,
  type Home,
  type HomeHandle,
  type SharedOptions,
} from '@interleave/memory';
import { fromTransfer, toTransfer, type TransferContext } from '@interleave/transfer';
import { BarrierGate, broken } from './barrier-gate.js';
import { SLICE } from './gate.js';
import { WordWatch } from './word-watch.js';

/** Options of {@link Barrier}. */
export interface BarrierOptions extends SharedOptions {
  /** Run once a round by the last to come, before anybody is let go; if it throws, the barrier is broken. */
  readonly action?: (() => unknown) | undefined;
  /** The timeout of a `wait` that has none of its own, in milliseconds; for ever if left out. */
  readonly timeout?: number | undefined;
}

interface BarrierHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly parties: number;
  readonly name: string | undefined;
  readonly action: (() => unknown) | undefined;
  readonly timeout: number | undefined;
}

/** The most parties of a barrier. */
const MOST = 65_535;

/**
 * A point where a fixed number of workers wait for each other, round after round: coroutines, threads, and processes if
 * its scope says so.
 *
 * **Cancellation** an aborted wait takes its arrival back; the others wait on.
 * **Visibility** what each wrote before `wait` all see after it.
 * **Death** when a party dies while it waits, the barrier breaks for the others within 100 ms. One that dies before it came is
 * unknown: give a timeout.
 * **Liveness** a pending `wait` keeps the process alive.
 *
 * @example
 * ```ts
 * const barrier = new Barrier(3);
 * for (const part of parts) pool.submit(async () => { first(part); await barrier.wait(); second(part); });
 * ```
 */
export class Barrier {
  static readonly #arrivals = new Arrivals<Barrier>();

  /** The name for messages and pictures. */
  readonly name: string | undefined;
  /** How many must come. */
  readonly parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeout: number | undefined;
  readonly #home: Home;
  readonly #gate: BarrierGate;
  readonly #spin: Spin;
  readonly #watch: WordWatch;

  /**
   * @param parties - how many must come, a whole number from 1 to 65,535; given `words` need one more than that
   * @throws {TypeError} if `parties` is not a number, or `action` not a function
   * @throws {RangeError} if `parties` is no such number, or the timeout is none
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (typeof parties !== 'number') throw new TypeError(`Cannot make a Barrier: ${typeof parties} is not a number`);
    if (!Number.isInteger(parties) || parties < 1 || parties > MOST) {
      throw new RangeError(`Cannot make a Barrier of ${parties} parties: pass a whole number from 1 to ${MOST}`);
    }
    const { action, timeout, name } = options;
    if (action !== undefined && typeof action !== 'function') {
      throw new TypeError(`Cannot make a Barrier with ${typeof action} as action: pass a function`);
    }
    checkTimeout(timeout);
    this.parties = parties;
    this.name = name;
    this.#action = action;
    this.#timeout = timeout;
    // Where not all parties can run at once, who looks keeps another from coming.
    const spin = options.spin ?? (parties > availableParallelism() ? 0 : undefined);
    this.#home = findHome({ ...options, spin }, parties + 1);
    this.#gate = new BarrierGate(this.#home.words, this.#home.at, parties);
    this.#spin = new Spin(this.#home.spin);
    this.#watch = new WordWatch(this.#home.words, this.#home.at, () => this.#gate.look());
  }

  /** How many wait now. */
  get nWaiting(): number {
    return this.#gate.count();
  }

  /** Whether nobody can pass until `reset`. */
  get broken(): boolean {
    return this.#gate.phase() === 'broken';
  }

  /**
   * Waits until all have come.
   *
   * @param options - a `timeout` breaks the barrier for all when it is over; below 0 counts as 0
   * @returns a number from 0 to `parties - 1` that no other party of this round gets
   * @throws {BrokenBarrierError} if it is broken, or breaks meanwhile
   * @throws {CancelledError} when the signal aborts
   * @throws what the action threw, for the party that ran it
   */
  async wait(options: WaitOptions = {}): Promise<number> {
    const timeout = checkTimeout(options.timeout ?? this.#timeout);
    throwIfAborted(options.signal, this.#what());
    const place = await this.#come(timeout, options.signal);
    return this.#passed(place);
  }

  /** Resolves to the party's place when its round is over in one way or the other. */
  #come(timeout: number, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      let place: number | undefined;
      let late = false;
      let ended = false;
      const end = (): void => {
        ended = true;
        this.#watch.delete(look);
        stopTimer();
        stopListening?.();
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const look = (): void => {
        if (ended) return;
        try {
          if (place === undefined) {
            const arrival = this.#gate.arrive(this.#called());
            if (arrival === undefined) return;
            place = arrival.place;
            if (arrival.last) this.#act().then(look, leaveWith);
            else if (late) this.#gate.break(false);
          }
        } catch (error) {
          return fail(error);
        }
        if (this.#gate.phase() === 'filling') return;
        end();
        resolve(place);
      };
      const leaveWith = (error: unknown): void => {
        if (ended) return;
        this.#gate.break(false);
        this.#gate.leave(place!);
        fail(error);
      };
      const stopTimer = systemClock.setTimer(timeout, () => {
        late = true;
        if (place !== undefined) this.#gate.break(false);
        look();
      });
      const stopListening =
        signal &&
        onAbort(signal, () => {
          if (place === undefined || this.#gate.withdraw(place)) fail(abortError(signal, this.#what()));
        });
      this.#watch.add(look);
      look();
    });
  }

  async #act(): Promise<void> {
    await this.#action?.();
    this.#gate.open();
  }

  /**
   * As {@link wait}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits; an action is not
   * awaited.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  waitSync(options: WaitOptions = {}): number {
    checkMayBlock('waitSync()', 'await wait()');
    const timeout = checkTimeout(options.timeout ?? this.#timeout);
    throwIfAborted(options.signal, this.#what());
    const { words, at } = this.#home;
    const due = timeout === Infinity ? Infinity : words.now() + timeout;
    let seen = words.load(at);
    let arrival = this.#gate.arrive(this.#called());
    while (arrival === undefined) {
      if (!this.#spin.until(() => words.load(at) !== seen)) this.#sleep(seen, Infinity);
      seen = words.load(at);
      arrival = this.#gate.arrive(this.#called());
    }
    if (arrival.last) this.#actSync(arrival.place);
    // Looks are worth it for the end of the round, and not for each who comes.
    else this.#spin.until(() => this.#gate.phase() !== 'filling');
    for (;;) {
      seen = words.load(at);
      if (this.#gate.phase() !== 'filling') break;
      this.#sleep(seen, due);
    }
    return this.#passed(arrival.place);
  }

  #actSync(place: number): void {
    try {
      this.#action?.();
    } catch (error) {
      this.#gate.break(false);
      this.#gate.leave(place);
      throw error;
    }
    this.#gate.open();
  }

  /** Sleeps while the round is as it was seen; breaks it when the time is over. */
  #sleep(seen: number, due: number): void {
    const { words, at } = this.#home;
    const left = due === Infinity ? SLICE : due - words.now();
    if (left <= 0) this.#gate.break(false);
    else if (words.wait(at, seen, Math.min(left, SLICE)) === 'timed-out') this.#gate.look();
  }

  #passed(place: number): number {
    const passed = this.#gate.phase() === 'draining';
    this.#gate.leave(place);
    if (!passed) throw broken(this.#called());
    return place;
  }

  /** Breaks it: all who wait, and all who come later, get a BrokenBarrierError, until `reset`. */
  abort(): void {
    this.#gate.break(true);
  }

  /** Makes it usable again. Who waits now gets a BrokenBarrierError. */
  reset(): void {
    this.#gate.reset();
  }

  toString(): string {
    const state = this.broken ? 'broken' : `${this.nWaiting} of ${this.parties} waiting`;
    return `<${this.#called()} ${state}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    return this.name === undefined ? 'Barrier' : `Barrier ${JSON.stringify(this.name)}`;
  }

  #what(): string {
    return `wait at ${this.#called()}`;
  }

  /** @internal */
  [toTransfer](context: TransferContext): BarrierHandle {
    const home = sendHome(this.#home, context.ground, this.#called());
    const { parties, name } = this;
    return { id: Barrier.#arrivals.idOf(this), home, parties, name, action: this.#action, timeout: this.#timeout };
  }

  /** @internal */
  static [fromTransfer]({ id, home, parties, ...options }: BarrierHandle): Barrier {
    return Barrier.#arrivals.arrive(id, () => new Barrier(parties, { ...openHome(home), ...options }));
  }
}
