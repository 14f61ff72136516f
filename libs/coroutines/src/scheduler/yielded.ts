import { inspect } from 'node:util';
import { PromiseWait } from './promised.js';
import { Wait } from './wait.js';

/** What cannot be waited for: the wait ends at once, with the error. */
class Unfit extends Wait<never> {
  readonly #value: unknown;

  constructor(value: unknown) {
    super();
    this.#value = value;
  }

  arm(): never {
    throw new TypeError(`Cannot wait for ${describe(this.#value)}`);
  }

  disarm(): void {}

  toString(): string {
    return 'nothing';
  }
}

/** @internal What a body waits for that has yielded this. */
export function yielded(value: unknown): Wait {
  if (value instanceof Wait) return value;
  return isThenable(value) ? new PromiseWait(value) : new Unfit(value);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}

function describe(value: unknown): string {
  if (typeof (value as { next?: unknown } | null)?.next === 'function') {
    return 'a generator: write yield* to run it here, or spawn it and yield the task';
  }
  return `${inspect(value, { depth: 0 })}: yield a task, a promise, sleep(ms) or nothing`;
}
