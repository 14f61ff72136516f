/**
 * Threads and processes that are killed at any moment, again and again: nobody waits for the dead, and nothing of what the
 * locks promise is broken by them. Where a kill hits is left to chance; what must hold does not depend on it.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processWords, threadWords, type Words } from '@interleave/memory';
import type { Actor } from '@interleave/testing';
import { startActor } from './fixtures/actors.js';
import { lockTurns, meetings, semaphoreTurns, takeTokens, words } from './fixtures/stress.js';
import { until } from './fixtures/until.js';
import { Barrier, Condition, Lock, RLock, Semaphore } from './index.js';

const KILLS = 4;
const WORKERS = 3;

const grounds = [
  { name: 'threads', scope: 'threads', actors: 'thread' },
  { name: 'processes by segment', scope: 'processes', actors: 'process', memory: 'segment' },
  { name: 'processes by broker', scope: 'processes', actors: 'process', memory: 'broker' },
] as const;

/** Keeps three workers busy, kills one of them after some turns, and starts another in its place. */
async function killAgainAndAgain(start: () => Running, shared: Words, after: (dead: Running) => Promise<void>) {
  const workers = Array.from({ length: WORKERS }, start);
  for (let kill = 0; kill < KILLS; kill++) {
    const goal = shared.load(words.turns) + Math.floor(Math.random() * 60);
    await until(() => expect(shared.load(words.turns)).toBeGreaterThan(goal));
    const victim = Math.floor(Math.random() * WORKERS);
    const [dead] = workers.splice(victim, 1, start()) as [Running];
    await dead.actor.kill();
    await after(dead);
  }
  // The others have turns although one has died.
  const goal = shared.load(words.turns) + 20;
  await until(() => expect(shared.load(words.turns)).toBeGreaterThan(goal));
  return workers;
}

interface Running {
  readonly actor: Actor;
  readonly result: Promise<string>;
}

describe.each(grounds.filter((ground) => !('memory' in ground && ground.memory === 'segment') || isLinux()))(
  'F22 $name',
  (ground) => {
    beforeEach(() => void ('memory' in ground && vi.stubEnv('INTERLEAVE_MEMORY', ground.memory)));
    afterEach(() => void vi.unstubAllEnvs());
    const { scope, actors } = ground;
    const make = (): Words => (scope === 'threads' ? threadWords : processWords)(words.length);
    const running = <T extends object>(body: (things: T) => Promise<string>, things: T): Running => {
      const actor = startActor(actors);
      return { actor, result: actor.run(body, things) };
    };

    it.each([
      ['Lock', () => new Lock({ scope })],
      ['Lock that is not fair', () => new Lock({ scope, fair: false })],
      ['RLock', () => new RLock({ scope })],
    ])('LCK-04 RLK-01 a %s: one at a time, and those who wait hear of the dead', async (_, makeLock) => {
      const [shared, lock] = [make(), makeLock()];
      const workers = await killAgainAndAgain(
        () => running(lockTurns, { shared, lock }),
        shared,
        async () => {},
      );
      shared.store(words.stop, 1);
      expect(await Promise.all(workers.map(({ result }) => result))).toEqual(Array(WORKERS).fill('done'));
      expect([shared.load(words.wrong), lock.locked()]).toEqual([0, false]);
    });

    it('SEM-02 a Semaphore: never too many, and only the permits of the dead are missing', async () => {
      const permits = KILLS + 1;
      const [shared, semaphore] = [make(), new Semaphore(permits, { scope })];
      const workers = await killAgainAndAgain(
        () => running(semaphoreTurns, { shared, semaphore, permits }),
        shared,
        async () => {},
      );
      shared.store(words.stop, 1);
      expect(await Promise.all(workers.map(({ result }) => result))).toEqual(Array(WORKERS).fill('done'));
      const missing = permits - semaphore.value;
      expect(shared.load(words.wrong)).toBe(0);
      // Each of the dead may have held one; those who died between two steps count themselves inside or not.
      expect(missing).toBeLessThanOrEqual(KILLS);
      expect(shared.load(words.inside)).toBeLessThanOrEqual(missing);
      if (missing > 0) semaphore.release(missing);
      for (let permit = 0; permit < permits; permit++) expect(semaphore.tryAcquire()).toBe(true);
    });

    it('CND-13 a Condition: every token is taken, whoever has died waiting or with the lock', async () => {
      const shared = make();
      const condition = new Condition(new Lock({ scope }), { scope });
      let filling = true;
      const fill = async (): Promise<void> => {
        while (filling) {
          try {
            await condition.withLock(() => {
              if (shared.load(words.tokens) < 8) shared.add(words.tokens, 2);
              condition.notifyAll();
            });
          } catch {
            condition.lock.recover();
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const filled = fill();
      const workers = await killAgainAndAgain(
        () => running(takeTokens, { shared, condition }),
        shared,
        async () => {},
      );
      filling = false;
      await filled;
      await untilTaken(shared, condition);
      shared.store(words.stop, 1);
      await tellAll(condition);
      expect(await Promise.all(workers.map(({ result }) => result))).toEqual(Array(WORKERS).fill('done'));
      expect(condition.locked()).toBe(false);
    });

    it('BAR-08 a Barrier breaks for the others, and meets again after a reset', async () => {
      const [shared, barrier] = [make(), new Barrier(WORKERS, { scope })];
      // Two are enough: each takes the time of a timeout if the dead one was on its way.
      for (let kill = 0; kill < 2; kill++) {
        const workers = Array.from({ length: WORKERS }, () => running(meetings, { shared, barrier }));
        const goal = shared.load(words.turns) + Math.floor(Math.random() * 30);
        await until(() => expect(shared.load(words.turns)).toBeGreaterThan(goal));
        const [dead, ...others] = workers as [Running, ...Running[]];
        await dead.actor.kill();
        const ends = await Promise.all(others.map(({ result }) => result));
        expect(ends).toEqual(Array(WORKERS - 1).fill('BrokenBarrierError'));
        expect(barrier.broken).toBe(true);
        barrier.reset();
        await until(() => {
          barrier.reset();
          expect(String(barrier)).toContain(`0 of ${WORKERS} waiting`);
        });
        await Promise.all(others.map(({ actor }) => actor.kill()));
      }
    });
  },
);

/** The last worker to be told may have been the one that died; so they are told again. */
async function untilTaken(shared: Words, condition: Condition): Promise<void> {
  while (shared.load(words.tokens) > 0) {
    await tellAll(condition);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function tellAll(condition: Condition): Promise<void> {
  try {
    await condition.withLock(() => condition.notifyAll());
  } catch {
    condition.lock.recover();
    await condition.withLock(() => condition.notifyAll());
  }
}

function isLinux(): boolean {
  return process.platform === 'linux';
}
