import {
  DEAD,
  DEADLOCK,
  END,
  FINISHED,
  IDLE,
  LIVELOCK,
  QUEUED,
  RACE,
  RACED,
  RUNNABLE,
  STEP,
  THREW,
  WAITER,
  type Control,
} from './control.js';
import type { ExploredRun, ExploreSettings } from './explore-options.js';
import type { FailureKind } from './failure.js';
import { readOutcome } from './run-thread.js';
import { StillWords } from './still-words.js';

/** What is wrong with an execution. */
export interface Verdict {
  readonly kind: FailureKind;
  readonly message: string;
}

/** Says whether the execution that has ended was a good one. */
export class Judge {
  readonly #control: Control;
  readonly #settings: ExploreSettings;
  readonly #words: StillWords;

  constructor(control: Control, settings: ExploreSettings) {
    this.#control = control;
    this.#settings = settings;
    this.#words = new StillWords(control.words);
  }

  /**
   * @param how - as `head[END]` has it
   * @returns what is wrong, or `undefined`
   */
  verdict(how: number): Verdict | undefined {
    if (how === FINISHED) return this.#invariant();
    const [kind, message] = this.#ending(how);
    const killed = this.#threads(DEAD);
    return { kind, message: killed === '' ? message : `${message} (${killed} killed)` };
  }

  #ending(how: number): readonly [FailureKind, string] {
    if (how === THREW) return ['error', this.#thrown()];
    if (how === RACED) return ['race', this.#race()];
    if (how === DEADLOCK) return ['deadlock', `${this.#sleepers()}, and nobody is left to wake them`];
    if (how !== LIVELOCK) throw new TypeError(`Cannot judge an execution that ended with ${how}`);
    const { maxSteps } = this.#settings;
    return this.#control.head[STEP] === maxSteps
      ? ['livelock', `no end after ${maxSteps} steps`]
      : ['livelock', `${this.#threads(RUNNABLE)} turn in circles, and nothing changes`];
  }

  /** What the option `outcome` calls the execution that has ended, if all threads got through. */
  outcome(): string | undefined {
    const { outcome } = this.#settings;
    if (outcome === undefined || this.#control.head[END] !== FINISHED) return undefined;
    return String(outcome(this.#words, this.#run()));
  }

  #run(): ExploredRun {
    const { state } = this.#control;
    const results = this.#settings.tasks.map((_, thread) => {
      const outcome = readOutcome(this.#control, thread);
      return outcome?.type === 'returned' ? outcome.value : undefined;
    });
    return {
      results,
      cells: this.#control.cells,
      killed: [...state.keys()].filter((thread) => state[thread] === DEAD),
    };
  }

  #invariant(): Verdict | undefined {
    let answer: unknown;
    try {
      answer = this.#settings.invariant(this.#words, this.#run());
    } catch (error) {
      return { kind: 'invariant', message: error instanceof Error ? error.message : String(error) };
    }
    if (answer instanceof Promise) {
      throw new TypeError(
        'Cannot check an invariant that returns a promise: it looks at the words, which is done at once',
      );
    }
    return answer === false ? { kind: 'invariant', message: 'the invariant does not hold' } : undefined;
  }

  #thrown(): string {
    for (const [thread, name] of this.#settings.threadNames.entries()) {
      const outcome = readOutcome(this.#control, thread);
      if (outcome?.type === 'threw') return `${name} threw ${outcome.message}`;
    }
    return 'a thread threw';
  }

  #race(): string {
    const [cell, first = 0, step, wrote, second = 0, writes] = this.#control.head.subarray(RACE);
    const { threadNames } = this.#settings;
    const before = `${threadNames[first]} ${wrote === 1 ? 'wrote' : 'read'} cell ${cell} after step ${step}`;
    return `${before}, ${threadNames[second]} ${writes === 1 ? 'writes' : 'reads'} it now, and nothing puts one before the other`;
  }

  #sleepers(): string {
    const { head, queue, state } = this.#control;
    const { threadNames, wordNames } = this.#settings;
    const sleepers = Array.from({ length: head[QUEUED] as number }, (_, at) => {
      const [thread = 0, word = 0] = queue.subarray(at * WAITER);
      return { thread, says: `${threadNames[thread]} sleeps on ${wordNames[word]}` };
    });
    const others = threadNames.filter(
      (_, thread) => state[thread] === IDLE && sleepers.every((sleeper) => sleeper.thread !== thread),
    );
    return [
      ...sleepers.map(({ says }) => says),
      ...others.map((name) => `${name} awaits something else than a word`),
    ].join(', ');
  }

  /** The names of the threads in a state. */
  #threads(wanted: number): string {
    const { state } = this.#control;
    return this.#settings.threadNames.filter((_, thread) => state[thread] === wanted).join(', ');
  }
}
