import type { TaskLike } from '@interleave/transfer';
import { Process } from './process.js';

/** Options of {@link fork}. */
export interface ForkOptions {
  /** The child's name. Default `Process-1` and so on. */
  readonly name?: string | undefined;
  /** Whether it ends with this program instead of keeping it alive. Default: what this process is. */
  readonly daemon?: boolean | undefined;
}

/**
 * Goes on in a new process, from a snapshot of what `target` reaches: a started {@link Process}.
 *
 * `os.fork()` copies the whole process and returns twice. Node cannot do that: its own threads would be missing in the
 * copy, and it would crash at once. What comes close, and is all that this does: a new process starts from nothing and
 * gets copies of the variables, functions, classes and imports that `target` uses, with the values they have now. So the
 * child's branch of a fork is written as a function, and what `os.fork()` returns to the parent is the return value:
 *
 * ```python
 * pid = os.fork()
 * if pid == 0:
 *     work(data)
 *     os._exit(0)
 * os.waitpid(pid, 0)
 * ```
 * ```ts
 * const child = fork(() => work(data));
 * await child.join();
 * ```
 *
 * As after a real fork, what either side changes afterwards the other one does not see. Unlike after one, nothing else
 * is there: no open files or sockets, no timers, no state of imported modules (they are imported anew).
 *
 * @param target - what the child does; it takes no arguments, because it can use your variables
 * @param options - its name, and whether it is a daemon
 * @returns the running child
 * @throws {SerializationError} if something that `target` uses cannot travel; `path` leads to it
 * @throws {TypeError} if `target` is not a function
 */
export function fork(target: TaskLike<[], unknown>, options: ForkOptions = {}): Process {
  if (target === undefined) throw new TypeError('Cannot fork without a function: pass what the child does');
  const child = new Process({ name: options.name, daemon: options.daemon, target });
  child.start();
  return child;
}
