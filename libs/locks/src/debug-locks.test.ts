import { afterEach, beforeEach, expect, test } from 'vitest';
import { allowMainThreadBlocking } from '@interleave/memory';
import { startActors, type Actor } from './fixtures/actors.js';
import { debugLocks, Lock } from './index.js';

beforeEach(() => debugLocks());
afterEach(() => debugLocks(false));

test('a thread that blocks for what it holds is told, with both places', async () => {
  const before = allowMainThreadBlocking();
  try {
    const lock = new Lock({ name: 'disk' });
    await lock.acquire();
    const error = (() => {
      try {
        lock.acquireSync();
      } catch (thrown) {
        return thrown as Error & { code: string; cause: Error };
      }
      throw new Error('it has not been told');
    })();
    expect(error.message).toBe('Cannot block for Lock "disk": this thread holds it already');
    expect([error.name, error.code]).toEqual(['InvalidStateError', 'ERR_DEADLOCK']);
    expect(error.cause.message).toBe('Lock "disk" was acquired here');
    for (const stack of [error.stack, error.cause.stack]) expect(stack).toContain('debug-locks.test');
    expect(lock.acquireSync({ timeout: 1 })).toBe(false);
    lock.release();
    expect(lock.locked()).toBe(false);
  } finally {
    allowMainThreadBlocking(before);
  }
});

test('two threads that block for each other are told, by name', async () => {
  const first = new Lock({ name: 'first' });
  const second = new Lock({ name: 'second' });
  const [one, other] = startActors(2);
  await one!.run((t) => t.first.acquireSync(), { first });
  await other!.run((t) => t.second.acquireSync(), { second });
  // Who hears of it gives up what it holds, and the other goes on.
  const take = (actor: Actor, wanted: Lock, held: Lock): Promise<boolean> =>
    actor
      .run((t) => t.wanted.acquireSync(), { wanted })
      .catch(async (error: Error) => {
        await actor.run((t) => t.held.release(), { held });
        throw error;
      });
  const ends = await Promise.allSettled([take(one!, second, first), take(other!, first, second)]);
  const told = ends.filter((end) => end.status === 'rejected');
  expect(told.length).toBeGreaterThanOrEqual(1);
  for (const end of told) {
    expect((end.reason as Error).message).toMatch(
      /^Cannot acquire Lock "(first|second)": thread \d+ waits for Lock "(first|second)" of thread \d+, thread \d+ waits for/,
    );
  }
});
