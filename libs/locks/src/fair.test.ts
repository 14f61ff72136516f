/** Locks whose waiters may be passed. */
import { describe, expect, it } from 'vitest';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { Lock, RLock } from './index.js';

it('LCK-01 is fair unless told otherwise, and stays what it is where it arrives', async () => {
  expect([new Lock().fair, new Lock({ fair: false }).fair, new RLock({ fair: false }).fair]).toEqual([
    true,
    false,
    false,
  ]);
  expect(() => new Lock({ fair: 1 as never })).toThrow(TypeError);
  const there = (t: { lock: Lock | RLock }): boolean => t.lock.fair;
  for (const lock of [new Lock(), new Lock({ fair: false }), new RLock({ fair: false })]) {
    expect(await startActor().run(there, { lock })).toBe(lock.fair);
  }
});

describe.each([
  ['Lock', () => new Lock({ fair: false })],
  ['RLock', () => new RLock({ fair: false })],
])('%s', (_, make) => {
  it('LCK-10 four threads and two coroutines: nothing is lost', async () => {
    const lock = make();
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const rounds = 20_000;
    const turns = 200;
    const count = (t: { lock: Lock | RLock; cell: Int32Array; rounds: number }): void => {
      for (let round = 0; round < t.rounds; round++) {
        t.lock.acquireSync();
        t.cell[0]! += 1;
        t.lock.release();
      }
    };
    const mine = async (): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) {
        await lock.withLock(async () => {
          const seen = cell[0]!;
          await new Promise((resolve) => setImmediate(resolve));
          cell[0] = seen + 1;
        });
      }
    };
    const theirs = startActors(4).map((actor) => actor.run(count, { lock, cell, rounds }));
    await Promise.all([...theirs, mine(), mine()]);
    expect(cell[0]).toBe(4 * rounds + 2 * turns);
    expect(lock.locked()).toBe(false);
  });

  it('LCK-03 nobody is passed for ever', async () => {
    const lock = make();
    const [runs, stop] = [new Int32Array(new SharedArrayBuffer(4)), new Int32Array(new SharedArrayBuffer(4))];
    const hog = (t: { lock: Lock | RLock; runs: Int32Array; stop: Int32Array }): void => {
      while (Atomics.load(t.stop, 0) === 0) {
        t.lock.acquireSync();
        Atomics.add(t.runs, 0, 1);
        t.lock.release();
      }
    };
    const hogging = startActors(2).map((actor) => actor.run(hog, { lock, runs, stop }));
    await until(() => expect(runs[0]).toBeGreaterThan(100));
    for (let turn = 0; turn < 20; turn++) {
      await lock.acquire();
      lock.release();
    }
    Atomics.store(stop, 0, 1);
    await Promise.all(hogging);
    expect(lock.locked()).toBe(false);
  });

  it('LCK-13 F22 who leaves the line, or dies in it, leaves the others their turn', async () => {
    const lock = make();
    const [dies, waits] = startActors(2);
    await lock.acquire();
    const took = (t: { lock: Lock | RLock }): boolean => t.lock.acquireSync() && t.lock.release() === undefined;
    void dies!.run(took, { lock });
    const late = lock.acquire({ timeout: 30 });
    const waiting = waits!.run(took, { lock });
    await dies!.kill();
    if (lock instanceof Lock) expect(await late).toBe(false);
    else expect(await late).toBe(true);
    lock.release();
    if (lock.locked()) lock.release();
    expect(await waiting).toBe(true);
    expect(lock.locked()).toBe(false);
  });
});
