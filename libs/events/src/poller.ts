/** One of the system's ways to wait for many descriptors. */
export interface Poller {
  /**
   * @throws {InterleaveError} if it cannot be watched
   * @throws {RangeError} if its number is too high
   */
  add(fd: number, events: number): void;
  change(fd: number, events: number): void;
  /** Also for what was closed meanwhile. */
  remove(fd: number): void;
  /**
   * Waits in the system, and blocks the thread.
   *
   * @param timeout - milliseconds, at most; 0 to look, whole numbers only
   * @returns descriptors and what they are ready for
   * @throws {ClosedError} if it can tell that one was closed
   */
  wait(timeout: number): [fd: number, events: number][];
  close(): void;
}
