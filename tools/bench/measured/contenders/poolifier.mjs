import { fileURLToPath } from 'node:url';
import { FixedClusterPool, FixedThreadPool } from 'poolifier';

const script = (name) => fileURLToPath(new URL(`../workers/${name}`, import.meta.url));

export const contenders = [
  {
    name: 'poolifier',
    package: 'poolifier',
    kinds: ['thread', 'process'],
    async open({ kind, workers }) {
      const pool =
        kind === 'thread'
          ? new FixedThreadPool(workers, script('poolifier-thread.mjs'))
          : new FixedClusterPool(workers, script('poolifier-cluster.cjs'));
      return {
        call: (task, arg, transferList) => pool.execute(arg, task, undefined, transferList),

        // Its destroy() sometimes never ends; the measurement's process is left to end with it.
        close: () => Promise.race([pool.destroy(), new Promise((resolve) => setTimeout(resolve, 1_000))]),
      };
    },
  },
];
