import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';

const script = fileURLToPath(new URL('../tasks.mjs', import.meta.url));

export const contenders = [
  {
    name: 'jest-worker',
    package: 'jest-worker',
    kinds: ['thread', 'process'],
    async open({ kind, workers, bytes }) {
      const pool = new Worker(script, {
        numWorkers: workers,
        enableWorkerThreads: kind === 'thread',
        exposedMethods: ['noop', 'burn', 'echo'],
        forkOptions: { serialization: bytes ? 'advanced' : 'json' },
      });
      return { call: (task, arg) => pool[task](arg), close: () => pool.end() };
    },
  },
];
