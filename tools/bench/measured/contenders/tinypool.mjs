import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';

const filename = fileURLToPath(new URL('../tasks.mjs', import.meta.url));

export const contenders = [
  {
    name: 'tinypool',
    package: 'tinypool',
    kinds: ['thread', 'process'],
    async open({ kind, workers }) {
      const runtime = kind === 'thread' ? 'worker_threads' : 'child_process';
      const pool = new Tinypool({ filename, runtime, minThreads: workers, maxThreads: workers });
      return {
        call: (task, arg, transferList) => pool.run(arg, { name: task, ...(transferList && { transferList }) }),
        close: () => pool.destroy(),
      };
    },
  },
];
