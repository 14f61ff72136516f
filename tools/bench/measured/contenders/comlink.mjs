import { Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/umd/node-adapter.js';

const entry = new URL('../workers/comlink.mjs', import.meta.url);

export const contenders = [
  {
    // No pool: a proxy to one worker. Calls go to the workers in turn.
    name: 'comlink',
    package: 'comlink',
    kinds: ['thread'],
    can: ['transfer'],
    async open({ workers }) {
      const all = Array.from({ length: workers }, () => new Worker(entry));
      const proxies = all.map((worker) => Comlink.wrap(nodeEndpoint(worker)));
      let next = 0;
      return {
        call: (task, arg, transfer) =>
          proxies[next++ % workers][task](transfer === undefined ? arg : Comlink.transfer(arg, transfer)),
        close: () => Promise.all(all.map((worker) => worker.terminate())),
      };
    },
  },
];
