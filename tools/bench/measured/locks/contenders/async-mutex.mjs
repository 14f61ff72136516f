import { Mutex } from 'async-mutex';

export const contenders = [
  {
    name: 'async-mutex',
    package: 'async-mutex',
    kinds: ['thread'],
    can: ['await-free', 'crowd'],
    section() {
      const mutex = new Mutex();
      return {
        run: (body) => mutex.runExclusive(body),
        async again(times) {
          for (let time = 0; time < times; time += 1) (await mutex.acquire())();
        },
      };
    },
  },
];
