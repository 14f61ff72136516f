import type { BrokenExecutorError } from '@interleave/core';
import { cpuCount } from '@interleave/workers';
import type { Hire, Staff } from './staff.js';
import type { WorkerLink } from './worker-link.js';

/**
 * Starts a worker when a task finds no idle one, and breaks when one fails; see `staff.ts`.
 *
 * @internal
 */
export class StartOnDemand implements Staff {
  readonly replaces = false;
  readonly #links: ReadonlySet<WorkerLink>;
  readonly #most: number;
  readonly #hire: Hire;
  readonly #broke: (error: BrokenExecutorError) => void;
  /**
   * Starting is work for a processor. Starting more at once than there are processors makes nothing earlier, and the
   * first ones may already be enough.
   */
  readonly #startsAtOnce = Math.max(2, cpuCount());
  #stopped = false;

  constructor(links: ReadonlySet<WorkerLink>, most: number, hire: Hire, broke: (error: BrokenExecutorError) => void) {
    this.#links = links;
    this.#most = most;
    this.#hire = hire;
    this.#broke = broke;
  }

  async open(): Promise<void> {}

  /** The first capture takes about as long as a worker needs to come up, so the two go side by side. */
  expect(): void {
    if (this.#links.size > 0 || this.#stopped) return;
    const error = this.#hire();
    if (error === undefined) return;
    // Not at once: the task at hand is in no queue yet, where it could be found.
    this.#stopped = true;
    queueMicrotask(() => this.#broke(error));
  }

  fill(waiting: number): boolean {
    const before = this.#links.size;
    if (before >= this.#most) return false;
    let starting = 0;
    // Those that have their first task already are not for what waits.
    let taken = 0;
    for (const { ready, leaving, inFlight } of this.#links) {
      if (ready || leaving) continue;
      starting += 1;
      if (inFlight > 0) taken += 1;
    }
    while (starting - taken < waiting && starting < this.#startsAtOnce && this.#links.size < this.#most) {
      const error = this.#hire();
      if (error !== undefined) {
        this.#broke(error);
        return false;
      }
      starting += 1;
    }
    return this.#links.size > before;
  }

  failed(error: BrokenExecutorError): void {
    if (!this.#stopped) this.#broke(error);
  }

  stop(): void {
    this.#stopped = true;
  }

  ready(): void {}
  proven(): void {}
  gone(): void {}
  wasted(): void {}
  async settled(): Promise<void> {}
}
