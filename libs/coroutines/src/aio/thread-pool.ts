/**
 * The threads of `toThread`: one pool for all, made when it is first needed. It is shut down when the last `run` ends;
 * outside of any run it stays, and does not keep the process alive.
 */
import type { ThreadPoolExecutor } from '@interleave/pools';

/** What its threads are called; how code in one of them knows that `toThread` has sent it there. */
export const THREAD_PREFIX = 'aio.toThread';

let pool: Promise<ThreadPoolExecutor> | undefined;
let runs = 0;

/** The pool. Loading it takes some time, so whoever has no thread does without it. */
export function threadPool(): Promise<ThreadPoolExecutor> {
  pool ??= import('@interleave/pools').then(
    ({ ThreadPoolExecutor }) => new ThreadPoolExecutor({ threadNamePrefix: THREAD_PREFIX }),
  );
  return pool;
}

/** A run begins. */
export function runBegins(): void {
  runs += 1;
}

/** A run ends; the last one takes the threads along. */
export async function runEnds(): Promise<void> {
  runs -= 1;
  if (runs > 0 || pool === undefined) return;
  const threads = pool;
  pool = undefined;
  await (await threads).shutdown();
}
