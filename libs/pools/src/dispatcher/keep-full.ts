import { CancelledError, systemClock, type BrokenExecutorError, type StopTimer } from '@interleave/core';
import { cpuCount, holdProcess } from '@interleave/workers';
import type { GroundHost } from '../ground.js';
import type { Hire, Staff } from './staff.js';
import type { WorkerLink } from './worker-link.js';

/** How often each place may be tried in vain before the pool gives up. */
const ROUNDS = 3;
/** How long it waits after the first failed start, in milliseconds. Twice as long in each further round. */
const PAUSE = 50;
/** The longest it waits, in milliseconds. */
const LONGEST_PAUSE = 10_000;

/**
 * Starts all workers at once (many, in groups) and fills every place that becomes free; see `staff.ts`.
 *
 *     a worker ends ──> of use before? ── yes ──> the next one starts at once
 *                            └── no: a failure ──> the next one starts after a pause
 *                                      └── 3 times as many as places, and nobody works ──> give up
 *
 * Failures count from the last new worker that has done a task. While some workers do work, a place that cannot be
 * filled is tried again now and then, for ever: what was wrong may pass.
 *
 * Invariant: if no start ever succeeds, there are at most 3 times as many starts as places.
 *
 * @internal
 */
export class KeepFull implements Staff {
  readonly replaces = true;
  readonly #links: ReadonlySet<WorkerLink>;
  readonly #places: number;
  readonly #hire: Hire;
  readonly #host: GroundHost;
  #failures = 0;
  #lastFailure: BrokenExecutorError | undefined;
  #stopPause: StopTimer | undefined;
  #stopped = false;
  /** Starting is work for a processor: of a pool much larger than the machine, the first ones begin to work meanwhile. */
  readonly #startsAtOnce = Math.max(8, cpuCount());
  /** How many starts there were. */
  #hired = 0;
  /** How many have ever become ready. */
  #readied = 0;
  /** Why it never got as far as having all workers ready. */
  #why: unknown;
  #opened = (): void => {};
  #notOpened = (_error: unknown): void => {};
  #whenSettled: (() => void)[] = [];

  constructor(links: ReadonlySet<WorkerLink>, places: number, hire: Hire, host: GroundHost) {
    this.#links = links;
    this.#places = places;
    this.#hire = hire;
    this.#host = host;
  }

  open(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#opened = resolve;
      this.#notOpened = reject;
    });
    this.fill();
    return ready;
  }

  expect(): void {}

  fill(): boolean {
    const hired = this.#hired;
    if (!this.#stopped && this.#stopPause === undefined) this.#hireAll();
    return this.#hired > hired;
  }

  #hireAll(): void {
    while (this.#links.size < this.#places && this.#starting() < this.#startsAtOnce) {
      const hopeless = !this.#someWork();
      if (hopeless && this.#lastFailure !== undefined && this.#failures >= this.#most) {
        this.#giveUp(this.#lastFailure, this.#lastFailure);
        return;
      }
      // All that may still be tried is being tried.
      if (hopeless && this.#failures + this.#starting() >= this.#most) return;
      const error = this.#hire();
      this.#hired += 1;
      if (error === undefined) continue;
      // A machine that has no room for the first ones will hardly have it a moment later: whoever made the pool is told.
      if (this.#hired <= this.#places) this.#giveUp(error, error.cause);
      else this.failed(error);
      return;
    }
  }

  ready(): void {
    this.#readied += 1;
    if (this.#readied === this.#places) this.#opened();
    this.#settle();
  }

  proven(): void {
    this.#failures = 0;
  }

  gone(): void {
    if (this.#stopped && this.#links.size === 0) {
      const { name } = this.#host;
      this.#notOpened(this.#why ?? new CancelledError(`${name} was ended before all its workers were ready`));
    }
    this.#settle();
  }

  failed(error: BrokenExecutorError): void {
    this.#failures += 1;
    this.#lastFailure = error;
    if (this.#stopped) {
      this.#why ??= error;
      return;
    }
    if (this.#failures >= this.#most && !this.#someWork()) {
      this.#giveUp(error, error);
      return;
    }
    // The others go on, so nobody would hear of it.
    if (this.#failures === this.#most) this.#host.stray(error);
    const pause = PAUSE * 2 ** Math.floor((this.#failures - 1) / this.#places);
    const again = (): void => {
      this.#stopPause = undefined;
      this.fill();
    };
    this.#stopPause?.();
    this.#stopPause = systemClock.setTimer(Math.min(pause, LONGEST_PAUSE), again, { keepAlive: false });
  }

  wasted(error: BrokenExecutorError): void {
    this.failed(error);
  }

  stop(): void {
    this.#stopped = true;
    this.#stopPause?.();
    this.gone();
  }

  settled(): Promise<void> {
    if (this.#starting() === 0) return Promise.resolve();
    const release = holdProcess();
    return new Promise((resolve) => {
      this.#whenSettled.push(() => {
        release();
        resolve();
      });
    });
  }

  get #most(): number {
    return ROUNDS * this.#places;
  }

  #starting(): number {
    let starting = 0;
    for (const link of this.#links) if (!link.ready) starting += 1;
    return starting;
  }

  #someWork(): boolean {
    for (const link of this.#links) if (link.ready && !link.leaving) return true;
    return false;
  }

  #settle(): void {
    if (this.#starting() > 0) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }

  #giveUp(error: BrokenExecutorError, why: unknown): void {
    this.#why = why;
    this.#host.broke(error);
  }
}
