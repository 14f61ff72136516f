import type { Readiness } from './readiness.js';
import { EVENT_READ } from './selector.js';

// A promise cannot be asked whether it is settled, and remembers who listens for ever: one listener for all selectors.
const settled = new WeakMap<PromiseLike<unknown>, { done: boolean; readonly calls: Set<() => void> }>();

/** A promise, such as the sentinel of a `Process`, is ready for reading when it is settled, also when it failed. */
export function promiseReadiness(promise: PromiseLike<unknown>): Readiness {
  const state = stateOf(promise);
  return {
    can: EVENT_READ,
    now: (events) => (state.done ? events & EVENT_READ : 0),
    listen(_events, changed) {
      state.calls.add(changed);
      return () => state.calls.delete(changed);
    },
  };
}

function stateOf(promise: PromiseLike<unknown>): { done: boolean; readonly calls: Set<() => void> } {
  let state = settled.get(promise);
  if (state === undefined) {
    const made = { done: false, calls: new Set<() => void>() };
    const settle = (): void => {
      made.done = true;
      for (const call of [...made.calls]) call();
    };
    promise.then(settle, settle);
    settled.set(promise, (state = made));
  }
  return state;
}
