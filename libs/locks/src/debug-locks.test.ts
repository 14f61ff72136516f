import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allowMainThreadBlocking } from '@interleave/memory';
import { startActor, startActors, type Actor } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { watched } from './fixtures/watched.js';
import { debugLocks, Lock, RLock } from './index.js';

beforeEach(() => debugLocks());
afterEach(() => debugLocks(false));

interface Deadlock extends Error {
  readonly code: string;
  readonly cause: Error;
}

/** Who was told of a deadlock, of those that waited. */
async function told(waiting: readonly Promise<unknown>[]): Promise<Deadlock[]> {
  const ends = await Promise.allSettled(waiting);
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Deadlock] : []));
}

/** Lets two code paths get as far as their first lock, and no further. */
function meeting(): () => Promise<void> {
  let come = 0;
  let open: () => void;
  const both = new Promise<void>((resolve) => (open = resolve));
  return () => {
    come += 1;
    if (come === 2) open();
    return both;
  };
}

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

describe.each([
  ['Lock', (name: string) => new Lock({ name })],
  ['RLock', (name: string) => new RLock({ name })],
])('two coroutines of one thread that wait for each other: %s', (kind, make) => {
  test('in bodies of withLock: one is told, with all four places, and the other goes on', async () => {
    const [first, second, bothIn] = [make('first'), make('second'), meeting()];
    const forth = (): Promise<void> =>
      first.withLock(async () => {
        await bothIn();
        await second.withLock(() => {});
      });
    const back = (): Promise<void> =>
      second.withLock(async () => {
        await bothIn();
        await first.withLock(() => {});
      });
    const errors = await told([forth(), back()]);
    expect(errors.length).toBeGreaterThanOrEqual(1);
    expect([errors[0]!.name, errors[0]!.code]).toEqual(['InvalidStateError', 'ERR_DEADLOCK']);
    expect(errors[0]!.message).toMatch(
      new RegExp(
        `^Cannot acquire ${kind} "(first|second)": a coroutine of thread \\d+ waits for ${kind} "(first|second)" of thread \\d+, ` +
          `a coroutine of thread \\d+ waits for ${kind} "(first|second)" of thread \\d+$`,
      ),
    );
    const report = errors[0]!.cause.stack!;
    for (const name of ['first', 'second']) {
      expect(report).toMatch(new RegExp(`thread \\d+ took ${kind} "${name}" here:\\n +at `));
      expect(report).toMatch(new RegExp(`and waits for ${kind} "${name}" here:\\n +at `));
    }
    expect(report.split('debug-locks.test').length).toBeGreaterThanOrEqual(5);
    expect(report).toMatch(/forth[^]*back|back[^]*forth/);
    expect([first.locked(), second.locked()]).toEqual([false, false]);
  });
});

test('coroutines that acquire one after the other without a body are told apart, too', async () => {
  const [first, second, bothIn] = [new Lock({ name: 'first' }), new Lock({ name: 'second' }), meeting()];
  const take = async (one: Lock, other: Lock): Promise<void> => {
    await one.acquire();
    try {
      await bothIn();
      await other.acquire();
      other.release();
    } finally {
      one.release();
    }
  };
  const errors = await told([take(first, second), take(second, first)]);
  expect(errors.length).toBeGreaterThanOrEqual(1);
  expect(errors[0]!.code).toBe('ERR_DEADLOCK');
  expect([first.locked(), second.locked()]).toEqual([false, false]);
});

test('a body that waits for its own lock is told, with both places', async () => {
  const lock = new Lock({ name: 'disk' });
  const outer = lock.withLock(async function inner() {
    await lock.acquire();
  });
  const [error] = await told([outer]);
  expect(error!.message).toMatch(
    /^Cannot acquire Lock "disk": a coroutine of thread \d+ waits for Lock "disk" of thread/,
  );
  expect(error!.cause.stack).toMatch(/took Lock "disk" here:[^]*and waits for Lock "disk" here:[^]*inner/);
  expect(lock.locked()).toBe(false);
});

test('a thread that is blocked and a coroutine of another one, by the names of workers', async () => {
  const [mine, theirs] = [new Lock({ name: 'mine' }), new Lock({ name: 'theirs' })];
  const clerk = startActor();
  await clerk.run(
    (t) => {
      (globalThis as any)[Symbol.for('@interleave/workers.identity')] = { name: 'clerk' };
      t.theirs.acquireSync();
    },
    { theirs },
  );
  // First, and before anybody else can: it holds the one and waits for the other.
  const here = mine
    .withLock(async () => {
      await theirs.withLock(() => {});
      return 'got it';
    })
    .catch((error: Deadlock) => String(error) + error.cause.stack);
  const there = clerk.run(
    (t) => {
      try {
        t.mine.acquireSync();
        t.mine.release();
        return 'got it';
      } catch (error) {
        return String(error) + (error as Error & { cause: Error }).cause.stack;
      } finally {
        t.theirs.release();
      }
    },
    { mine, theirs },
  );
  const texts = (await Promise.all([there, here])).filter((text) => text !== 'got it');
  expect(texts.length).toBeGreaterThanOrEqual(1);
  for (const text of texts) {
    expect(text).toMatch(/a coroutine of thread \d+ waits for Lock "theirs" of thread \d+ \(clerk\)/);
    expect(text).toMatch(/thread \d+ \(clerk\) waits for Lock "mine" of thread \d+/);
    expect(text).toMatch(/\(clerk\) took Lock "theirs" here:\n +at /);
    expect(text).toMatch(/thread \d+ took Lock "mine" here:\n +at [^]*and waits for Lock "theirs" here:\n +at /);
  }
});

test('who waits for somebody that can go on is not told, however long', async () => {
  const [outer, inner] = [new Lock({ name: 'outer' }), new RLock({ name: 'inner' })];
  await outer.acquire();
  // Started by the holder, which does not wait for it.
  const child = watched(outer.acquire());
  const chain = watched(inner.withLock(() => outer.withLock(() => 'done')));
  const last = watched(inner.withLock(() => 'done'));
  const timed = watched(outer.withLock(() => outer.acquire({ timeout: 400 })));
  // Several looks of all that wait.
  expect(await outer.acquire({ timeout: 300 })).toBe(false);
  outer.release();
  expect(await child).toBe(true);
  outer.release();
  expect(await Promise.all([chain, last, timed])).toEqual(['done', 'done', false]);
  expect([outer.locked(), inner.locked()]).toEqual([false, false]);
});

test('the dead are in no circle, and what they held can be had again', async () => {
  const [first, second] = [new Lock({ name: 'first' }), new Lock({ name: 'second' })];
  const [dies, lives] = startActors(2);
  await dies!.run((t) => t.first.acquireSync(), { first });
  await lives!.run((t) => t.second.acquireSync(), { second });
  void dies!.run((t) => t.second.acquireSync(), { second });
  await until(() => expect(String(second)).toContain('locked'));
  await dies!.kill();
  const code = await lives!.run(
    (t) => {
      try {
        t.first.acquireSync();
        return 'entered';
      } catch (error) {
        t.first.recover();
        return (error as Error & { code: string }).code;
      }
    },
    { first },
  );
  expect(code).toBe('ERR_OWNER_DIED');
  expect(await lives!.run((t) => t.first.acquireSync() && t.first.release() === undefined, { first })).toBe(true);
});
