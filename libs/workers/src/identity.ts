/**
 * Who this thread is: the name it was started with, whose child it is, and how many workers deep it is nested.
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
  /** Whether it ends with its parent instead of keeping it alive; its own children are the same unless they say so. */
  readonly daemon: boolean;
  /** Its number among its parent's children, after the numbers of its ancestors; empty in the main program. */
  readonly numbers: readonly number[];
  /** The process it runs in. */
  readonly process: { readonly name: string; readonly daemon: boolean };
  /** The process that started it, or `undefined` in the main program. */
  readonly parent: { readonly name: string; readonly pid: number } | undefined;
}

/** What a started worker is told about itself. */
export type Birth = Omit<Identity, 'kind'>;

const KEY = Symbol.for('@interleave/workers.identity');
const place = globalThis as { [KEY]?: Identity };

const MAIN: Identity = {
  name: 'Main',
  kind: 'main',
  depth: 0,
  daemon: false,
  numbers: [],
  process: { name: 'MainProcess', daemon: false },
  parent: undefined,
};

/** Who this thread is. For building pools. */
export function identity(): Identity {
  return place[KEY] ?? MAIN;
}

/** @internal Who a worker will be that is started here. */
export function birthOf(
  kind: 'thread' | 'process',
  options: { readonly name: string; readonly daemon?: boolean; readonly numbers?: readonly number[] },
): Birth {
  const { name, daemon = false, numbers = [] } = options;
  const mine = identity();
  return {
    name,
    depth: mine.depth + 1,
    daemon,
    numbers,
    process: kind === 'process' ? { name, daemon } : mine.process,
    parent: { name: mine.process.name, pid: process.pid },
  };
}

/** @internal Called once by the entry of a worker. */
export function setIdentity(mine: Identity): void {
  place[KEY] = mine;
}
