/**
 * The memory through which the threads of one exploration pass the baton, and the words they are explored with.
 *
 *     head | a word each thread ... | the words | queue of waiters | orders, and what came of them, for each step | records
 *          └───────── the present: what `Snapshots` keep ─────────┘
 *
 * Invariant: only who holds the baton reads or writes it, so that plain accesses are enough; the exceptions are `go`,
 * where a thread waits for the baton, and `REST`, where `explore()` does. Both are passed with `Atomics`, which makes all
 * that was written before visible to the next.
 */

/** Indexes into `head`. */
export const STEP = 0;
export const END = 1;
/** How many threads have yet to unwind. */
export const UNWINDING = 2;
export const ORDERS = 3;
export const POLICY = 4;
export const SEED = 5;
export const CHANGES = 6;
/** How many promises are to be resolved, of all threads. */
export const WOKEN = 7;
/** Of a race: the cell, who came first, at which step, what it did, who came second, what it did. */
export const RACE = 8;
/** 1 when the threads have come to rest, and `explore()` may look at what they have left. */
export const REST = 14;
/** How many executions may still follow before that. */
export const LEFT = 15;
/** Whether each execution is planned from the one before; otherwise the orders are `explore()`'s own. */
export const PLANNED = 16;
/** Whether the plan has another execution, whose orders stand in `orders`. */
export const MORE = 17;
/** How many integers of `records` are in use, and how many bytes of what the threads have returned. */
export const RECORDED = 18;
export const RETURNED = 19;
/** Of a random search: how many runs it has drawn, the steps of the longest, and the state of its generator. */
export const DRAWN = 20;
export const LONGEST = 21;
export const DRAW = 22;
/** How many states were seen, and the step of this execution from which all is known. */
export const SEEN = 23;
export const KNOWN = 24;
/** Counts the executions that began with their first step. */
export const EXECUTION = 25;
/** Whether the next execution has yet to begin. */
export const BEGINS = 26;
/** Whose step was decided and has yet to take place. */
export const DUE = 27;
/** Who must say what it does next, since nobody has seen it there. */
export const NEEDED = 28;
/** The threads that have no script, as bits; see `Scripts`. */
export const LIVE = 29;
/** How many entries of `scripts` are in use, and how many bytes of `texts`. */
export const SCRIPTED = 30;
export const TEXT = 31;
/** How many steps of the last execution have a snapshot. */
export const SAVED = 32;
/** How often the scripts were forgotten, and with them what was met; see `Meetings`. */
export const FORGOT = 33;
/** From here on, all that changes from step to step. Two numbers that are the same whenever all words and cells are. */
export const HASH = 34;
export const QUEUED = 36;
/** Who has made the last step, and what it is about to do. */
export const CURRENT = 37;
export const ABOUT = 38;
const HEAD = 39;

/** Why an execution has ended, in `head[END]`. */
export const RUNNING = 0;
export const FINISHED = 1;
export const DEADLOCK = 2;
export const LIVELOCK = 3;
export const THREW = 4;
export const RACED = 5;
/** All that can come is known; see `KNOWN`. */
export const CUT = 6;
/** A function does something else than it did before. */
export const STRAYED = 7;

/** What becomes of steps for which there is no order, in `head[POLICY]`. */
export const STAY = 0;
export const PRIORITIES = 1;
export const RANDOM = 2;

/** What a thread finds in `go`. */
export const PARKED = 0;
export const GRANTED = 1;
export const UNWIND = 2;
export const STOP = 3;

/** States of threads. */
export const RUNNABLE = 0;
export const BLOCKED = 1;
export const DONE = 2;
export const DEAD = 3;
/** Its function has returned a promise, and all that is left to do waits for others. */
export const IDLE = 4;

/** Choices: a thread's number, or with one of these added. */
export const NOBODY = -1;
export const TIME = 32;
export const KILL = 64;
/** A task of the thread that was woken first lets the next one go before it. */
export const PASS = 96;
/** The most threads: their sets are bits of one word. */
export const MOST_THREADS = 30;

/** Numbers of one entry of the log: operation, word, two arguments, the value before and after. */
export const LOG = 6;
/** Numbers of one write, and of one read, that the race check remembers. */
export const WRITE = 3;
export const READ = 2;
/** Numbers of the hash of what a thread has learned. */
export const STATES = 2;
/** Numbers of a thread that change from step to step. */
const THREAD = 6 + STATES;
/** Numbers of one entry of the queue: thread, word, ticket. */
export const WAITER = 3;
/** A waiter's ticket, if it is a thread that sleeps; greater ones are promises. */
export const ASLEEP = 0;
/** The most waiters at a time. */
export const MOST_WAITERS = 256;
/** The most change points of a run with priorities. */
export const MOST_CHANGES = 16;
/** Bytes for what one thread returns. */
export const RESULT_BYTES = 65_536;
/** Integers, and bytes of results, that the records of one batch have at least. */
const RECORD_INTS = 2 ** 19;
const RECORD_BYTES = 2 ** 19;

/** The most steps that are kept in scripts, the numbers of one, and the bytes of what functions end with. */
const MOST_SCRIPTED = 2 ** 20;
export const SCRIPT = 11;
const TEXT_BYTES = 2 ** 20;
/** The integers of all snapshots. */
const SNAPSHOT_INTS = 2 ** 19;

/** The most states that are kept, and the numbers of one: the two of its key, and half a byte for each thread and for nobody. */
const MOST_SEEN = 2 ** 21;
export const SEEN_STATE = 3;
/** Of a record: how it ended, its steps, who was killed, where its results begin, where it diverged from its orders. */
export const RECORD_HEAD = 5;

/** How large an exploration is. */
export interface ControlShape {
  readonly threads: number;
  readonly words: number;
  /** Plain memory beside the words. */
  readonly cells: number;
  readonly maxSteps: number;
  /** Whether states are kept. */
  readonly reduce: boolean;
  /** Whether tasks of one thread may pass each other. */
  readonly reorderTasks: boolean;
}

/** A {@link Control} on its way to a thread. */
export interface ControlHandle extends ControlShape {
  readonly ints: SharedArrayBuffer;
  readonly doubles: SharedArrayBuffer;
  readonly results: SharedArrayBuffer;
  readonly returned: SharedArrayBuffer;
  readonly seen: SharedArrayBuffer;
  readonly scripts: SharedArrayBuffer;
  readonly texts: SharedArrayBuffer;
}

/** The most integers that one execution leaves behind. */
export function recordSize({ threads, words, cells, maxSteps }: ControlShape): number {
  return RECORD_HEAD + threads + words + cells + maxSteps;
}

/** One record always fits. */
function recordInts(shape: ControlShape): number {
  return RECORD_INTS + recordSize(shape);
}

/** Integers of a snapshot: the end of the head, what each thread has, the words, and a waiter a thread. */
export function snapshotSize({ threads, words }: ControlShape): number {
  return HEAD - HASH + threads * (THREAD + WAITER) + words;
}

/** How many steps can have one. */
function mostSnapshots(shape: ControlShape): number {
  return Math.min(shape.maxSteps, Math.floor(SNAPSHOT_INTS / snapshotSize(shape)));
}

/** Makes the memory for an exploration. */
export function createControl(shape: ControlShape): ControlHandle {
  const { threads, words, cells, maxSteps } = shape;
  const clocks = cells === 0 ? 0 : (threads + words) * threads + cells * (WRITE + threads * READ);
  const state = HEAD + threads * (4 + THREAD) + MOST_CHANGES + MOST_WAITERS * WAITER * 2;
  const snapshots = mostSnapshots(shape);
  const ints =
    state + maxSteps * (14 + LOG) + (words + cells) * 2 + clocks + recordInts(shape) + snapshots * snapshotSize(shape);
  const intsOf = (length: number): SharedArrayBuffer => new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT);
  return {
    ...shape,
    ints: intsOf(ints),
    doubles: new SharedArrayBuffer((1 + MOST_WAITERS + snapshots * (1 + threads)) * Float64Array.BYTES_PER_ELEMENT),
    results: new SharedArrayBuffer(threads * RESULT_BYTES),
    seen: intsOf(shape.reduce ? MOST_SEEN * SEEN_STATE : 0),
    scripts: intsOf((threads + MOST_SCRIPTED) * SCRIPT),
    texts: new SharedArrayBuffer(TEXT_BYTES + threads * RESULT_BYTES),
    returned: new SharedArrayBuffer(RECORD_BYTES + threads * RESULT_BYTES),
  };
}

/** The control memory, as seen by `explore()` and by each thread. */
export class Control {
  readonly handle: ControlHandle;
  readonly head: Int32Array;
  /** A thread's turn: {@link PARKED} until it gets the baton. */
  readonly go: Int32Array;
  readonly state: Int32Array;
  /** How many steps a thread has made since any word changed. */
  readonly quiet: Int32Array;
  readonly priority: Int32Array;
  /** What a preempted thread is about to do, as long as it sleeps; see `Asleep`. */
  readonly asleep: Int32Array;
  /** The thread that begins before this one, or -1; set once. */
  readonly elder: Int32Array;
  /** Whether a thread has made a step. */
  readonly begun: Int32Array;
  /** Whether a thread has waits that may be called off at any time. */
  readonly fickle: Int32Array;
  /** Hashes of all that each thread was told. */
  readonly learned: Int32Array;
  /** Where each thread is in its script; see `Scripts`. */
  readonly place: Int32Array;
  /** Bytes of what a thread without a script has returned or thrown; 0 for `undefined`. */
  readonly resultLength: Int32Array;
  /** The steps at which the current thread gets the lowest priority. */
  readonly changes: Int32Array;
  /** Waiters, of all words, in the order they came. */
  readonly queue: Int32Array;
  /** Promises that are to be resolved, in the order they were woken: thread, by what, ticket. */
  readonly resolving: Int32Array;
  /** What is to be chosen at each step, or {@link NOBODY} to leave it to the policy. */
  readonly orders: Int32Array;
  /** What was chosen. */
  readonly chosen: Int32Array;
  /** What would have been chosen without an order and with the policy {@link STAY}. */
  readonly standard: Int32Array;
  /** The thread that had the baton, if it could have gone on. */
  readonly current: Int32Array;
  /** Which threads could run, as bits. */
  readonly runnable: Int32Array;
  /** Which threads had a wait that could run out of time. */
  readonly timed: Int32Array;
  /** Which threads were neither done nor dead. */
  readonly live: Int32Array;
  /** Who could let one of its tasks pass another. */
  readonly passing: Int32Array;
  /** What the current thread was about to do; see `touch`. */
  readonly about: Int32Array;
  /** Where the current thread stood in its script. */
  readonly standing: Int32Array;
  /** Which threads slept. */
  readonly sleepers: Int32Array;
  /** Which threads' deaths would make a difference here: for what was done at the step in any execution. */
  readonly mortal: Int32Array;
  /** How much of the bound was spent, and how many threads were killed, before each step. */
  readonly spent: Int32Array;
  readonly killed: Int32Array;
  readonly log: Int32Array;
  /** The words that are explored. */
  readonly words: Int32Array;
  /** Plain memory, and what the race check knows of it; see `RaceWatch`. */
  readonly cells: Int32Array;
  /** Words and cells as `setup` has left them. */
  readonly firstWords: Int32Array;
  readonly firstCells: Int32Array;
  /** For each thread, how far it knows the others. */
  readonly clocks: Int32Array;
  /** For each word, how far its last writer knew the threads. */
  readonly released: Int32Array;
  /** The last write of each cell: thread, its clock, the step. */
  readonly writes: Int32Array;
  /** The last read of each cell by each thread: its clock, the step. */
  readonly reads: Int32Array;
  /** What the executions of a batch have left, one after the other; see `ExecutionRecord`. */
  readonly records: Int32Array;
  /** What their threads have returned. */
  readonly returned: Uint8Array;
  /** The states that the search has been in; see `SeenStates`. */
  readonly seen: Int32Array;
  /** What threads do next, after all they were told; see `Scripts`. */
  readonly scripts: Int32Array;
  /** What functions with a script have returned or thrown. */
  readonly texts: Uint8Array;
  /** The present of earlier steps; see `Snapshots`. */
  readonly snapshots: Int32Array;
  readonly timeSnapshots: Float64Array;
  /** The virtual time in milliseconds. */
  readonly clock: Float64Array;
  /** When each waiter of the queue runs out of time. */
  readonly deadlines: Float64Array;

  constructor(handle: ControlHandle) {
    this.handle = handle;
    const { threads, words, cells, maxSteps } = handle;
    const ints = new Int32Array(handle.ints);
    let at = 0;
    const take = (length: number): Int32Array => ints.subarray(at, (at += length));
    this.go = take(threads);
    this.priority = take(threads);
    this.elder = take(threads);
    this.resultLength = take(threads);
    this.changes = take(MOST_CHANGES);
    this.resolving = take(MOST_WAITERS * WAITER);
    this.head = take(HEAD);
    this.state = take(threads);
    this.quiet = take(threads);
    this.asleep = take(threads);
    this.begun = take(threads);
    this.fickle = take(threads);
    this.place = take(threads);
    this.learned = take(threads * STATES);
    this.words = take(words);
    this.queue = take(MOST_WAITERS * WAITER);
    this.orders = take(maxSteps);
    this.chosen = take(maxSteps);
    this.standard = take(maxSteps);
    this.current = take(maxSteps);
    this.runnable = take(maxSteps);
    this.timed = take(maxSteps);
    this.live = take(maxSteps);
    this.passing = take(maxSteps);
    this.about = take(maxSteps);
    this.standing = take(maxSteps);
    this.sleepers = take(maxSteps);
    this.mortal = take(maxSteps);
    this.spent = take(maxSteps);
    this.killed = take(maxSteps);
    this.log = take(maxSteps * LOG);
    this.cells = take(cells);
    this.firstWords = take(words);
    this.firstCells = take(cells);
    const watched = cells > 0 ? threads : 0;
    this.clocks = take(watched * threads);
    this.released = take(watched * words);
    this.writes = take(cells * WRITE);
    this.reads = take(cells * threads * READ);
    this.records = take(recordInts(handle));
    this.snapshots = take(mostSnapshots(handle) * snapshotSize(handle));
    this.seen = new Int32Array(handle.seen);
    this.scripts = new Int32Array(handle.scripts);
    this.texts = new Uint8Array(handle.texts);
    this.returned = new Uint8Array(handle.returned);
    const doubles = new Float64Array(handle.doubles);
    this.clock = doubles.subarray(0, 1);
    this.deadlines = doubles.subarray(1, 1 + MOST_WAITERS);
    this.timeSnapshots = doubles.subarray(1 + MOST_WAITERS);
  }

  /** The part of the results that belongs to a thread. */
  result(thread: number): Uint8Array {
    return new Uint8Array(this.handle.results, thread * RESULT_BYTES, RESULT_BYTES);
  }

  /** All is as before the first step. */
  reset(): void {
    const { head, words, cells, clocks, state } = this;
    words.set(this.firstWords);
    cells.set(this.firstCells);
    if (cells.length > 0) {
      for (const known of [clocks, this.released, this.writes, this.reads]) known.fill(0);
      for (let thread = 0; thread < clocks.length; thread += state.length + 1) clocks[thread] = 1;
    }
    state.fill(RUNNABLE);
    this.quiet.fill(0);
    this.learned.fill(0);
    this.asleep.fill(0);
    this.begun.fill(0);
    this.fickle.fill(0);
    this.resultLength.fill(0);
    head.fill(0, HASH);
    head[CURRENT] = NOBODY;
    this.clock[0] = 0;
    head[STEP] = 0;
    head[WOKEN] = 0;
    head[EXECUTION] = (head[EXECUTION] as number) + 1;
  }

  /** Something has changed: nobody turns in circles. */
  stir(): void {
    this.quiet.fill(0);
  }
}
