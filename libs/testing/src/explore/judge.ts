import {
  CUT,
  DEADLOCK,
  FINISHED,
  IDLE,
  LIVELOCK,
  QUEUED,
  RACE,
  RACED,
  RUNNABLE,
  THREW,
  WAITER,
  type Control,
} from './control.js';
import type { ExecutionRecord } from './execution-record.js';
import type { ExploredRun, ExploreSettings } from './explore-options.js';
import type { FailureKind } from './failure.js';
import { StillWords } from './still-words.js';

/** What is wrong with an execution. */
export interface Verdict {
  readonly kind: FailureKind;
  readonly message: string;
}

/** Says whether an execution that is over was a good one. */
export class Judge {
  readonly #control: Control;
  readonly #settings: ExploreSettings;

  constructor(control: Control, settings: ExploreSettings) {
    this.#control = control;
    this.#settings = settings;
  }

  /**
   * Of the last execution, which the control memory still holds.
   *
   * @returns what is wrong, or `undefined`
   */
  verdict(record: ExecutionRecord): Verdict | undefined {
    if (record.how === FINISHED) return this.#invariant(record);
    const [kind, message] = this.#ending(record);
    const killed = record.killed.map((thread) => this.#settings.threadNames[thread]).join(', ');
    return { kind, message: killed === '' ? message : `${message} (${killed} killed)` };
  }

  /** Of any execution. */
  failed(record: ExecutionRecord): boolean {
    return record.how !== CUT && (record.how !== FINISHED || this.#invariant(record) !== undefined);
  }

  /** What the option `outcome` calls an execution, if all threads got through. */
  outcome(record: ExecutionRecord): string | undefined {
    const { outcome } = this.#settings;
    if (outcome === undefined || record.how !== FINISHED) return undefined;
    return String(outcome(new StillWords(record.words), this.#run(record)));
  }

  #run({ cells, killed, outcome }: ExecutionRecord): ExploredRun {
    const results = this.#settings.tasks.map((_, thread) => {
      const ended = outcome(thread);
      return ended?.type === 'returned' ? ended.value : undefined;
    });
    return { results, cells, killed };
  }

  #invariant(record: ExecutionRecord): Verdict | undefined {
    let answer: unknown;
    try {
      answer = this.#settings.invariant(new StillWords(record.words), this.#run(record));
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

  #ending(record: ExecutionRecord): readonly [FailureKind, string] {
    const { how, choices } = record;
    if (how === THREW) return ['error', this.#thrown(record)];
    if (how === RACED) return ['race', this.#race()];
    if (how === DEADLOCK) return ['deadlock', `${this.#sleepers()}, and nobody is left to wake them`];
    if (how !== LIVELOCK) throw new TypeError(`Cannot judge an execution that ended with ${how}`);
    const { maxSteps } = this.#settings;
    return choices.length === maxSteps
      ? ['livelock', `no end after ${maxSteps} steps`]
      : ['livelock', `${this.#running()} turn in circles, and nothing changes`];
  }

  #thrown({ outcome }: ExecutionRecord): string {
    for (const [thread, name] of this.#settings.threadNames.entries()) {
      const ended = outcome(thread);
      if (ended?.type === 'threw') return `${name} threw ${ended.message}`;
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

  #running(): string {
    const { state } = this.#control;
    return this.#settings.threadNames.filter((_, thread) => state[thread] === RUNNABLE).join(', ');
  }
}
