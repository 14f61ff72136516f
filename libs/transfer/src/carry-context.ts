import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidStateError } from '@interleave/core';
import { registerTransfer } from './register-transfer.js';

/**
 * The storages whose values go along with tasks, by name.
 *
 * On `globalThis` under a registered symbol: a worker's entry and a task's imports may be two copies of this lib.
 */
interface Carried {
  readonly byName: Map<string, AsyncLocalStorage<unknown>>;
  readonly names: WeakMap<AsyncLocalStorage<unknown>, string>;
}
const KEY = Symbol.for('@interleave/transfer.carriedContext');

function carried(): Carried {
  const holder = globalThis as { [KEY]?: Carried };
  return (holder[KEY] ??= { byName: new Map(), names: new WeakMap() });
}

/**
 * Lets the value of an `AsyncLocalStorage` go along with every task that is submitted from here on, to threads and
 * processes as to coroutines: what the storage holds at the submit, it holds in the task. Likewise with a `Thread` or a
 * `Process`: what it holds at `start()`, it holds in the target.
 *
 * A task that closes over the storage gets its own one with that value. A storage that is exported by a module which tasks
 * import is another one in each worker; the same line with the same name, run there by the import, makes it the one.
 *
 * The value is copied by the rules for arguments. A task whose storages hold nothing pays nothing.
 *
 * @param storage - any storage; carried under one name for good
 * @param name - what both sides know it by
 * @returns the storage
 * @throws {TypeError} if `storage` is no `AsyncLocalStorage`, or `name` is no string
 * @throws {InvalidStateError} if the storage is carried under another name, or the name stands for another storage
 *
 * @example
 * ```ts
 * const requestId = carryContext(new AsyncLocalStorage<string>(), 'request id');
 * await requestId.run('r-17', async () => {
 *   await pool.submit(() => `served ${requestId.getStore()}`).result(); // 'served r-17', in a worker
 * });
 * ```
 */
export function carryContext<T>(storage: AsyncLocalStorage<T>, name: string): AsyncLocalStorage<T> {
  if (!(storage instanceof AsyncLocalStorage)) {
    throw new TypeError(`Cannot carry ${typeof storage}: pass an AsyncLocalStorage`);
  }
  if (typeof name !== 'string') throw new TypeError(`Cannot carry a storage as ${typeof name}: pass a name`);
  const { byName, names } = carried();
  const known = names.get(storage);
  if (known !== undefined && known !== name) {
    throw new InvalidStateError(`Cannot carry the storage as "${name}": it is carried as "${known}"`);
  }
  const other = byName.get(name);
  if (other !== undefined && other !== storage && !standIns.has(other)) {
    throw new InvalidStateError(`Cannot carry another storage as "${name}": the name is taken`);
  }
  byName.set(name, storage);
  names.set(storage, name);
  return storage;
}

/** Storages made here for one of the other side, until a module brings its own. */
const standIns = new WeakSet<AsyncLocalStorage<unknown>>();

/** What the carried storages hold here and now, by name; `undefined` if nothing. For building pools. */
export function contextHere(): Record<string, unknown> | undefined {
  const { byName } = carried();
  if (byName.size === 0) return undefined;
  let context: Record<string, unknown> | undefined;
  for (const [name, storage] of byName) {
    const value = storage.getStore();
    if (value !== undefined) (context ??= {})[name] = value;
  }
  return context;
}

/** Runs the body with what {@link contextHere} gave on the other side. For building pools. */
export function runInContext<R>(context: Record<string, unknown>, body: () => R): R {
  let run = body;
  for (const [name, value] of Object.entries(context)) {
    const inner = run;
    run = () => storageOf(name).run(value, inner);
  }
  return run();
}

function storageOf(name: string): AsyncLocalStorage<unknown> {
  const { byName, names } = carried();
  let storage = byName.get(name);
  if (storage === undefined) {
    storage = new AsyncLocalStorage();
    standIns.add(storage);
    byName.set(name, storage);
    names.set(storage, name);
  }
  return storage;
}

registerTransfer(AsyncLocalStorage, {
  name: 'AsyncLocalStorage',
  encode(storage: AsyncLocalStorage<unknown>) {
    const name = carried().names.get(storage);
    if (name === undefined) {
      throw new TypeError(
        'is an AsyncLocalStorage that stays here; call carryContext(storage, name) once to send it along',
      );
    }
    return name;
  },
  decode: storageOf,
});
