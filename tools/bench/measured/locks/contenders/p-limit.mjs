import pLimit from 'p-limit';

export const contenders = [
  {
    name: 'p-limit',
    package: 'p-limit',
    kinds: ['thread'],
    can: ['await-free', 'crowd'],
    section() {
      const limit = pLimit(1);
      return {
        run: (body) => limit(body),
        async again(times) {
          for (let time = 0; time < times; time += 1) await limit(() => {});
        },
      };
    },
  },
];
