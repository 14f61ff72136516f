import { InterleaveError, throwIfAborted } from '@interleave/core';
import { choicesText, readChoices } from './choices.js';
import { CUT, MORE, type Control } from './control.js';
import type { Crew } from './crew.js';
import { readRecords, type ExecutionRecord } from './execution-record.js';
import { Exploration } from './exploration.js';
import type { ExploreSettings } from './explore-options.js';
import { Failure } from './failure.js';
import { Judge, type Verdict } from './judge.js';
import { shrink, usedChoices } from './shrink.js';
import { readTrace } from './trace.js';

/**
 * Executions that the threads run before they are judged, after the first. The last of them is run again, to see that it is
 * the same.
 */
const BATCH = 1_000;

/** An execution that went wrong, and is to be explained. */
interface Suspect {
  /** Its number, from 1. */
  readonly execution: number;
  readonly choices: Int32Array;
}

/** One exploration: lets the threads run, judges each execution, explains the first that fail. */
export class Session {
  readonly #crew: Crew;
  readonly #control: Control;
  readonly #settings: ExploreSettings;
  readonly #judge: Judge;
  readonly #failures: Failure[] = [];
  readonly #outcomes = new Map<string, number>();
  #executions = 0;
  #steps = 0;
  #failed = 0;

  constructor(crew: Crew, settings: ExploreSettings) {
    this.#crew = crew;
    this.#control = crew.control;
    this.#settings = settings;
    this.#judge = new Judge(crew.control, settings);
  }

  async run(): Promise<Exploration> {
    const { search, bound, crashes, replay } = this.#settings;
    const exhausted = replay === undefined ? await this.#search() : await this.#replay(replay);
    return new Exploration({
      executions: this.#executions,
      exhausted,
      failed: this.#failed,
      failures: this.#failures,
      outcomes: this.#outcomes,
      steps: this.#steps,
      search: replay === undefined ? search : 'replay',
      bound,
      crashes,
    });
  }

  /** Returns whether all schedules were run. */
  async #search(): Promise<boolean> {
    const { search, limit, signal } = this.#settings;
    const { head } = this.#control;
    const most = search === 'bounded' ? limit : Infinity;
    head[MORE] = 1;
    while (head[MORE] === 1 && this.#executions < most) {
      if (signal !== undefined) throwIfAborted(signal, 'explore');
      const batch = this.#executions === 0 ? 1 : BATCH;
      await this.#runBatch(Math.min(batch, most - this.#executions));
    }
    return search === 'bounded' && head[MORE] === 0;
  }

  async #runBatch(most: number): Promise<void> {
    await this.#crew.run(most);
    const suspects: Suspect[] = [];
    let last: Int32Array = new Int32Array();
    let cut = false;
    for (const record of readRecords(this.#control)) {
      const failed = this.#count(record);
      if (failed && this.#failed <= this.#settings.keep) {
        suspects.push({ execution: this.#executions, choices: record.choices.slice() });
      }
      last = record.choices;
      cut = record.how === CUT;
    }
    last = last.slice();
    for (const suspect of suspects) await this.#explain(suspect);
    const { choices } = await this.#crew.follow(last);
    const step = last.findIndex((choice, at) => choice !== choices[at]);
    checkSame(step < 0 && !cut && choices.length > last.length ? last.length : step);
  }

  async #replay(text: string): Promise<false> {
    const choices = readChoices(text, this.#settings.tasks.length).slice(0, this.#control.orders.length);
    const record = await this.#crew.follow(Int32Array.from(choices));
    const verdict = this.#judge.verdict(record);
    this.#count(record);
    if (verdict !== undefined) this.#keep(verdict, 1);
    return false;
  }

  /** Returns whether the execution has failed. */
  #count(record: ExecutionRecord): boolean {
    checkSame(record.diverged);
    this.#executions += 1;
    this.#steps += record.choices.length;
    const outcome = this.#judge.outcome(record);
    if (outcome !== undefined) this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    const failed = this.#judge.failed(record);
    if (failed) this.#failed += 1;
    return failed;
  }

  /** Finds the shortest schedule that is seen to fail in the same way. */
  async #explain({ choices, execution }: Suspect): Promise<void> {
    const follow = async (orders: Int32Array): Promise<Verdict | undefined> =>
      this.#judge.verdict(await this.#crew.follow(orders));
    const found = await follow(choices);
    if (found === undefined) return checkSame(choices.length - 1);
    this.#keep(await shrink(this.#control, choices, found, follow), execution);
  }

  /** Keeps the failure that was run last, if it is not known yet. */
  #keep(verdict: Verdict, execution: number): void {
    const control = this.#control;
    const { threadNames, wordNames } = this.#settings;
    const choices = choicesText(usedChoices(control));
    if (this.#failures.some((failure) => failure.choices === choices)) return;
    this.#failures.push(
      new Failure({
        ...verdict,
        choices,
        execution,
        trace: readTrace(control),
        threads: threadNames,
        words: wordNames,
        start: [...control.firstWords],
        end: [...control.words],
      }),
    );
  }
}

/** Replay from the beginning is all there is, so the same choices must lead to the same steps. */
function checkSame(diverged: number): void {
  if (diverged < 0) return;
  throw new InterleaveError(
    `Cannot explore functions that do something else when run again: at step ${diverged} they could not go on as before; ` +
      'keep what belongs to the test in the words, and leave out Date, Math.random and variables outside',
    { code: 'ERR_NOT_DETERMINISTIC' },
  );
}
