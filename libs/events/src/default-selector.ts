/**
 * Waits for streams, sockets, ports and promises, over the event loop that Node runs anyway.
 *
 *     listeners ──changed──> candidates ──select: is it really?──> yes: report and keep
 *                                                          └────> no: drop, until it changes again
 *
 * This is epoll's own list: whoever wakes puts itself on it, and a `select` looks only at those on it. Two thousand
 * connections of which one has something to say cost one look.
 */
import { BaseSelector } from './base-selector.js';
import { readinessOf, type Readiness, type WatchedObject } from './readiness.js';
import { EVENT_READ, type Ready, type SelectorKey } from './selector.js';

interface Watch {
  readonly readiness: Readiness;
  stop: () => void;
}

const WHAT_CAN =
  'pass a stream, socket, MessagePort, promise or sentinel; descriptors go to an EpollSelector, PollSelector or SelectSelector';

/** The longest delay that `setInterval` understands, in milliseconds. */
const LONG = 2 ** 31 - 1;

/**
 * Tells which of many streams, sockets, message ports, promises and sentinels are ready, on every system.
 *
 * It leaves the choice of the system's way to Node's own loop, which takes epoll on Linux, kqueue on macOS and completion
 * ports on Windows. For descriptors and for the system's calls themselves, take an `EpollSelector`, `PollSelector` or
 * `SelectSelector`.
 *
 * - A **stream** is ready for reading when `read()` would give data, or the end has come; for writing when `write()` would
 *   not ask you to wait for `drain`. Watching it for reading takes it out of flowing mode: read with `read()`.
 * - A **port** is ready for reading when a message is there: take it with `takeMessage(port)`.
 * - A **promise**, such as a sentinel, is ready for reading when it is settled.
 * - What was destroyed or failed is ready for all it is watched for; its `errored` says why. No `error` event is thrown.
 *
 * @example
 * ```ts
 * const selector = new DefaultSelector<Socket, string>();
 * for (const [name, socket] of sockets) selector.register(socket, EVENT_READ, name);
 * for (const [key] of await selector.select({ timeout: 1_000 })) console.log(key.data, key.fileObj.read());
 * selector.close();
 * ```
 */
export class DefaultSelector<F extends WatchedObject = WatchedObject, D = unknown> extends BaseSelector<F, D> {
  readonly #watches = new Map<F, Watch>();
  /** What may be ready. Everything that is ready is in it. */
  readonly #candidates = new Set<F>();
  readonly #wakes = new Set<() => void>();
  #keepAlive: NodeJS.Timeout | undefined;

  protected override identify(fileObj: F, events: number): unknown {
    const can = (this.#watches.get(fileObj)?.readiness ?? readinessOf(fileObj))?.can;
    if (can === undefined) throw new TypeError(`Cannot watch ${this.nameOf(fileObj)}: ${WHAT_CAN}`);
    if ((events & ~can) === 0) return fileObj;
    const missing = (events & ~can & EVENT_READ) !== 0 ? 'reading' : 'writing';
    throw new TypeError(`Cannot watch ${this.nameOf(fileObj)} for ${missing}: it has no such side`);
  }

  protected override identityOf(fileObj: F): unknown {
    return fileObj;
  }

  protected override makeKey(key: SelectorKey<F, D>): SelectorKey<F, D> {
    return Object.freeze(key);
  }

  protected override attach({ fileObj, events }: SelectorKey<F, D>): void {
    const readiness = readinessOf(fileObj) as Readiness;
    this.#watches.set(fileObj, { readiness, stop: readiness.listen(events, () => this.#changed(fileObj)) });
    this.#changed(fileObj);
  }

  protected override change({ fileObj, events }: SelectorKey<F, D>, before: SelectorKey<F, D>): void {
    if (events === before.events) return;
    const watch = this.#watches.get(fileObj) as Watch;
    const stopBefore = watch.stop;
    // The new listeners first: without any, a stream would begin to flow.
    watch.stop = watch.readiness.listen(events, () => this.#changed(fileObj));
    stopBefore();
    this.#changed(fileObj);
  }

  protected override detach({ fileObj }: SelectorKey<F, D>): void {
    this.#watches.get(fileObj)?.stop();
    this.#watches.delete(fileObj);
    this.#candidates.delete(fileObj);
  }

  protected override collect(): Ready<SelectorKey<F, D>>[] {
    const found: Ready<SelectorKey<F, D>>[] = [];
    for (const fileObj of [...this.#candidates]) {
      // Off the list before it is asked: asking can change it, and that must not be lost.
      this.#candidates.delete(fileObj);
      const key = this.getKey(fileObj);
      const events = this.#watches.get(fileObj)?.readiness.now(key.events) ?? 0;
      if (events === 0) continue;
      this.#candidates.add(fileObj);
      found.push([key, events]);
    }
    return found;
  }

  protected override listen(wake: () => void): () => void {
    this.#wakes.add(wake);
    this.#keepAlive ??= setInterval(() => {}, LONG);
    return () => {
      this.#wakes.delete(wake);
      if (this.#wakes.size > 0) return;
      clearInterval(this.#keepAlive);
      this.#keepAlive = undefined;
    };
  }

  protected override release(): void {}

  protected override nameOf(fileObj: F): string {
    const thing: unknown = fileObj;
    if (typeof thing !== 'object' || thing === null)
      return typeof thing === 'number' ? `the number ${thing}` : typeof thing;
    return `a ${thing.constructor?.name ?? 'null object'}`;
  }

  #changed(fileObj: F): void {
    this.#candidates.add(fileObj);
    for (const wake of [...this.#wakes]) wake();
  }
}
