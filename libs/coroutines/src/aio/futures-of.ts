import { Future } from './future.js';

/**
 * The futures of an iterable, each once.
 *
 * @internal
 * @throws {TypeError} if it is not an iterable of tasks and futures
 */
export function futuresOf<F extends Future<unknown>>(futures: Iterable<F>, what: string): Set<F> {
  checkIterable(futures, what);
  const found = new Set<F>();
  for (const future of futures) {
    if (!(future instanceof Future)) {
      throw new TypeError(`Cannot ${what} ${one(future)}: pass tasks; make one with spawn`);
    }
    found.add(future);
  }
  return found;
}

/**
 * @internal
 * @throws {TypeError} if it is not an iterable, or a string
 */
export function checkIterable(tasks: unknown, what: string): void {
  const all = tasks as Iterable<unknown> | null | undefined;
  if (typeof tasks === 'string' || typeof all?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Cannot ${what} ${one(tasks)}: pass an iterable of tasks`);
  }
}

function one(value: unknown): string {
  if (value instanceof Future) return 'a single task';
  if (value instanceof Promise) return 'a promise';
  return value === null ? 'null' : typeof value;
}
