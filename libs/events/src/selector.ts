/**
 * What all selectors share: their words.
 *
 *     register(thing, EVENT_READ) ──> key ──┐
 *     register(thing, EVENT_WRITE) ─> key ──┼──> select() ──> [[key, events], ...] of those that are ready
 *     register(thing, both) ────────> key ──┘
 *
 * Ready means: the next read, or write, will not have to wait. It is a state and not a signal: what is ready and left alone is
 * ready at the next `select`, too. An end or an error counts as ready, since reading would tell of it at once.
 */

/** Ready for reading: data, the end, or an error is there. */
export const EVENT_READ = 1;

/** Ready for writing: there is room, or writing would fail at once. */
export const EVENT_WRITE = 2;

/** One registration: what was registered, for what, and what belongs to it. Frozen; `modify` makes a new one. */
export interface SelectorKey<F = unknown, D = unknown> {
  /** What was registered. */
  readonly fileObj: F;
  /** What for: {@link EVENT_READ}, {@link EVENT_WRITE}, or both, joined by `|`. */
  readonly events: number;
  /** Anything of yours that belongs to it: a callback, the state of a conversation. */
  readonly data: D;
}

/** The last argument of `register` and `modify`: may be left out where `D` includes `undefined`. */
export type SelectorData<D> = undefined extends D ? [data?: D] : [data: D];

/** One answer of `select`: a key, and which of its events are there. */
export type Ready<K extends SelectorKey = SelectorKey> = [key: K, events: number];
