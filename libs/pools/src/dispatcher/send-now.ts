import { deal, type Table } from './deal.js';
import type { PoolTask } from './pool-task.js';
import { handOver } from './prepare-task.js';

/**
 * Sends a task whose objects move before its submit is over, if it is its turn and a worker takes it: they are gone for the
 * caller then. Otherwise they move out of the caller's reach first, which is one more message to and from ourselves.
 *
 * @internal
 * @param task - the last one in the queue; its job fails if its objects cannot move
 */
export function sendNow(table: Table, task: PoolTask): void {
  deal(table);
  if (task.position === undefined) return;
  try {
    handOver(task);
  } catch (error) {
    table.queue.remove(task);
    task.job.fail(error);
  }
}
