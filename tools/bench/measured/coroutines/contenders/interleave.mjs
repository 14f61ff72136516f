// Ours: the Scheduler over generators.
import { Scheduler, loopClock, sleep } from '@interleave/coroutines';
import { whenAllFire } from '../when-all-fire.mjs';

const turns = function* (count) {
  for (let turn = 0; turn < count; turn += 1) yield;
};
const nap = function* (delay) {
  yield sleep(delay);
};
const noop = function* (value) {
  yield;
  return value;
};

export const contenders = [
  {
    name: 'interleave',
    package: '@interleave/coroutines',
    ours: true,
    kinds: ['coroutine'],
    can: ['spawn-join', 'switches', 'sleeping', 'limited', 'sleeps', 'timers', 'virtual-hour'],
    async spawnJoin(count) {
      const scheduler = new Scheduler();
      return scheduler.run(function* () {
        const tasks = [];
        for (let at = 0; at < count; at += 1) tasks.push(scheduler.spawn(noop(1)));
        let sum = 0;
        for (const task of tasks) sum += yield* task;
        return sum;
      });
    },
    async switches(tasks, count) {
      const scheduler = new Scheduler();
      for (let at = 0; at < tasks; at += 1) scheduler.spawn(turns(count));
      await scheduler.run();
    },
    async sleeping(count, then) {
      const scheduler = new Scheduler();
      for (let at = 0; at < count; at += 1) scheduler.spawn(nap(60_000));
      void scheduler.run();
      await then();
    },
    async limited(count, limit) {
      const scheduler = new Scheduler();
      const items = Array.from({ length: count }, () => 1);
      const results = await scheduler.run(() => scheduler.map(noop, items, { limit }));
      return results.length;
    },
    async sleeps(delays, late) {
      const scheduler = new Scheduler();
      const timed = function* (delay) {
        const due = performance.now() + delay;
        yield sleep(delay);
        late(performance.now() - due);
      };
      const body = late ? timed : nap;
      for (const delay of delays) scheduler.spawn(body(delay));
      await scheduler.run();
    },
    timers: (delays, late) => whenAllFire(delays, late, (fire, delay) => loopClock.setTimer(delay, fire)),
    async virtualHour(tasks) {
      const { VirtualClock } = await import('@interleave/testing');
      const clock = new VirtualClock();
      const scheduler = new Scheduler({ clock });
      let ticks = 0;
      const ticker = function* () {
        while (clock.now() < 3_600_000) {
          yield sleep(1_000);
          ticks += 1;
        }
      };
      for (let at = 0; at < tasks; at += 1) scheduler.spawn(ticker());
      await clock.run(() => scheduler.run());
      return ticks;
    },
  },
];
