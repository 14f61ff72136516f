import * as tasks from '../tasks.mjs';

// It needs Node 22. On Node 20 it gets the two things that are missing there.
globalThis.navigator ??= { hardwareConcurrency: 2 };
Promise.withResolvers ??= () => {
  let resolve;
  let reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};
const { initRuntime, move, shutdown, spawn } = await import('multithreading');

export const contenders = [
  {
    name: 'multithreading',
    package: 'multithreading',
    kinds: ['thread'],
    async open({ workers }) {
      initRuntime({ maxWorkers: workers });
      return {
        async call(task, arg) {
          const result = await spawn(move(arg), tasks[task]).join();
          if (!result.ok) throw result.error;
          return result.value;
        },
        close: async () => shutdown(),
      };
    },
  },
];
