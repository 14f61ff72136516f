import * as Effect from 'effect/Effect';
import * as Semaphore from 'effect/Semaphore';

export const contenders = [
  {
    name: 'effect Semaphore',
    package: 'effect',
    kinds: ['thread'],
    can: ['await-free', 'crowd'],
    section() {
      const one = Semaphore.makeUnsafe(1);
      const nothing = one.withPermit(Effect.void);
      return {
        run: (body) => Effect.runPromise(one.withPermit(Effect.promise(async () => body()))),
        // In one fiber, as its users write it: to start one for each turn would be dearer.
        again: (times) =>
          Effect.runPromise(
            Effect.gen(function* () {
              for (let time = 0; time < times; time += 1) yield* nothing;
            }),
          ),
      };
    },
  },
];
