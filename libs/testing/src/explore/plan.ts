/** A way through the schedules. */
export interface Plan {
  /**
   * Writes the orders for the next execution into the control memory, which holds the last one.
   *
   * @returns false if there is none left
   */
  next(): boolean;
  /** Whether an end of the plan means that all schedules were run. */
  readonly exhaustive: boolean;
}
