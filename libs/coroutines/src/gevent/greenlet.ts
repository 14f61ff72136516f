/**
 * A task in the style of gevent: started and forgotten, joined, killed, or linked to others.
 *
 *     new ──start──> scheduled ──next turn──> running ──> ended: a value, or an error
 *      └───────────────────┴───────kill────────────────────^
 *
 * It is a fiber: `kill` throws an error at the wait of this package that the body is in, and the body may clean up. A
 * foreign promise cannot be interrupted, nor a loop that never waits, so `kill` waits for the end and never claims it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  asOwner,
  checkTimeout,
  currentOwner,
  GreenletExit,
  InvalidStateError,
  reportUncaught,
  TimeoutError,
  type Owner,
  type WaitOptions,
} from '@interleave/core';
import { Fiber } from '../fiber.js';
import { AsyncResult } from './async-result.js';
import { nextTurn, Outcome, outcomeOf } from './outcome.js';
import { toError, type ErrorLike } from './to-error.js';

/** Options of {@link Greenlet.kill}. */
export interface KillOptions extends WaitOptions {
  /** What to throw into it: an error, or a class to make one of. Default: a `GreenletExit`, which counts as success. */
  readonly exception?: ErrorLike | undefined;
  /** Whether to wait until it has ended. Default: true. */
  readonly block?: boolean | undefined;
}

/** What a greenlet can be linked to: a function, an `AsyncResult`, or anything with `put`, such as a `Channel`. */
export type LinkTarget<T> =
  ((greenlet: Greenlet<T>) => unknown) | AsyncResult<T> | { put(greenlet: Greenlet<T>): unknown };

type LinkKind = 'any' | 'value' | 'exception';

/**
 * A function that takes turns with others on this thread. {@link spawn} makes and starts one.
 *
 * It differs from an async function in that it can be killed, asked how it is, and linked to; and in that an error of
 * one that nobody asks for goes to `setUncaughtHandler` and never ends the process.
 *
 * **Context** what was in `AsyncLocalStorage` where it was started is in it; it waits by the clock of its starter.
 * **Cancellation** an aborted `join` or `get` changes nothing about it.
 *
 * @example
 * ```ts
 * const greenlet = new gevent.Greenlet(download, url);
 * greenlet.start();
 * const page = await greenlet.get({ timeout: 5_000 });
 * ```
 */
export class Greenlet<T = unknown, A extends readonly unknown[] = readonly unknown[]> extends Fiber {
  static #count = 0;

  /** For messages: the name of the function, or a number. */
  readonly name: string;
  /** @internal */
  readonly [outcomeOf]: Outcome<T | GreenletExit> = new Outcome<T | GreenletExit>();
  readonly #body: () => T | PromiseLike<T>;
  #local: Record<PropertyKey, unknown> | undefined;
  #state: 'new' | 'scheduled' | 'running' | 'ended' = 'new';
  #stopTimer: (() => void) | undefined;
  /** What a killer threw in: if the greenlet fails with it, somebody knows already. */
  #thrown: unknown;

  /**
   * @param body - what to run, in the next turn after {@link start}
   * @param args - its arguments
   * @throws {TypeError} if `body` is not a function
   */
  constructor(body: (...args: A) => T | PromiseLike<T>, ...args: A) {
    if (typeof body !== 'function') {
      throw new TypeError(`Cannot make a greenlet of ${body === null ? 'null' : typeof body}: pass a function`);
    }
    super();
    Greenlet.#count += 1;
    this.name = body.name === '' ? `Greenlet-${Greenlet.#count}` : body.name;
    this.#body = () => body(...args);
  }

  /** Starts it in the next turn; does nothing if that has been done. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'scheduled';
    void nextTurn.then(() => this.#run());
  }

  /**
   * Starts it after a while; does nothing if it has been started. Killed before, it never runs and its timer is gone.
   *
   * @param delay - milliseconds from 0
   * @throws {RangeError | TypeError} if `delay` is not such a number
   */
  startLater(delay: number): void {
    if (typeof delay !== 'number') throw new TypeError(`Cannot start after ${typeof delay}: pass milliseconds from 0`);
    if (delay < 0) throw new RangeError(`Cannot start after ${delay} ms: pass milliseconds from 0`);
    const time = checkTimeout(delay);
    if (this.#state !== 'new') return;
    this.#state = 'scheduled';
    // A clock may have one timer for many: what runs in it must not depend on who was first.
    const inContext = AsyncLocalStorage.snapshot();
    this.#stopTimer = this.clock.setTimer(time, () => inContext(() => this.#run()));
  }

  /** Whether it has been started and has not ended. */
  get started(): boolean {
    return this.#state === 'scheduled' || this.#state === 'running';
  }

  /** Whether it has ended. */
  get dead(): boolean {
    return this.#state === 'ended';
  }

  /** Whether it has ended; what {@link wait} asks all that it waits for. */
  ready(): boolean {
    return this.dead;
  }

  /** Whether it has ended without an error. A killed greenlet is successful, unless it was killed with another error. */
  successful(): boolean {
    return this.dead && !this[outcomeOf].failed;
  }

  /** What the body returned; the `GreenletExit` if it was killed; before the end, or if it failed, `undefined`. */
  get value(): T | GreenletExit | undefined {
    return this[outcomeOf].value;
  }

  /** The very error that the body ended with, if it did. */
  get exception(): unknown {
    return this[outcomeOf].error;
  }

  /** What it keeps for itself; see `gevent.local` for values that are found without it. */
  get local(): Record<PropertyKey, unknown> {
    return (this.#local ??= {});
  }

  /** How many links and waits hang on it. */
  get linkCount(): number {
    return this[outcomeOf].listeners;
  }

  /**
   * Waits for its end, however it ends. The errors of the body do not come out here.
   *
   * @param options - `timeout` in milliseconds, after which it goes on; `signal` ends the wait
   * @returns true, or false if the time is over
   * @throws {CancelledError} if `signal` aborts
   * @throws {InvalidStateError} from inside the greenlet itself
   */
  async join(options?: WaitOptions): Promise<boolean> {
    this.#checkOther('join');
    return this[outcomeOf].wait(`join ${this.#called()}`, options);
  }

  /**
   * Waits for what the body returns.
   *
   * @param options - as for {@link join}
   * @returns the value; the `GreenletExit` if it was killed
   * @throws what the body threw, the same object each time
   * @throws {TimeoutError} if the time is over; it goes on
   * @throws {CancelledError} if `signal` aborts
   * @throws {InvalidStateError} from inside the greenlet itself
   */
  async get(options?: WaitOptions): Promise<T> {
    this.#checkOther('get the value of');
    // A killed one gives its GreenletExit, as in gevent. Typed so that the usual reader need not care.
    return this[outcomeOf].get(`get the value of ${this.#called()}`, options) as Promise<T>;
  }

  /**
   * Throws an error into it and waits until it has ended: its `finally` blocks are through then. One that has not run
   * never does; one that has ended stays as it is.
   *
   * The error arrives at the wait of this package that the body is in, or at its next one. A body that computes, or waits
   * for a foreign promise, goes on until then.
   *
   * @param options - `exception`, `block`, and for the wait `timeout` and `signal`
   * @throws {TimeoutError} if it has not ended in time; it has the error and may still end
   * @throws {CancelledError} if `signal` aborts
   * @throws {TypeError} if `exception` is neither an error nor a class of errors
   */
  async kill(options: KillOptions = {}): Promise<void> {
    const timeout = checkTimeout(options.timeout);
    this.throw(options.exception);
    if (options.block === false) return;
    if (await this[outcomeOf].wait(`kill ${this.#called()}`, { timeout, signal: options.signal })) return;
    throw new TimeoutError(
      `Cannot kill ${this.#called()} within ${timeout} ms: it is not in a wait of this package, or it caught the error`,
    );
  }

  /**
   * As {@link kill}, without waiting.
   *
   * @throws {TypeError} if `exception` is neither an error nor a class of errors
   */
  throw(exception: ErrorLike = new GreenletExit()): void {
    const error = toError(exception, `kill ${this.#called()}`);
    if (this.dead) return;
    this.#thrown = error;
    if (this.#state === 'running') return this.interrupt(error);
    this.#stopTimer?.();
    this.#end(false, error);
  }

  /**
   * Tells somebody of its end, once, also if it has ended already: calls a function with the greenlet, hands value or
   * error to an `AsyncResult`, or puts the greenlet into a channel or queue. In the order of the links, each in a fiber
   * of its own; what a function throws is reported.
   *
   * @throws {TypeError} if the target is none of these
   */
  link(target: LinkTarget<T>): void {
    this.#link(target, 'any');
  }

  /** As {@link link}, only if it is successful. */
  linkValue(target: LinkTarget<T>): void {
    this.#link(target, 'value');
  }

  /** As {@link link}, only if it fails. */
  linkException(target: LinkTarget<T>): void {
    this.#link(target, 'exception');
  }

  /** Takes a link out that has not been followed yet; does nothing if there is none. */
  unlink(target: LinkTarget<T>): void {
    this[outcomeOf].forget(target);
  }

  /**
   * Lets it run beside a piece of code, and not longer than that is left by an error: at the end both are over.
   *
   * @param body - what to do meanwhile; starts the greenlet if nobody has
   * @returns what `body` returned, after the greenlet has ended by itself; its own error stays with `get`
   * @throws what `body` threw, after the greenlet was killed and has cleaned up
   *
   * @example
   * ```ts
   * await gevent.spawn(heartbeat).during(async (beat) => {
   *   await work();
   *   await beat.kill();
   * });
   * ```
   */
  async during<R>(body: (greenlet: this) => R | PromiseLike<R>): Promise<Awaited<R>> {
    this.start();
    try {
      const result = await body(this);
      await this.join();
      return result;
    } catch (error) {
      await this.kill({ exception: new GreenletExit('Killed: the body beside it failed', { cause: error }) });
      throw error;
    }
  }

  /** For example `<Greenlet "download" running>`. */
  override toString(): string {
    const state = !this.dead ? this.#state : this.successful() ? 'finished' : 'failed';
    return `<${this.#called()} ${state}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // By hand and not async: of a hundred thousand greenlets, each promise counts.
  #run(): void {
    if (this.#state !== 'scheduled') return;
    this.#state = 'running';
    this.#stopTimer = undefined;
    const fail = (error: unknown): void => this.#end(false, error);
    try {
      const returned = asOwner(this, this.#body);
      if (isThenable(returned)) Promise.resolve(returned).then((value) => this.#end(true, value), fail);
      else this.#end(true, returned);
    } catch (error) {
      fail(error);
    }
  }

  #end(good: boolean, result: unknown): void {
    this.#state = 'ended';
    if (good || result instanceof GreenletExit) this[outcomeOf].succeed(result as T);
    else this[outcomeOf].fail(result, result === this.#thrown ? undefined : () => this.#called());
  }

  #link(target: LinkTarget<T>, kind: LinkKind): void {
    const follow = linkTo(target);
    if (follow === undefined) {
      throw new TypeError(
        `Cannot link ${this.#called()} to ${target === null ? 'null' : typeof target}: pass a function, an AsyncResult, or something with put`,
      );
    }
    const called = async (): Promise<void> => {
      try {
        await asOwner(new Fiber(this.clock), () => follow(this));
      } catch (error) {
        reportUncaught(error, { where: `a link of ${this.#called()}` });
      }
    };
    this[outcomeOf].listen(() => {
      if (kind === (this.successful() ? 'exception' : 'value')) return;
      this[outcomeOf].see();
      void called();
    }, target);
  }

  #checkOther(what: string): void {
    if (getCurrent() !== (this as unknown)) return;
    throw new InvalidStateError(`Cannot ${what} ${this.#called()} from inside itself: it would wait for its own end`);
  }

  #called(): string {
    return `Greenlet ${JSON.stringify(this.name)}`;
  }
}

/** The greenlet that the running code belongs to; `undefined` outside of any. */
export function getCurrent(): Greenlet | undefined {
  for (let each: Owner | undefined = currentOwner(); each !== undefined; each = each.outer) {
    if (each instanceof Greenlet) return each;
  }
  return undefined;
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === 'function';
}

function linkTo<T>(target: LinkTarget<T>): ((greenlet: Greenlet<T>) => unknown) | undefined {
  if (typeof target === 'function') return target;
  if (target instanceof AsyncResult) {
    return (greenlet) =>
      greenlet.successful() ? target.set(greenlet.value as T) : target.setException(greenlet.exception);
  }
  if (typeof target === 'object' && target !== null && typeof target.put === 'function') {
    return (greenlet) => target.put(greenlet);
  }
  return undefined;
}
