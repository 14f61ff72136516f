// A hundred thousand tasks that sleep: bytes of the heap for each.
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const COUNT = 100_000;

export const measure = async (contender) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  await contender.sleeping(1_000, () => pause(50));
  const before = used();
  let after = 0;
  await contender.sleeping(COUNT, async () => {
    await pause(500);
    after = used();
  });
  return { value: (after - before) / COUNT };
};
