import { systemClock, type StopTimer } from '@interleave/core';
import { holdProcess } from './hold-process.js';
import type { StopOptions, StopStep } from './worker-handle.js';

const STEPS: readonly StopStep[] = ['asked', 'terminated', 'killed'];

/**
 * Ends something that may not want to end: asks, then insists, then forces, with a limit on each step. A graceful stop
 * without an upper limit is the most common way for a pool to hang at its end.
 *
 * @internal
 */
export class StopLadder {
  readonly #act: (step: StopStep) => void;
  readonly #waiting: ((step: StopStep) => void)[] = [];
  #step: StopStep | undefined;
  #ended = false;
  #stopTimer: StopTimer = () => {};
  #release: () => void = () => {};

  /** @param act - performs a step; called at most once for each */
  constructor(act: (step: StopStep) => void) {
    this.#act = act;
  }

  /** Whether anybody asked for the end. */
  get begun(): boolean {
    return this.#step !== undefined;
  }

  /** Whether it was insisted on. */
  get forced(): boolean {
    return this.#step !== undefined && this.#step !== 'asked';
  }

  /** Begins, or goes on with a harder step. Resolves at {@link StopLadder.ended}. */
  stop(options: StopOptions = {}): Promise<StopStep> {
    const { from = 'asked', grace = 500 } = options;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#ended) this.#settle();
      else if (this.#step === undefined || STEPS.indexOf(from) > STEPS.indexOf(this.#step)) this.#take(from, grace);
    });
  }

  /** To be called once, when it has ended, for whatever reason. */
  ended(): void {
    this.#ended = true;
    this.#settle();
  }

  #settle(): void {
    this.#stopTimer();
    this.#release();
    for (const resolve of this.#waiting.splice(0)) resolve(this.#step ?? 'asked');
  }

  #take(step: StopStep, grace: number): void {
    if (this.#step === undefined) this.#release = holdProcess();
    this.#stopTimer();
    this.#step = step;
    this.#act(step);
    const next = STEPS[STEPS.indexOf(step) + 1];
    if (next !== undefined && !this.#ended)
      this.#stopTimer = systemClock.setTimer(grace, () => this.#take(next, grace));
  }
}
