/**
 * Who this thread is: the name it was started with, and how many workers deep it is nested.
 *
 * Kept on `globalThis` under a registered symbol, because a task may load a second copy of this lib (a bundle, a test
 * runner that compiles sources) and must still read what the entry of the worker wrote.
 */
export interface Identity {
  /** The name given at the start. */
  readonly name: string;
  /** What kind of worker runs this code, or `main`. */
  readonly kind: 'main' | 'thread' | 'process';
  /** 0 in the main program, 1 in a worker it started, and so on. */
  readonly depth: number;
}

const KEY = Symbol.for('@interleave/workers.identity');
const place = globalThis as { [KEY]?: Identity };

const MAIN: Identity = { name: 'Main', kind: 'main', depth: 0 };

/** Who this thread is. For building pools. */
export function identity(): Identity {
  return place[KEY] ?? MAIN;
}

/** @internal Called once by the entry of a worker. */
export function setIdentity(mine: Identity): void {
  place[KEY] = mine;
}
