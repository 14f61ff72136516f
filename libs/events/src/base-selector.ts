/**
 * The half of a selector that is the same whatever it watches: the table of keys, and the wait.
 *
 *     select ──> a turn of the loop ──> collect ──> some? ──yes──> answer
 *                        ^                           no
 *                        └──── woken, or in time ─── listen
 *
 * Each look comes after a turn of the event loop, the first as well. Without it, a program that asks again and again while
 * one thing is always ready would never let the loop do anything else, not even receive what the program waits for.
 */
import { setImmediate } from 'node:timers/promises';
import {
  abortError,
  AlreadyRegisteredError,
  checkTimeout,
  InvalidStateError,
  NotRegisteredError,
  onAbort,
  systemClock,
  throwIfAborted,
  type WaitOptions,
} from '@interleave/core';
import { SelectorMap } from './selector-map.js';
import { EVENT_READ, EVENT_WRITE, type Ready, type SelectorData, type SelectorKey } from './selector.js';

/** What every selector can do. Make a `DefaultSelector`, `SelectSelector`, `PollSelector` or `EpollSelector`. */
export abstract class BaseSelector<F, D, K extends SelectorKey<F, D> = SelectorKey<F, D>> {
  /** By identity: the object, or the number of the descriptor. */
  readonly #keys = new Map<unknown, K>();
  /** Kept, because the number of what was closed meanwhile can no longer be asked. */
  readonly #identities = new Map<F, unknown>();
  readonly #map = new SelectorMap<F, K>(this.#keys, (fileObj) => this.#find(fileObj));
  readonly #pending = new Set<() => void>();
  #closed = false;

  /**
   * Begins to watch.
   *
   * @param fileObj - what to watch
   * @param events - {@link EVENT_READ}, {@link EVENT_WRITE}, or both, joined by `|`
   * @param data - anything of yours; `select` gives it back with the key
   * @returns the key, which `getKey` returns as well
   * @throws {TypeError} for what cannot be watched, or not for these events
   * @throws {RangeError} for events that are none
   * @throws {AlreadyRegisteredError} if it is registered here
   * @throws {ClosedError} if it is closed
   */
  register(fileObj: F, events: number, ...[data]: SelectorData<D>): K {
    this.mustBeOpen('register');
    checkEvents(events);
    const identity = this.identify(fileObj, events);
    if (this.#keys.has(identity)) {
      throw new AlreadyRegisteredError(`Cannot register ${this.nameOf(fileObj)}: it is registered; use modify()`);
    }
    const key = this.makeKey({ fileObj, events, data: data as D });
    this.attach(key);
    this.#keys.set(identity, key);
    this.#identities.set(fileObj, identity);
    return key;
  }

  /**
   * Changes for what it is watched, or what belongs to it.
   *
   * @returns the new key
   * @throws {NotRegisteredError} if it is not registered here
   * @throws {TypeError | RangeError} as `register` does
   */
  modify(fileObj: F, events: number, ...[data]: SelectorData<D>): K {
    this.mustBeOpen('modify a key of');
    checkEvents(events);
    const before = this.#get(fileObj, 'modify');
    const identity = this.identify(before.fileObj, events);
    const key = this.makeKey({ fileObj: before.fileObj, events, data: data as D });
    this.change(key, before);
    this.#keys.set(identity, key);
    return key;
  }

  /**
   * Stops watching; also what was closed meanwhile.
   *
   * @returns its last key
   * @throws {NotRegisteredError} if it is not registered here
   */
  unregister(fileObj: F): K {
    this.mustBeOpen('unregister from');
    const key = this.#get(fileObj, 'unregister');
    this.#keys.delete(this.#identities.get(key.fileObj));
    this.#identities.delete(key.fileObj);
    this.detach(key);
    return key;
  }

  /**
   * The key of what is registered.
   *
   * @throws {NotRegisteredError} if it is not registered here
   * @throws {InvalidStateError} if the selector is closed
   */
  getKey(fileObj: F): K {
    this.mustBeOpen('ask for a key of');
    return this.#get(fileObj, 'find');
  }

  /** A live, read-only view of all keys. */
  getMap(): SelectorMap<F, K> {
    return this.#map;
  }

  /**
   * Waits until something is ready.
   *
   * **Cancellation** an aborted `select` takes nothing: what is ready is reported by the next one.
   * **Liveness** a pending `select` keeps the process alive, an idle selector does not.
   *
   * @returns a key and its events for each that is ready; nothing if the time was over first. A timeout of 0 or below looks
   * once
   * @throws {CancelledError} when the signal aborts
   * @throws {InvalidStateError} if the selector is closed, also meanwhile
   * @throws {TypeError | RangeError} for a bad timeout
   */
  async select(options: WaitOptions = {}): Promise<Ready<K>[]> {
    const timeout = checkTimeout(options.timeout);
    const { signal } = options;
    const what = `select with ${this.#called()}`;
    const due = systemClock.now() + timeout;
    throwIfAborted(signal, what);
    this.mustBeOpen('select with');
    for (;;) {
      await setImmediate();
      throwIfAborted(signal, what);
      this.mustBeOpen('select with');
      const ready = this.collect();
      const left = due - systemClock.now();
      if (ready.length > 0 || left <= 0) return ready;
      await this.#woken(left, signal, what);
    }
  }

  /** Forgets all keys; a pending `select` is rejected. What was registered stays open. Once more does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const keys = [...this.#keys.values()];
    this.#keys.clear();
    this.#identities.clear();
    for (const key of keys) this.detach(key);
    this.release();
    this.wakePending();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  toString(): string {
    return `<${this.#called()} ${this.#closed ? 'closed' : `${this.#keys.size} registered`}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Lets pending waits look again, because what is watched has changed. */
  protected wakePending(): void {
    for (const wake of [...this.#pending]) wake();
  }

  /** @throws {InvalidStateError} if it is closed */
  protected mustBeOpen(what: string): void {
    if (this.#closed) throw new InvalidStateError(`Cannot ${what} ${this.#called()}: it is closed; make a new one`);
  }

  /** What two registrations may not have in common; checks that it can be watched for these events. */
  protected abstract identify(fileObj: F, events: number): unknown;
  /** The same without a check, for what may have been closed meanwhile. */
  protected abstract identityOf(fileObj: F): unknown;
  protected abstract makeKey(key: SelectorKey<F, D>): K;
  protected abstract attach(key: K): void;
  protected abstract change(key: K, before: K): void;
  protected abstract detach(key: K): void;
  /** All that are ready now. */
  protected abstract collect(): Ready<K>[];
  /** Calls `wake`, later, when something may have become ready, and keeps the process alive, until what it returns is called. */
  protected abstract listen(wake: () => void): () => void;
  /** The selector is closed, and all keys are detached. */
  protected abstract release(): void;
  /** For messages: `socket 7`. */
  protected abstract nameOf(fileObj: F): string;

  #get(fileObj: F, what: string): K {
    const key = this.#find(fileObj);
    if (key !== undefined) return key;
    throw new NotRegisteredError(`Cannot ${what} ${this.nameOf(fileObj)}: it is not registered with ${this.#called()}`);
  }

  #find(fileObj: F): K | undefined {
    const identity = this.#identities.has(fileObj) ? this.#identities.get(fileObj) : this.identityOf(fileObj);
    return this.#keys.get(identity);
  }

  #woken(timeout: number, signal: AbortSignal | undefined, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#pending.delete(wake);
        stopListening();
        stopTimer();
        leave?.();
      };
      const wake = (): void => {
        end();
        resolve();
      };
      // First, because it may throw, and nothing else must be left then.
      const stopListening = this.listen(wake);
      const stopTimer = systemClock.setTimer(timeout, wake);
      const leave =
        signal &&
        onAbort(signal, () => {
          end();
          reject(abortError(signal, what));
        });
      this.#pending.add(wake);
    });
  }

  #called(): string {
    return this.constructor.name;
  }
}

function checkEvents(events: number): void {
  if (typeof events !== 'number') throw new TypeError('Cannot watch for events that are not a number of bits');
  if (events >= 1 && events <= (EVENT_READ | EVENT_WRITE) && Number.isInteger(events)) return;
  throw new RangeError(`Cannot watch for events ${events}: they are EVENT_READ, EVENT_WRITE, or both, joined by |`);
}
