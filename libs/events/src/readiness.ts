/**
 * What a `DefaultSelector` needs to know of a thing: whether it is ready, and when to look again.
 *
 * A thing of Node's says when something happened; a selector answers what is the case. So each kind has an adapter that
 * computes the state from what the thing tells about itself, and takes its events for hints to look again.
 */
import { MessagePort } from 'node:worker_threads';
import { Stream } from 'node:stream';
import { portReadiness } from './port-readiness.js';
import { promiseReadiness } from './promise-readiness.js';
import { streamReadiness, type AnyStream } from './stream-readiness.js';

/** A method of this name makes a class of yours fit for a `DefaultSelector`. */
export const toReadiness: unique symbol = Symbol.for('interleave.toReadiness');

/** How ready a thing is. */
export interface Readiness {
  /** For what it can be watched at all. */
  readonly can: number;
  /** For what it is ready now, of `events`. */
  now(events: number): number;
  /**
   * Calls `changed` whenever it may have become ready for one of `events`, and does not keep the process alive for it.
   *
   * @returns ends that, and leaves no listener behind
   */
  listen(events: number, changed: () => void): () => void;
}

/** What can say itself how ready it is. */
export interface Watchable {
  [toReadiness](): Readiness;
}

/** What a `DefaultSelector` watches: streams and sockets, message ports, promises, and what has {@link toReadiness}. */
export type WatchedObject = AnyStream | MessagePort | PromiseLike<unknown> | Watchable;

/** The readiness of a thing; undefined for what cannot be watched. */
export function readinessOf(thing: unknown): Readiness | undefined {
  if (typeof thing !== 'object' || thing === null) return undefined;
  if (toReadiness in thing) return (thing as Watchable)[toReadiness]();
  if (thing instanceof MessagePort) return portReadiness(thing);
  if (thing instanceof Stream) return streamReadiness(thing as AnyStream);
  return 'then' in thing && typeof thing.then === 'function'
    ? promiseReadiness(thing as PromiseLike<unknown>)
    : undefined;
}
