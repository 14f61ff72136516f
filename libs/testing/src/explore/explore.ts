/**
 * Runs code over shared words in every order that its threads can take, and says which orders go wrong.
 *
 *     explore() ── orders ──> [ thread 0 ]   before each operation on a word, whoever has the baton
 *         ^                   [ thread 1 ]   decides who goes on, and hands it over
 *         └──── trace ─────── [ thread 2 ]
 *
 * The code under test is what is shipped, and runs in real threads; only the ground under its words is another. What threads
 * do to each other goes through the words, and these are sequentially consistent. So the order of their operations is all
 * there is to a schedule, and the same choices give the same execution.
 *
 * Rejected: a controller that grants every operation, 8 to 10 µs a step where a baton that stays costs nothing; and
 * code under test written as generators in one thread, which is fast and never the code that is shipped.
 */
import { captureTask } from '@interleave/transfer';
import { Crew } from './crew.js';
import type { Exploration } from './exploration.js';
import { readOptions, type ExploreOptions } from './explore-options.js';
import { Session } from './session.js';

/**
 * Runs functions over shared words in all schedules up to a bound of preemptions, or in many drawn at random.
 *
 * Each function runs in a thread of its own, from its beginning in every execution. It may block, as code of a worker does,
 * or be asynchronous: then its thread is an event loop, which goes on with what is ready, oldest first, and gives way when
 * nothing is. What the functions return the invariant gets.
 *
 * **Complete** with `exhausted`, no schedule with so many preemptions fails.
 * **Repeatable** executions, their number and their order are the same each time.
 * **Cancellation** an aborted `signal` ends the threads; nothing is left.
 *
 * @param options - the threads, the words, what must hold, and how far to search
 * @returns how many schedules there were, how many failed, and the first that did
 * @throws {TypeError | RangeError} for an option that is none
 * @throws {SerializationError} if a function cannot go to a thread
 * @throws {CancelledError} if the signal was aborted
 * @throws {InterleaveError} if a function does not do the same when it is run again (`ERR_NOT_DETERMINISTIC`), waits for
 *   something beside the words (`ERR_EXPLORED_THREAD_HANGS`), or ends its thread (`ERR_EXPLORED_THREAD_LOST`)
 *
 * @example
 * ```ts
 * const deposit = (words: Words) => {
 *   const balance = words.load(0);
 *   words.store(0, balance + 100);
 * };
 * const found = await explore({
 *   threads: [deposit, deposit],
 *   words: ['balance'],
 *   invariant: (words) => words.load(0) === 200,
 * });
 * console.log(found); // 6 schedules, 4 failed, and a table of one of them
 * ```
 */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const settings = readOptions(options);
  const { search, bound, crashes, runs, seed } = settings;
  const crew = await Crew.start({
    tasks: settings.tasks.map((task) => captureTask(task, 'thread')),
    names: settings.threadNames,
    words: settings.wordNames.length,
    cells: settings.cells,
    maxSteps: settings.maxSteps,
    patience: settings.patience,
    reduce: settings.reduce,
    reorderTasks: settings.reorderTasks,
    elder: settings.elder,
    plan: { search, bound, crashes, runs, seed },
    setup: settings.setup,
  });
  try {
    return await new Session(crew, settings).run();
  } finally {
    await crew.close();
  }
}
