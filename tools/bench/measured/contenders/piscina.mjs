import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

const filename = fileURLToPath(new URL('../tasks.mjs', import.meta.url));

function contender(name, extra) {
  return {
    name,
    package: 'piscina',
    kinds: ['thread'],
    async open({ workers }) {
      const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers, ...extra });
      return {
        call: (task, arg, transferList) => pool.run(arg, { name: task, transferList }),
        close: () => pool.destroy(),
      };
    },
  };
}

export const contenders = [contender('piscina', {}), contender('piscina, tuned', { concurrentTasksPerWorker: 64 })];
