/**
 * Who acts, where one thread does several things in turn: the owner of what may be entered again by the same one.
 *
 * A thread's code belongs to one owner until a part of it is started {@link asNewOwner}, as the tasks of Interleave's
 * task groups are, or {@link asInnerOwner}. What such a part awaits belongs to it as well.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';

/** An owner; those around it are owners, too, of what it does. */
export interface Owner {
  readonly outer: Owner | undefined;
}

const ofThread: Owner = { outer: undefined };
/** Made at first use: from then on Node follows every promise. */
let storage: AsyncLocalStorage<Owner> | undefined;

/** The innermost owner of the code that asks. */
export function currentOwner(): Owner {
  return storage?.getStore() ?? ofThread;
}

/** Whether `owner` is the current one, or one around it. */
export function isCurrentOwner(owner: Owner): boolean {
  for (let each: Owner | undefined = currentOwner(); each !== undefined; each = each.outer) {
    if (each === owner) return true;
  }
  return false;
}

/**
 * Runs `body` as somebody else, who holds nothing of what the caller holds.
 *
 * @returns what `body` returns; if that is a promise, all that happens until it settles has the new owner
 *
 * @example
 * ```ts
 * await Promise.all([asNewOwner(transfer), asNewOwner(transfer)]); // an RLock keeps the two apart
 * ```
 */
export function asNewOwner<T>(body: () => T): T {
  return asOwner({ outer: undefined }, body);
}

/** As {@link asNewOwner}, for a part of what the caller does: it holds what the caller holds, but not the reverse. */
export function asInnerOwner<T>(body: () => T): T {
  return asOwner({ outer: currentOwner() }, body);
}

/** As {@link asNewOwner}, with an owner of your own: a library that runs tasks makes each of them one. */
export function asOwner<T>(owner: Owner, body: () => T): T {
  storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<Owner>();
  return storage.run(owner, body);
}
