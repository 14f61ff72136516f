import pLimit from 'p-limit';
import PQueue from 'p-queue';

const noop = async () => {
  await undefined;
  return 1;
};

export const contenders = [
  {
    name: 'p-limit',
    package: 'p-limit',
    kinds: ['coroutine'],
    can: ['limited'],
    async limited(count, limit) {
      const limited = pLimit(limit);
      const results = await Promise.all(Array.from({ length: count }, () => limited(noop)));
      return results.length;
    },
  },
  {
    name: 'p-queue',
    package: 'p-queue',
    kinds: ['coroutine'],
    can: ['limited'],
    async limited(count, limit) {
      const queue = new PQueue({ concurrency: limit });
      const results = await Promise.all(Array.from({ length: count }, () => queue.add(noop)));
      return results.length;
    },
  },
];
