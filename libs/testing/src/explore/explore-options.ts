import type { Words } from '@interleave/memory';
import { isTask, type TaskLike } from '@interleave/transfer';
import { MOST_CHANGES, MOST_THREADS } from './control.js';
import { MOST_REDUCED_BOUND, MOST_REDUCED_THREADS } from './seen-states.js';
import type { Cells } from './watched-cells.js';
import type { Search } from './exploration.js';

/** What a thread runs in every execution: it gets the words, its own number from 0, and the plain memory. */
export type ExploredThread = TaskLike<[words: Words, me: number, cells: Cells]>;

/** What an invariant is told beside the words. */
export interface ExploredRun {
  /** What the threads' functions returned; `undefined` of one that was killed. */
  readonly results: readonly unknown[];
  /** The numbers of the threads that were killed. */
  readonly killed: readonly number[];
  /** The plain memory. */
  readonly cells: Cells;
}

/** Options of `explore`. */
export interface ExploreOptions {
  /**
   * One function a thread, 1 to 30. They go to threads with all they use, as tasks of a pool do, and once: what one keeps
   * in a variable outside of it stays from one execution to the next, so keep in the words what belongs to the test.
   */
  readonly threads: readonly ExploredThread[];
  /** How many words the threads share, from 1; or what to call them: `['lock', 'balance']`. */
  readonly words: number | readonly string[];
  /**
   * How many cells of plain memory the threads share beside the words, as the payload of a queue. Reading and writing them is
   * no step. Two threads that touch one, of which one writes, must be put in order by operations on words: otherwise it
   * is a failure of kind `race`, also where it does no harm. Default: 0.
   */
  readonly cells?: number;
  /** Sets words and cells before the first step; all are 0 if it is left out. */
  readonly setup?: (words: Words, cells: Cells) => void;
  /**
   * What must be true once all threads are through; it is asked here, after every execution that got that far. It fails
   * by returning false, or by throwing. Do not count in it: failures are run again to make them simple, and it is asked then,
   * too.
   */
  readonly invariant?: (words: Words, run: ExploredRun) => unknown;
  /**
   * Says in a word or a number how an execution has ended, to be counted in `Exploration.outcomes`. Asked once for each
   * execution in which all threads got through.
   */
  readonly outcome?: (words: Words, run: ExploredRun) => string | number;
  /**
   * The most preemptions of a schedule: how often a thread that could go on is made to stop. A whole number from 0, or
   * `Infinity` for all schedules. Default: 2; with 1, a broken lock passes for a good one.
   */
  readonly bound?: number;
  /**
   * How to choose schedules. `bounded`: all within the bound, each once. `pct`: by priorities with `bound` changes, at
   * random (probabilistic concurrency testing). `random`: any thread at any step. Default: `bounded`.
   */
  readonly search?: Search;
  /**
   * Leaves out, in a bounded search, what comes of a state that the search has been in by another way: it finds a failure if
   * there is one, with a fraction of the executions, and no longer counts all schedules. For up to 7 threads and a bound up to 13, or `Infinity`. Default: false.
   */
  readonly reduce?: boolean;
  /**
   * Threads with the same function are twins: it makes no difference which of them does what, so that they begin in the order of
   * their numbers, and 4 of them have a 24th of the schedules. True of functions that take `me` and `self()` for names to compare
   * and nothing else, with an invariant that treats them alike. Default: false.
   */
  readonly twins?: boolean;
  /** How many executions of `pct` and `random`. Default: 10,000. */
  readonly runs?: number;
  /** What `pct` and `random` begin with; the same seed gives the same executions. Default: 1. */
  readonly seed?: number;
  /** Choices of a failure, to run that schedule once and nothing else. */
  readonly replay?: string;
  /**
   * Lets the tasks of an asynchronous thread go on in another order than they were woken in, which V8 does not, but no standard
   * promises; each time one is passed over costs one of the bound. Default: false.
   */
  readonly reorderTasks?: boolean;
  /** How many threads may be killed in an execution, each before any step. Default: 0. */
  readonly crashes?: number;
  /** When to give up a bounded search, in executions. Default: 1,000,000. */
  readonly limit?: number;
  /** How many failures to keep. Default: 3. */
  readonly keep?: number;
  /** Steps after which an execution is a livelock. Default: 2,000. */
  readonly maxSteps?: number;
  /** How long a thread may compute without an operation on a word, in milliseconds. Default: 10,000. */
  readonly patience?: number;
  /** Stops the exploration. */
  readonly signal?: AbortSignal;
}

/** The options as they hold. */
export interface ExploreSettings {
  readonly tasks: readonly ExploredThread[];
  readonly threadNames: readonly string[];
  readonly wordNames: readonly string[];
  readonly cells: number;
  readonly setup: (words: Words, cells: Cells) => void;
  readonly invariant: (words: Words, run: ExploredRun) => unknown;
  readonly outcome: ((words: Words, run: ExploredRun) => string | number) | undefined;
  readonly bound: number;
  readonly search: Search;
  readonly reduce: boolean;
  /** For each thread, the one before it with the same function, or -1. */
  readonly elder: readonly number[];
  readonly runs: number;
  readonly seed: number;
  readonly replay: string | undefined;
  readonly crashes: number;
  readonly reorderTasks: boolean;
  readonly limit: number;
  readonly keep: number;
  readonly maxSteps: number;
  readonly patience: number;
  readonly signal: AbortSignal | undefined;
}

const SEARCHES: readonly Search[] = ['bounded', 'pct', 'random'];

/**
 * Checks the options and fills in what was left out.
 *
 * @throws {TypeError | RangeError} for one that is none
 */
export function readOptions(options: ExploreOptions): ExploreSettings {
  const { threads, words, bound = 2, search = 'bounded', replay, signal } = options;
  if (!Array.isArray(threads) || threads.length < 1 || threads.length > MOST_THREADS) {
    throw new RangeError(`Cannot explore without threads: pass 1 to ${MOST_THREADS} functions`);
  }
  for (const task of threads as readonly unknown[]) {
    if (typeof task === 'function' || isTask(task)) continue;
    throw new TypeError(`Cannot explore a ${typeof task} as a thread: pass a function, or a task made by task()`);
  }
  if (!SEARCHES.includes(search)) throw new RangeError(`Cannot search "${search}": pass ${SEARCHES.join(', ')}`);
  const wordNames = typeof words === 'number' ? numbered('word', whole('words', words, 1, 2 ** 20)) : [...words];
  whole('words', wordNames.length, 1, 2 ** 20);
  return {
    tasks: threads,
    threadNames: threadNames(threads),
    wordNames,
    cells: whole('cells', options.cells ?? 0, 0, 2 ** 20),
    setup: options.setup ?? (() => {}),
    invariant: options.invariant ?? (() => true),
    outcome: options.outcome,
    bound:
      bound === Infinity && search !== 'pct'
        ? bound
        : whole('bound', bound, 0, search === 'pct' ? MOST_CHANGES : 2 ** 30),
    search,
    reduce: reduces(options, bound),
    elder: threads.map((task, at) => (options.twins === true ? threads.slice(0, at).lastIndexOf(task) : -1)),
    runs: whole('runs', options.runs ?? 10_000, 1, 2 ** 31),
    seed: whole('seed', options.seed ?? 1, 0, 2 ** 31 - 1),
    replay,
    crashes: whole('crashes', options.crashes ?? 0, 0, threads.length),
    reorderTasks: options.reorderTasks ?? false,
    limit: whole('limit', options.limit ?? 1_000_000, 1, 2 ** 31),
    keep: whole('keep', options.keep ?? 3, 0, 1_000),
    maxSteps: whole('maxSteps', options.maxSteps ?? 2_000, 10, 100_000),
    patience: whole('patience', options.patience ?? 10_000, 1, 2 ** 31 - 1),
    signal,
  };
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`Cannot explore with ${name} ${value}: pass a whole number from ${least} to ${most}`);
}

function reduces({ reduce = false, threads, search = 'bounded' }: ExploreOptions, bound: number): boolean {
  if (!reduce) return false;
  if (
    search === 'bounded' &&
    threads.length <= MOST_REDUCED_THREADS &&
    (bound <= MOST_REDUCED_BOUND || bound === Infinity)
  ) {
    return true;
  }
  throw new RangeError(
    `Cannot reduce a search "${search}" of ${threads.length} threads with bound ${bound}: it has to be bounded, ` +
      `of at most ${MOST_REDUCED_THREADS} threads, with a bound up to ${MOST_REDUCED_BOUND} or Infinity`,
  );
}

function numbered(what: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${what} ${at}`);
}

/** Functions with names of their own keep them; the others, and those that share one, are numbered. */
function threadNames(threads: readonly ExploredThread[]): readonly string[] {
  const names = threads.map(({ name }) => name);
  return names.map((name, at) => {
    if (name === '') return `thread ${at}`;
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} ${at}`;
  });
}
