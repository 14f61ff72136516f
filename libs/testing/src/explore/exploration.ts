import { inspect } from 'node:util';
import type { Failure } from './failure.js';

/** How schedules are chosen, see `explore`. */
export type Search = 'bounded' | 'pct' | 'random';

/** What {@link Exploration} is made of. */
export interface ExplorationData {
  readonly executions: number;
  readonly exhausted: boolean;
  readonly failed: number;
  readonly failures: readonly Failure[];
  readonly outcomes: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly search: Search | 'replay';
  readonly bound: number;
  readonly crashes: number;
}

/** What came out of an `explore`. */
export class Exploration {
  /** How many schedules were run. */
  readonly executions: number;
  /** Whether these were all there are within the bound: then it is a proof for that bound. */
  readonly exhausted: boolean;
  /** How many of the executions went wrong. */
  readonly failed: number;
  /** The first few of them, each shrunk and ready to print, draw and replay. */
  readonly failures: readonly Failure[];
  /** How many schedules ended in which way, by what the option `outcome` said, in the order they were met. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Operations of all executions together. */
  readonly steps: number;
  /** How schedules were chosen. */
  readonly search: Search | 'replay';
  /** The most preemptions, for a bounded search. */
  readonly bound: number;
  /** The most kills in an execution. */
  readonly crashes: number;

  /** @internal `explore` makes them. */
  constructor(data: ExplorationData) {
    this.executions = data.executions;
    this.exhausted = data.exhausted;
    this.failed = data.failed;
    this.failures = data.failures;
    this.outcomes = data.outcomes;
    this.steps = data.steps;
    this.search = data.search;
    this.bound = data.bound;
    this.crashes = data.crashes;
  }

  /** One line: how many schedules, which ones, how many failed. */
  toString(): string {
    const { executions, failed } = this;
    const kills = this.crashes > 0 ? count(this.crashes, 'kill') : '';
    const limits = [this.bound === Infinity ? '' : count(this.bound, 'preemption'), kills].filter(Boolean);
    const within = limits.length === 0 ? 'there are' : `with at most ${limits.join(' and ')}`;
    const which =
      this.search === 'bounded' ? `${this.exhausted ? 'all' : 'not all'} ${within}` : `search ${this.search}`;
    return `Exploration: ${count(executions, 'schedule')}, ${which}; ${failed === 0 ? 'none' : failed} failed`;
  }

  [inspect.custom](): string {
    return [this.toString(), ...this.failures.slice(0, 1).map((failure) => failure.toText())].join('\n\n');
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
