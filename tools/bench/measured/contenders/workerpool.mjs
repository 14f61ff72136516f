import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const script = fileURLToPath(new URL('../workers/workerpool.mjs', import.meta.url));

export const contenders = [
  {
    name: 'workerpool',
    package: 'workerpool',
    kinds: ['thread', 'process'],
    can: ['transfer'],
    async open({ kind, workers, bytes }) {
      const pool = workerpool.pool(script, {
        workerType: kind,
        minWorkers: workers,
        maxWorkers: workers,
        ...(bytes && { forkOpts: { serialization: 'advanced' } }),
      });
      return {
        call: (task, arg, transfer) => pool.exec(task, [arg], transfer && { transfer }),
        close: () => pool.terminate(true),
      };
    },
  },
];
