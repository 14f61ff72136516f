import { Child, lifeOf, type ChildOptions } from './child.js';
import type { WorkerResourceLimits } from './worker-handle.js';

/** What a {@link Thread} is made from. */
export interface ThreadOptions<A extends unknown[] = unknown[]> extends ChildOptions<A> {
  /** What among the arguments or fields moves instead of being copied: a `MessagePort`, an `ArrayBuffer`. */
  readonly transfer?: readonly object[] | undefined;
  /** Limits of its memory; a thread that exceeds them ends alone, with exit code 1. Default: those of Node. */
  readonly resourceLimits?: WorkerResourceLimits | undefined;
}

/**
 * A thread that runs a function, Python's `threading.Thread`.
 *
 * Use it for something that computes beside you, or that shares memory with you (a `SharedArrayBuffer`); for many short
 * tasks, a pool of `@interleave/pools` hands you results. It has an event loop and variables of its own: unlike a thread of
 * Python, it gets copies of what its target closes over. A `Process` costs more, and a crash of its stays in it.
 *
 * What it prints appears where you print. An error that it does not catch is printed with its stack, and gives exit code
 * 1. `exit()` and `process.exit()` in it end the thread alone.
 *
 * It ends when its target is done and nothing else keeps it busy. Your program ends when its children have, except for
 * daemons; `process.exit()` waits for nobody.
 *
 * @example
 * ```ts
 * const memory = new Int32Array(new SharedArrayBuffer(4));
 * const thread = new Thread({ target: (cells: Int32Array) => void (cells[0] = 7), args: [memory] });
 * thread.start();
 * await thread.join();
 * memory[0]; // 7
 * ```
 */
export class Thread<A extends unknown[] = unknown[]> extends Child<A> {
  /**
   * @param options - what it does, with which arguments, its name, whether it is a daemon, what moves to it
   * @throws {TypeError} if an option has the wrong type
   */
  constructor(options: ThreadOptions<A> = {}) {
    super('thread', options, 'Thread');
  }

  /** Node's number of the thread, or `undefined` before its start. */
  get threadId(): number | undefined {
    return lifeOf(this).threadId;
  }
}
