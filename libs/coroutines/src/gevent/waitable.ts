import { AsyncResult } from './async-result.js';
import { Greenlet } from './greenlet.js';
import { outcomeOf } from './outcome.js';

/** An event of any kind: of `aio`, of `events`, or your own. */
export interface EventLike {
  isSet(): boolean;
  wait(options: { readonly signal: AbortSignal }): PromiseLike<unknown>;
}

/** What `wait` and `iwait` can wait for. */
export type Waitable = Greenlet | AsyncResult | EventLike;

/**
 * @internal
 * @throws {TypeError} if it is not an iterable of what can be waited for
 */
export function waitables<W>(objects: Iterable<W>, who: string): Set<W & Waitable> {
  if (typeof (objects as Partial<Iterable<W>> | null | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Cannot wait for ${objects === null ? 'null' : typeof objects}: ${who} takes an iterable`);
  }
  const all = new Set<W & Waitable>();
  for (const each of objects) {
    if (!isWaitable(each)) {
      throw new TypeError(
        `Cannot wait for ${each === null ? 'null' : typeof each}: ${who} takes greenlets, AsyncResults and events`,
      );
    }
    all.add(each);
  }
  return all;
}

/** @internal Whether there is nothing to wait for. */
export function isReady(object: Waitable): boolean {
  return 'isSet' in object ? object.isSet() : object.ready();
}

/**
 * @internal
 * @returns takes the listener out again
 */
export function onReady(object: Waitable, call: () => void): () => void {
  if (!('isSet' in object)) return object[outcomeOf].listen(call);
  const left = new AbortController();
  const nothing = (): void => {};
  object.wait({ signal: left.signal }).then(call, nothing);
  return () => left.abort();
}

function isWaitable<W>(object: W): object is W & Waitable {
  if (object instanceof Greenlet || object instanceof AsyncResult) return true;
  const event = object as Partial<EventLike> | null | undefined;
  return typeof event?.isSet === 'function' && typeof event.wait === 'function';
}
