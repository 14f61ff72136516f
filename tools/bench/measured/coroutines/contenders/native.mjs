// The language itself: async functions, and generators that one loop calls in turn.
import { BareWheel } from '../bare-wheel.mjs';
import { whenAllFire } from '../when-all-fire.mjs';

const one = async (value) => {
  await undefined;
  return value;
};
const turns = async (count) => {
  for (let turn = 0; turn < count; turn += 1) await undefined;
};
const oneTurn = function* (value) {
  yield;
  return value;
};
const manyTurns = function* (count) {
  for (let turn = 0; turn < count; turn += 1) yield;
};

/** Calls generators in turn until all are over. */
function trampoline(ready, done) {
  let queue = ready;
  while (queue.length > 0) {
    const next = [];
    for (const each of queue) {
      const step = each.next();
      if (step.done) done?.(step.value);
      else next.push(each);
    }
    queue = next;
  }
}

export const contenders = [
  {
    name: 'async functions',
    kinds: ['coroutine'],
    can: ['spawn-join', 'switches', 'sleeping', 'sleeps'],
    async spawnJoin(count) {
      const tasks = [];
      for (let at = 0; at < count; at += 1) tasks.push(one(1));
      let sum = 0;
      for (const task of tasks) sum += await task;
      return sum;
    },
    async switches(tasks, count) {
      await Promise.all(Array.from({ length: tasks }, () => turns(count)));
    },
    async sleeping(count, then) {
      const nap = async () => {
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      };
      const tasks = [];
      for (let at = 0; at < count; at += 1) tasks.push(nap());
      await then();
      // Held until here.
      return tasks;
    },
    async sleeps(delays, late) {
      const nap = async (delay) => {
        const due = late && performance.now() + delay;
        await new Promise((resolve) => setTimeout(resolve, delay));
        late?.(performance.now() - due);
      };
      await Promise.all(Array.from(delays, nap));
    },
  },
  {
    name: 'setTimeout',
    kinds: ['coroutine'],
    can: ['timers'],
    timers: (delays, late) => whenAllFire(delays, late, setTimeout),
  },
  {
    name: 'bare generators',
    reference: true,
    kinds: ['coroutine'],
    can: ['spawn-join', 'switches', 'sleeping'],
    async spawnJoin(count) {
      const tasks = [];
      for (let at = 0; at < count; at += 1) tasks.push(oneTurn(1));
      let sum = 0;
      trampoline(tasks, (value) => (sum += value));
      return sum;
    },
    async switches(tasks, count) {
      trampoline(Array.from({ length: tasks }, () => manyTurns(count)));
    },
    async sleeping(count, then) {
      const tasks = [];
      for (let at = 0; at < count; at += 1) {
        const task = oneTurn(60_000);
        task.next();
        tasks.push({ due: performance.now() + 60_000, task });
      }
      await then();
      // Held until here.
      return tasks;
    },
  },
  {
    name: 'bare wheel',
    reference: true,
    kinds: ['coroutine'],
    can: ['sleeps', 'timers'],
    sleeps: (delays, late) =>
      new Promise((resolve) => {
        let left = delays.length;
        const body = function* (delay) {
          const due = late && performance.now() + delay;
          yield delay;
          late?.(performance.now() - due);
        };
        const wheel = new BareWheel((task) => {
          task.next();
          if (--left === 0) resolve();
        });
        const tasks = Array.from(delays, body);
        for (const task of tasks) wheel.add(task.next().value, task);
      }),
    timers: (delays, late) => {
      const wheel = new BareWheel((fire) => fire());
      return whenAllFire(delays, late, (fire, delay) => wheel.add(delay, fire));
    },
  },
];
