import { Pool, spawn, Worker } from 'threads';

export const contenders = [
  {
    name: 'threads',
    package: 'threads',
    kinds: ['thread'],
    // Each of its waiting tasks listens to every event, so that a flood takes quadratic time.
    mostAtOnce: 2_000,
    async open({ workers }) {
      const pool = Pool(() => spawn(new Worker('../workers/threads.mjs', { type: 'module' })), { size: workers });
      return {
        call: (task, arg) => pool.queue((worker) => worker[task](arg)),
        close: () => pool.terminate(true),
      };
    },
  },
];
