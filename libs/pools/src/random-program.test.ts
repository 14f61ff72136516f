/** Programs drawn by chance; see `fixtures/random-program.ts` and its neighbour. More of them: SEEDS=500 vitest run random-program */
import { startProcess, startThread, type StartWorkerOptions, type WorkerHandle } from '@interleave/workers';
import { expect, test } from 'vitest';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';
import { WORKER_STARTER } from './dispatcher/starter.js';
import type { Executor } from './executor.js';
import { runPoolProgram } from './fixtures/random-pool-program.js';
import { runProgram } from './fixtures/random-program.js';
import { Seeded } from './fixtures/seeded.js';
import { Pool } from './pool.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

const SEEDS = Number(process.env['SEEDS'] ?? 6);
const FIRST = Number(process.env['FIRST_SEED'] ?? 1);

test.each(['coroutine', 'thread', 'process'] as const)(
  'F01 F06 F10 F12 F13 random programs with a %s executor: each task ends once, runs at most once, and nothing is left',
  { timeout: 90_000 + 2_000 * SEEDS },
  async (kind) => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const seeded = new Seeded(seed);
      const handles: WorkerHandle[] = [];
      const start = (options: StartWorkerOptions): WorkerHandle => {
        const handle = (kind === 'thread' ? startThread : startProcess)(options);
        handles.push(handle);
        return handle;
      };
      const maxWorkers = 1 + seeded.below(3);
      const maxTasksPerChild = seeded.chance(0.4) ? 1 + seeded.below(5) : undefined;
      const options = { maxWorkers, maxTasksPerChild, [WORKER_STARTER]: start };
      const make: Record<typeof kind, () => Executor> = {
        coroutine: () => new CoroutinePoolExecutor({ maxWorkers }),
        thread: () => new ThreadPoolExecutor(options),
        process: () => new ProcessPoolExecutor(options),
      };
      expect({ seed, wrong: await runProgram(seeded, make[kind](), kind) }).toEqual({ seed, wrong: [] });
      expect(handles.filter(({ alive }) => alive)).toEqual([]);
    }
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  },
);

test.each(['thread', 'process'] as const)(
  'F01 F12 F13 random programs with a Pool of the kind %s: only what a dead worker did is lost, and nothing runs twice',
  { timeout: 90_000 + 2_000 * SEEDS },
  async (kind) => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const seeded = new Seeded(seed);
      // A new worker for each call would take a minute.
      const maxTasksPerChild = seeded.chance(0.4) ? 3 + seeded.below(5) : undefined;
      const pool = new Pool({ kind, processes: 1 + seeded.below(3), maxTasksPerChild });
      expect({ seed, wrong: await runPoolProgram(seeded, pool) }).toEqual({ seed, wrong: [] });
    }
  },
);
