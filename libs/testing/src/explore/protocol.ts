/** All that crosses between `explore()` and the threads that run the explored functions, beside the control memory. */
import type { TaskDefinition } from '@interleave/transfer';
import type { ControlHandle } from './control.js';
import type { PlanOptions } from './plan.js';

/** What a thread is started with. */
export interface ThreadBirth {
  readonly control: ControlHandle;
  /** Which of the threads it is, from 0. */
  readonly me: number;
  readonly task: TaskDefinition;
  /** What the next execution is, when one is over. */
  readonly plan: PlanOptions;
}

/** What a thread says: its function is there, and it waits for its first turn. */
export type ThreadMessage = { readonly type: 'ready' };

/** How one thread's function ended, in the thread's part of the results. */
export type ThreadOutcome =
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'threw'; readonly message: string; readonly stack: string };
