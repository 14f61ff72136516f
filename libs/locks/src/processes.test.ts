/** The locks between processes, over a mapped segment and over a broker. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { OwnerDiedError } from '@interleave/core';
import { processWords } from '@interleave/memory';
import { encodeValue } from '@interleave/transfer';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Barrier, Condition, Lock, RLock, Semaphore } from '@interleave/locks';

const file = fileURLToPath(new URL('./fixtures/other-process.mjs', import.meta.url));

/** Starts a process in a role, and sends it what it needs. */
async function start(role: string, needs: object): Promise<ChildProcess> {
  const child = fork(file, [role], { serialization: 'advanced' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  child.send(encodeValue(needs, { ground: 'process' }) as object);
  return child;
}

/** What a process reports at its end. */
async function run(role: string, needs: object): Promise<unknown> {
  const child = await start(role, needs);
  const [report] = (await once(child, 'message')) as [{ value: unknown }];
  return report.value;
}

const scope = 'processes';

describe.each(process.platform === 'linux' ? (['segment', 'broker'] as const) : (['broker'] as const))(
  'by %s',
  (ground) => {
    beforeEach(() => void vi.stubEnv('INTERLEAVE_MEMORY', ground));
    afterEach(() => void vi.unstubAllEnvs());
    const rounds = ground === 'segment' ? 2_000 : 50;

    test.each([
      ['Lock', () => new Lock({ scope })],
      ['RLock', () => new RLock({ scope })],
    ])('LCK-04 LCK-10 a %s excludes: blocked processes, awaiting ones, and this one', async (_, make) => {
      const lock = make();
      const words = processWords(1);
      const turns = 50;
      const mine = async (): Promise<void> => {
        for (let round = 0; round < turns; round++) {
          await lock.withLock(async () => {
            const seen = words.load(0);
            await new Promise((resolve) => setImmediate(resolve));
            words.store(0, seen + 1);
          });
        }
      };
      await Promise.all([
        run('count', { lock, words, rounds }),
        run('count', { lock, words, rounds }),
        run('countAsync', { lock, words, rounds: turns }),
        mine(),
      ]);
      expect(words.load(0)).toBe(2 * rounds + 2 * turns);
      expect(lock.locked()).toBe(false);
    });

    test('F22 a process that is killed with the lock leaves an error, and the lock can be made usable', async () => {
      const lock = new Lock({ scope });
      const child = await start('hold', { lock });
      await once(child, 'message');
      const waiting = lock.acquire().catch((error: unknown) => error);
      child.kill('SIGKILL');
      expect(await waiting).toBeInstanceOf(OwnerDiedError);
      expect(lock.recover()).toBe(true);
      expect(await lock.acquire({ timeout: 5_000 })).toBe(true);
      lock.release();
    });

    test('SEM-02 a semaphore admits so many', async () => {
      const semaphore = new Semaphore(2, { scope });
      const words = processWords(2);
      await Promise.all([1, 2, 3].map(() => run('enter', { semaphore, words, rounds })));
      expect([words.load(0), words.load(1), semaphore.value]).toEqual([0, 0, 2]);
    });

    test('BAR-01 parties of a barrier meet across processes', async () => {
      const barrier = new Barrier(3, { scope });
      const others = [run('meet', { barrier }), run('meet', { barrier })];
      const indexes = await Promise.all([barrier.wait(), ...others]);
      expect(indexes.sort()).toEqual([0, 1, 2]);
    });

    test('CND-05 notifyAll wakes those who wait in other processes', async () => {
      const condition = new Condition(new Lock({ scope }), { scope });
      const words = processWords(1);
      const waiting = [1, 2].map(() => run('waitForCount', { condition, words }));
      await condition.withLock(() => {
        words.add(0, 1);
        condition.notifyAll();
      });
      await Promise.all(waiting);
    });
  },
);
