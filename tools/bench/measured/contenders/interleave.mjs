import { Pool, ProcessPoolExecutor, ThreadPoolExecutor, transfer as moving } from '@interleave/pools';
import * as tasks from '../tasks.mjs';

/** `echo` for what moves both ways. */
const moved = (buffer) => moving(buffer, [buffer]);

export const contenders = [
  {
    name: 'interleave',
    package: '@interleave/pools',
    ours: true,
    kinds: ['thread', 'process'],
    can: ['transfer', 'map', 'submit'],
    async open({ kind, workers }) {
      const Executor = kind === 'thread' ? ThreadPoolExecutor : ProcessPoolExecutor;
      const executor = new Executor({ maxWorkers: workers });
      /** It chooses the size of its chunks, as Python's does. */
      let pool;
      return {
        call: (task, arg, transfer) =>
          transfer === undefined
            ? executor.submit(tasks[task], arg).result()
            : executor.submitWith({ transfer }, moved, arg).result(),
        submit: (fn, arg) => executor.submit(fn, arg).result(),
        map: async (fn, items, chunkSize) => {
          if (chunkSize === undefined) return (pool ??= new Pool({ processes: workers, kind })).map(fn, items);
          const results = [];
          for await (const value of executor.map(fn, items, { chunkSize })) results.push(value);
          return results;
        },
        close: async () => {
          pool?.close();
          await Promise.all([pool?.join(), executor.shutdown()]);
        },
      };
    },
  },
];
