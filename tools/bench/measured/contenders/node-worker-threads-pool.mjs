import { StaticPool } from 'node-worker-threads-pool';
import { fileURLToPath } from 'node:url';

const task = fileURLToPath(new URL('../workers/node-worker-threads-pool.cjs', import.meta.url));

export const contenders = [
  {
    name: 'node-worker-threads-pool',
    package: 'node-worker-threads-pool',
    kinds: ['thread'],
    async open({ workers }) {
      const pool = new StaticPool({ size: workers, task });
      return { call: (name, arg) => pool.exec([name, arg]), close: () => pool.destroy() };
    },
  },
];
