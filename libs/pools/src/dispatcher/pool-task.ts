import { standsAlone } from '@interleave/transfer';
import type { Job } from '../job.js';
import { ANNOUNCE, ARGS_ENCODED, ARGS_MASK, STAYS } from '../protocol.js';
import type { QueueEntry } from '../task-queue.js';
import type { PoolFunction } from './functions.js';
import type { WorkerLink } from './worker-link.js';

/**
 * A job in the form in which it is sent, and where it is.
 *
 * @internal
 */
export class PoolTask implements QueueEntry {
  readonly job: Job;
  readonly fn: PoolFunction;
  /** As in `protocol.ts`. */
  readonly flags: number;
  /** Both are replaced when `handOver` moves the objects into a copy of our own. */
  args: unknown;
  transfer: readonly object[] | undefined;
  /** How many calls of the function it is: 1, or the length of a chunk. */
  readonly size: number;
  position: number | undefined = undefined;
  /** The worker it was sent to. */
  link: WorkerLink | undefined = undefined;
  slot = -1;
  /** Its neighbours among the tasks of its worker; kept by the link. */
  before: PoolTask | undefined = undefined;
  after: PoolTask | undefined = undefined;

  constructor(job: Job, fn: PoolFunction, flags: number, args: unknown, size = 1, transfer?: readonly object[]) {
    this.job = job;
    this.fn = fn;
    this.flags = transfer === undefined ? flags : flags | STAYS;
    this.args = args;
    this.size = size;
    this.transfer = transfer;
  }

  get priority(): number {
    return this.job.settings.priority ?? 0;
  }

  /** Whether the arguments hold an object that could be shared; see `protocol.ts`. */
  get own(): boolean {
    return (this.flags & ARGS_MASK) === ARGS_ENCODED && !standsAlone(this.args);
  }

  /** Whether it has a worker to itself: nothing is sent along with a task that may have to be ended by force. */
  get alone(): boolean {
    return (this.flags & ANNOUNCE) !== 0;
  }

  /** Whether objects of it move, so that it cannot be taken back from a worker to run in another one. */
  get stays(): boolean {
    return this.transfer !== undefined;
  }
}
