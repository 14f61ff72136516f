// Not a pool: the mechanism alone, one message a task, tasks dealt out in turn. It is the measure for the others.
import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

const entry = new URL('../workers/bare.mjs', import.meta.url);

export const contenders = [
  {
    name: 'bare messages',
    kinds: ['thread', 'process'],
    can: ['transfer'],
    reference: true,
    async open({ kind, workers, bytes }) {
      const waiting = new Map();
      let next = 0;
      const settle = ([id, value]) => {
        waiting.get(id)(value);
        waiting.delete(id);
      };
      const all = Array.from({ length: workers }, () => {
        const worker =
          kind === 'thread'
            ? new Worker(entry)
            : fork(fileURLToPath(entry), [], { serialization: bytes ? 'advanced' : 'json' });
        worker.on('message', settle);
        return worker;
      });
      return {
        call(task, arg, transfer) {
          const id = next++;
          const worker = all[id % workers];
          return new Promise((resolve) => {
            waiting.set(id, resolve);
            if (kind === 'thread') worker.postMessage([id, task, arg], transfer);
            else worker.send([id, task, arg]);
          });
        },
        async close() {
          await Promise.all(
            all.map((worker) => {
              const gone = new Promise((resolve) => worker.once('exit', resolve));
              if (kind === 'thread') void worker.terminate();
              else worker.kill();
              return gone;
            }),
          );
        },
      };
    },
  },
];
