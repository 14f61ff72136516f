import { InterleaveError, throwIfAborted } from '@interleave/core';
import { BoundedSearch } from './bounded-search.js';
import { choicesText, readChoices } from './choices.js';
import { ORDERS, POLICY, STAY, STEP, type Control } from './control.js';
import type { Crew } from './crew.js';
import { Exploration } from './exploration.js';
import type { ExploreSettings } from './explore-options.js';
import { Failure } from './failure.js';
import { Judge, type Verdict } from './judge.js';
import type { Plan } from './plan.js';
import { RandomSearch } from './random-search.js';
import { ReplayPlan } from './replay-plan.js';
import { shrink, usedChoices } from './shrink.js';
import { readTrace } from './trace.js';

/** Every so many executions one is run again, to see that it is the same. */
const TWICE = 100;

/** One exploration: runs a plan, judges each execution, explains the first that fail. */
export class Session {
  readonly #crew: Crew;
  readonly #control: Control;
  readonly #settings: ExploreSettings;
  readonly #judge: Judge;
  readonly #start: readonly number[];
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
    this.#start = [...crew.control.words];
  }

  async run(): Promise<Exploration> {
    const { search, bound, crashes, replay, limit, signal } = this.#settings;
    const plan = this.#plan();
    let more = plan.next();
    while (more && (this.#executions < limit || !plan.exhaustive)) {
      if (signal !== undefined) throwIfAborted(signal, 'explore');
      await this.#runOne();
      more = plan.next();
    }
    return new Exploration({
      executions: this.#executions,
      exhausted: plan.exhaustive && !more,
      failed: this.#failed,
      failures: this.#failures,
      outcomes: this.#outcomes,
      steps: this.#steps,
      search: replay === undefined ? search : 'replay',
      bound,
      crashes,
    });
  }

  #plan(): Plan {
    const { replay, tasks, search } = this.#settings;
    if (replay !== undefined) return new ReplayPlan(this.#control, readChoices(replay, tasks.length));
    return search === 'bounded'
      ? new BoundedSearch(this.#control, this.#settings)
      : new RandomSearch(this.#control, { ...this.#settings, search });
  }

  async #runOne(): Promise<void> {
    const { head, orders, chosen } = this.#control;
    const strict = this.#settings.replay === undefined && head[POLICY] === STAY;
    const ordered = strict ? orders.slice(0, head[ORDERS]) : new Int32Array();
    const verdict = await this.#execute();
    this.#executions += 1;
    this.#tally();
    this.#steps += head[STEP] as number;
    checkSame(ordered, chosen.subarray(0, head[STEP]));
    const explains = verdict !== undefined && this.#failed < this.#settings.keep;
    if (verdict !== undefined) this.#failed += 1;
    if (!explains && this.#executions % TWICE !== 1) return;
    const schedule = chosen.slice(0, head[STEP]);
    if (explains) await this.#explain(schedule, verdict);
    // The plan goes on from this execution, so that it must be the one that was last.
    this.#order(schedule);
    await this.#crew.execute();
    checkSame(schedule, chosen.subarray(0, head[STEP]));
  }

  #tally(): void {
    const outcome = this.#judge.outcome();
    if (outcome !== undefined) this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Keeps a failure with the shortest schedule that is found to fail in the same way. */
  async #explain(schedule: Int32Array, found: Verdict): Promise<void> {
    const follow = (orders: Int32Array): Promise<Verdict | undefined> => this.#follow(orders);
    const { threadNames, wordNames, replay } = this.#settings;
    const verdict = replay === undefined ? await shrink(this.#control, schedule, found, follow) : found;
    const choices = choicesText(usedChoices(this.#control));
    if (this.#failures.some((failure) => failure.choices === choices)) return;
    this.#failures.push(
      new Failure({
        ...verdict,
        choices,
        execution: this.#executions,
        trace: readTrace(this.#control),
        threads: threadNames,
        words: wordNames,
        start: this.#start,
        end: [...this.#control.words],
      }),
    );
  }

  /** Runs one execution by these choices. */
  #follow(choices: Int32Array): Promise<Verdict | undefined> {
    this.#order(choices);
    return this.#execute();
  }

  /** Where a choice cannot be taken, or there is none, the current thread will go on. */
  #order(choices: Int32Array): void {
    const { head, orders } = this.#control;
    orders.set(choices);
    head[ORDERS] = choices.length;
    head[POLICY] = STAY;
  }

  async #execute(): Promise<Verdict | undefined> {
    return this.#judge.verdict(await this.#crew.execute());
  }
}

/** Replay from the beginning is all there is, so the same choices must lead to the same steps. */
function checkSame(ordered: Int32Array, chosen: Int32Array): void {
  const step = ordered.findIndex((choice, at) => choice !== chosen[at]);
  if (step < 0) return;
  throw new InterleaveError(
    `Cannot explore functions that do something else when run again: at step ${step} they could not go on as before; ` +
      'keep what belongs to the test in the words, and leave out Date, Math.random and variables outside',
    { code: 'ERR_NOT_DETERMINISTIC' },
  );
}
