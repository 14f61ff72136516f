/**
 * Which coroutine of this thread asks for a lock, as well as that can be known: for `debugLocks` alone.
 *
 * The body of a `withLock` is one, with all that it awaits. Code that calls `acquire` outside of one becomes one with its
 * first call; a call that comes before an earlier one has been answered is another's. So code that holds a lock and calls
 * without waiting for the answer counts as one that waits: nobody can tell from outside.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** See the overview. */
export interface LockCoroutine {
  readonly number: number;
  /** The body that it runs in. */
  readonly around: LockCoroutine | undefined;
  /** Of a body: the code without a body that waits until it may begin. */
  readonly caller: LockCoroutine | undefined;
  /** The body of a `withLock`, until its own acquire. */
  isNew: boolean;
  readonly isBody: boolean;
  /** Whether it has asked and has no answer yet. */
  asks: boolean;
}

let running: AsyncLocalStorage<LockCoroutine> | undefined;
let count = 0;

function make(
  around: LockCoroutine | undefined,
  isBody: boolean,
  caller: LockCoroutine | undefined = undefined,
): LockCoroutine {
  count += 1;
  return { number: count, around, caller, isBody, isNew: isBody, asks: false };
}

/** Runs a body that will hold a lock. */
export function asLockCoroutine<T>(body: () => T): T {
  running ??= new AsyncLocalStorage();
  const here = running.getStore();
  if (here === undefined || here.isBody) return running.run(make(here, true), body);
  return running.run(make(here.around, true, here.asks ? undefined : here), body);
}

/** Who asks for a lock now. */
export function lockCoroutine(): LockCoroutine {
  running ??= new AsyncLocalStorage();
  const here = running.getStore();
  if (here?.isNew) {
    here.isNew = false;
    return here;
  }
  if (here !== undefined && !here.isBody && !here.asks) return here;
  const made = make(here?.isBody ? here : here?.around, false);
  running.enterWith(made);
  return made;
}

/** Notes whether it waits for an answer, and its caller with it. */
export function setAsking(coroutine: LockCoroutine, asks: boolean): void {
  coroutine.asks = asks;
  if (coroutine.caller !== undefined) coroutine.caller.asks = asks;
}

/** The number of its caller, below 0, and those of the bodies it runs in, the innermost first. */
export function numbersAround(coroutine: LockCoroutine): number[] {
  const numbers = coroutine.caller === undefined ? [] : [-coroutine.caller.number];
  for (let each = coroutine.around; each !== undefined; each = each.around) numbers.push(each.number);
  return numbers;
}
