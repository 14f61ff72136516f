import { describe } from './capture/refusal.js';
import { importFrom } from './restore/module-loader.js';
import { isTask, type Task, type TaskLike } from './task.js';

/**
 * The function behind a task, to be run here: nothing is captured and nothing copied. For executors whose tasks stay in
 * the same thread.
 *
 * @param fn - a function or a task
 * @returns a function; that of a module task imports the module when it is first called, and so returns a Promise
 * @throws {TypeError} if `fn` is neither
 */
export function localTask<A extends unknown[], R>(fn: TaskLike<A, R>): (...args: A) => R | Promise<Awaited<R>> {
  if (typeof fn === 'function') return fn;
  if (!isTask(fn)) {
    throw new TypeError(
      `Cannot submit ${describe(fn)}: it is not a function; pass a function, or a task made by task() or moduleTask()`,
    );
  }
  const { source, name } = fn as Task;
  if (source.kind === 'captures') return source.fn as unknown as (...args: A) => R;
  const { url, exportName } = source;
  return async (...args: A): Promise<Awaited<R>> => {
    const module = (await importFrom(url, `${process.cwd()}/main.js`)) as Record<string, unknown>;
    const exported = module[exportName];
    if (typeof exported !== 'function') {
      throw new TypeError(`Cannot run task "${name}": ${url} has no function of that name; check the export`);
    }
    return await (exported as (...args: A) => R)(...args);
  };
}
