import { Effect, Fiber } from 'effect';

const turns = (count) =>
  Effect.gen(function* () {
    for (let turn = 0; turn < count; turn += 1) yield* Effect.yieldNow;
  });

export const contenders = [
  {
    name: 'effect',
    package: 'effect',
    kinds: ['coroutine'],
    can: ['spawn-join', 'switches', 'sleeping', 'limited', 'sleeps'],
    spawnJoin: (count) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const fibers = [];
          for (let at = 0; at < count; at += 1) fibers.push(yield* Effect.forkDetach(Effect.succeed(1)));
          let sum = 0;
          for (const fiber of fibers) sum += yield* Fiber.join(fiber);
          return sum;
        }),
      ),
    switches: (tasks, count) =>
      Effect.runPromise(
        Effect.forEach(
          Array.from({ length: tasks }, () => count),
          turns,
          { concurrency: 'unbounded', discard: true },
        ),
      ),
    async sleeping(count, then) {
      const fibers = [];
      for (let at = 0; at < count; at += 1) fibers.push(Effect.runFork(Effect.sleep(60_000)));
      await then();
      // Held until here.
      return fibers;
    },
    async limited(count, limit) {
      const items = Array.from({ length: count }, () => 1);
      const body = (value) => Effect.as(Effect.yieldNow, value);
      const results = await Effect.runPromise(Effect.forEach(items, body, { concurrency: limit }));
      return results.length;
    },
    async sleeps(delays, late) {
      const timed = (delay) =>
        Effect.suspend(() => {
          const due = performance.now() + delay;
          return Effect.map(Effect.sleep(delay), () => late(performance.now() - due));
        });
      await Effect.runPromise(
        Effect.forEach(delays, late ? timed : Effect.sleep, { concurrency: 'unbounded', discard: true }),
      );
    },
  },
];
