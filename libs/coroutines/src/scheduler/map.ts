import type { Scheduler } from './scheduler.js';
import type { Coroutine, Task } from './task.js';

/** @internal What `Scheduler.map` runs: so many tasks, each of which takes the next item when it is done with one. */
export function* map<A, R>(
  scheduler: Scheduler,
  body: (item: A) => Coroutine<R>,
  items: Iterable<A>,
  limit: number,
): Coroutine<R[]> {
  const iterator = items[Symbol.iterator]();
  const results: R[] = [];
  const lanes: Task<void>[] = [];
  let begun = 0;
  let failure: { readonly error: unknown } | undefined;

  const stop = (error: unknown): void => {
    if (failure !== undefined) return;
    failure = { error };
    iterator.return?.();
    for (const lane of lanes) lane.cancel(error);
  };
  const lane = function* (first: A): Coroutine<void> {
    try {
      for (let item = first; ;) {
        const at = begun++;
        results[at] = yield* body(item);
        if (failure !== undefined) return;
        const step = iterator.next();
        if (step.done === true) return;
        item = step.value;
      }
    } catch (error) {
      stop(error);
    }
  };

  try {
    while (lanes.length < limit) {
      const step = iterator.next();
      if (step.done === true) break;
      lanes.push(scheduler.spawn(lane(step.value), { name: `${body.name || 'map'}-${lanes.length + 1}` }));
    }
    for (const each of lanes) yield* each;
  } catch (error) {
    stop(error);
    for (const each of lanes) yield* untilOver(each);
  }
  if (failure !== undefined) throw failure.error;
  return results;
}

/** Waits for a task however it ends: one that was cancelled before its first turn had nobody to catch that. */
function* untilOver(task: Task): Coroutine<void> {
  while (!task.done) {
    try {
      yield task;
    } catch {
      // The first error is the one that counts.
    }
  }
}
