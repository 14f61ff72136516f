/**
 * Wait until somebody says so.
 *
 *     0 not set ──set──> 1 set ──clear──> 2 not set ──set──> 3 set ──clear──> ...
 *
 * One shared word that only counts up: odd is set. Who waits remembers the even number that it saw; any other number says
 * that `set` was called since, even if `clear` followed before the waiter woke. Nobody owns an event, so nobody's death
 * can leave it in a bad state.
 */
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

interface EventHandle {
  readonly id: string;
  readonly home: HomeHandle;
  readonly name: string | undefined;
}

/**
 * A flag that others can wait for: coroutines, threads, and processes if its scope says so.
 *
 * Use it to say "ready" or "stop" once to many. To say it again and again, with something to check each time, take a
 * Condition of `locks`.
 *
 * **Fairness** `set` wakes all who wait.
 * **Cancellation** an aborted wait leaves nothing behind.
 * **Visibility** what was written before `set` is seen after `wait`.
 * **Liveness** a pending `wait` keeps the process alive, an idle event does not. It waits for the flag and for nobody: if the
 * one who should set it has died, only a timeout ends the wait.
 *
 * @example
 * ```ts
 * const ready = new Event();
 * pool.submit(() => { warmUp(); ready.set(); });
 * await ready.wait();
 * ```
 */
export class Event {
  /** The number of shared words, for who passes `words`. */
  static readonly wordCount: number = 1;
  static readonly #arrivals = new Arrivals<Event>();

  readonly name: string | undefined;
  readonly #home: Home;
  readonly #spin: Spin;
  readonly #waiters = new Set<() => void>();
  /** The number for whose change this thread listens, if it does. */
  #heard: number | undefined;

  /** @throws {TypeError | RangeError} for options that make no sense */
  constructor(options: SharedOptions = {}) {
    this.name = options.name;
    this.#home = findHome(options, Event.wordCount);
    this.#spin = new Spin(this.#home.spin);
  }

  /** Whether it is set. */
  isSet(): boolean {
    return this.#load() % 2 !== 0;
  }

  /** Sets it and wakes all who wait; does nothing if it is set. */
  set(): void {
    if (!this.#turn(0)) return;
    this.#home.words.notify(this.#home.at);
    this.#wakeLocal();
  }

  /** Takes it back: later waits wait again. Who was woken already is not held up. Does nothing if it is not set. */
  clear(): void {
    this.#turn(1);
  }

  /**
   * Waits until it is set; at once if it is.
   *
   * @returns true, or false if the time is over; a timeout below 0 counts as 0
   * @throws {CancelledError} when the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const timeout = checkTimeout(options.timeout);
    const { signal } = options;
    const what = `wait for ${this.#called()}`;
    throwIfAborted(signal, what);
    if (this.isSet()) return true;
    if (timeout === 0) return false;
    // Set and cleared since the others began to wait: they are due, and this one is not.
    if (this.#heard !== undefined && this.#heard !== this.#load()) this.#wakeLocal();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiters.delete(wake);
        stopTimer?.();
        leave?.();
      };
      const wake = (): void => {
        end();
        resolve(true);
      };
      const stopTimer =
        timeout === Infinity
          ? undefined
          : systemClock.setTimer(timeout, () => {
              end();
              this.#stopListening();
              resolve(false);
            });
      const leave =
        signal &&
        onAbort(signal, () => {
          end();
          this.#stopListening();
          reject(abortError(signal, what));
        });
      this.#waiters.add(wake);
      this.#listen();
    });
  }

  /**
   * As {@link wait}, and blocks the thread meanwhile. A signal is looked at before, and not while it waits.
   *
   * @throws {BlockingNotAllowedError} on the main thread, unless that was allowed
   */
  waitSync(options: WaitOptions = {}): boolean {
    checkMayBlock('waitSync()', 'await wait()');
    const timeout = checkTimeout(options.timeout);
    throwIfAborted(options.signal, `wait for ${this.#called()}`);
    const { words, at } = this.#home;
    const seen = words.load(at);
    if (seen % 2 !== 0) return true;
    const due = timeout === Infinity ? Infinity : words.now() + timeout;
    if (timeout > 0 && this.#spin.until(() => words.load(at) !== seen)) return true;
    for (;;) {
      const left = due === Infinity ? undefined : due - words.now();
      if (left !== undefined && left <= 0) return false;
      words.wait(at, seen, left);
      if (words.load(at) !== seen) return true;
    }
  }

  toString(): string {
    return `<${this.#called()} ${this.isSet() ? 'set' : 'unset'}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #called(): string {
    return this.name === undefined ? 'Event' : `Event ${JSON.stringify(this.name)}`;
  }

  #load(): number {
    return this.#home.words.load(this.#home.at);
  }

  /** Counts up if the number is even (0) or odd (1); returns whether it was. */
  #turn(from: 0 | 1): boolean {
    const { words, at } = this.#home;
    for (;;) {
      const seen = words.load(at);
      if (Math.abs(seen % 2) !== from) return false;
      if (words.compareExchange(at, seen, seen + 1) === seen) return true;
    }
  }

  /** One listener for all coroutines of this thread. */
  #listen(): void {
    const seen = this.#load();
    if (seen % 2 !== 0) return this.#wakeLocal();
    if (this.#heard === seen) return;
    const woken = this.#home.words.waitAsync(this.#home.at, seen);
    if (typeof woken === 'string') return this.#wakeLocal();
    this.#heard = seen;
    void woken.then(() => {
      if (this.#heard !== seen) return;
      this.#heard = undefined;
      if (this.#waiters.size === 0) return;
      if (this.#load() === seen) this.#listen();
      else this.#wakeLocal();
    });
  }

  /** A wait of the words has no end of its own; a wake-up for all ends it, and who still waits waits again. */
  #stopListening(): void {
    if (this.#waiters.size === 0 && this.#heard !== undefined) this.#home.words.notify(this.#home.at);
  }

  #wakeLocal(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** @internal */
  [toTransfer](context: TransferContext): EventHandle {
    const home = sendHome(this.#home, context.ground, this.#called());
    return { id: Event.#arrivals.idOf(this), home, name: this.name };
  }

  /** @internal */
  static [fromTransfer]({ id, home, name }: EventHandle): Event {
    return Event.#arrivals.arrive(id, () => new Event({ ...openHome(home), name }));
  }
}
