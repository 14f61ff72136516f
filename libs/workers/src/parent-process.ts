import { inspect } from 'node:util';
import type { WaitOptions } from '@interleave/core';
import { identity } from './identity.js';
import { joined } from './joined.js';
import { hasLostParent } from './parent-gone.js';

/**
 * The process that started this thread or process, seen from the child; what {@link parentProcess} returns.
 */
export class ParentProcess {
  /** `MainProcess`, or the name it was started with. */
  readonly name: string;
  /** The operating system's number of it; that of a thread's parent is the thread's own. */
  readonly pid: number;
  readonly #gone: Promise<void>;

  /** @internal Use {@link parentProcess}. */
  constructor(found: { readonly name: string; readonly pid: number }) {
    this.name = found.name;
    this.pid = found.pid;
    this.#gone = new Promise((resolve) => {
      // A thread never sees the end of the process it is a part of.
      if (identity().kind === 'thread') return;
      // Listening also asks for the moment of last words; see `parent-link.ts`.
      if (hasLostParent()) resolve();
      else process.once('disconnect', () => resolve());
    });
  }

  /** Whether it has not ended. */
  isAlive(): boolean {
    return identity().kind === 'thread' || (!hasLostParent() && process.ppid === this.pid);
  }

  /**
   * Waits until it has ended. Afterwards this process has a quarter of a second for its last words, then it ends too:
   * nothing outlives its parent. In a thread it waits for ever.
   *
   * @param options - `timeout` in milliseconds, negative is the same as 0; `signal` stops the wait
   * @returns whether it has ended; `false` if the time ran out before
   * @throws {CancelledError} when the signal aborts
   * @throws {TypeError | RangeError} for a bad timeout
   */
  join(options?: WaitOptions): Promise<boolean> {
    return joined(this.#gone, `join the parent process ${this.name}`, options);
  }

  toString(): string {
    return `ParentProcess "${this.name}" (pid ${this.pid}, ${this.isAlive() ? 'running' : 'ended'})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

let parent: ParentProcess | undefined;

/**
 * The process that started this one, or `undefined` in the main program.
 *
 * A child that never turns its event loop hears late that its parent has gone.
 *
 * @example
 * ```ts
 * fork(async () => {
 *   await parentProcess()?.join();
 *   writeFileSync(`${folder}/last-words`, 'my parent is gone');
 * });
 * ```
 */
export function parentProcess(): ParentProcess | undefined {
  const found = identity().parent;
  if (found === undefined) return undefined;
  return (parent ??= new ParentProcess(found));
}
