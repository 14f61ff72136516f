import { BoundedSearch } from './bounded-search.js';
import type { Control } from './control.js';
import type { Search } from './exploration.js';
import type { Meetings } from './meetings.js';
import { RandomSearch } from './random-search.js';

/**
 * A way through the schedules. All it remembers is in the control memory: each thread, and `explore()`, has one over the same
 * memory, and whoever has seen the end of an execution takes the next step.
 */
export interface Plan {
  /**
   * Writes the orders for the next execution into the control memory, which holds the last one.
   *
   * @returns false if there is none left
   */
  next(): boolean;
}

/** What a plan is made from. */
export interface PlanOptions {
  readonly search: Search;
  readonly bound: number;
  readonly crashes: number;
  readonly runs: number;
  readonly seed: number;
}

/** Makes the plan for a search. */
export function createPlan(control: Control, options: PlanOptions, meetings: Meetings): Plan {
  const { search } = options;
  return search === 'bounded'
    ? new BoundedSearch(control, options, meetings)
    : new RandomSearch(control, { ...options, search });
}
