import { threadId } from 'node:worker_threads';
import { InvalidStateError } from '@interleave/core';
import { registerTransfer } from '@interleave/transfer';
import { checkBody, type TaskBody } from './task.js';

/**
 * A function that stays on its thread, and that code in other threads can have run there; made by {@link onMain}.
 */
export class MainFunction<A extends readonly unknown[], R> {
  /** @internal The same for its stand-ins in other threads. */
  readonly id: string;
  readonly #body: TaskBody<A, R> | undefined;

  /** @internal */
  constructor(id: string, body?: TaskBody<A, R>) {
    this.id = id;
    this.#body = body;
  }

  /** @internal */
  get body(): TaskBody<A, R> {
    if (this.#body !== undefined) return this.#body;
    throw new InvalidStateError('Cannot call the function here: it is of another thread, or nobody there holds it');
  }

  toString(): string {
    return `<MainFunction ${this.#body === undefined ? 'of another thread' : this.#body.name}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

type AnyFunction = MainFunction<readonly unknown[], unknown>;

/** Those of this thread, as long as somebody holds them. */
const here = new Map<string, WeakRef<AnyFunction>>();
const forgotten = new FinalizationRegistry((id: string) => here.delete(id));
let count = 0;

/**
 * Lets a function of this thread be run here by code that goes to a thread; the function itself stays, with all that it
 * closes over.
 *
 * Keep what it returns as long as the thread may call.
 *
 * @throws {TypeError} if it is not a function
 *
 * @example
 * ```ts
 * const show = aio.onMain((percent: number) => bar.update(percent)); // `bar` could not travel
 * await aio.toThread(async () => { for (const part of parts) await aio.runOnMain(show, work(part)); });
 * ```
 */
export function onMain<A extends readonly unknown[], R>(body: TaskBody<A, R>): MainFunction<A, R> {
  checkBody(body, 'run on the main thread');
  count += 1;
  const made = new MainFunction(`${threadId}.${count}`, body);
  here.set(made.id, new WeakRef(made as unknown as AnyFunction));
  forgotten.register(made, made.id);
  return made;
}

registerTransfer(MainFunction, {
  name: 'aio.MainFunction',
  encode: ({ id }: AnyFunction) => id,
  decode: (id: string): AnyFunction => here.get(id)?.deref() ?? new MainFunction(id),
});
