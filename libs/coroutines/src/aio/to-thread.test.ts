import { AsyncLocalStorage } from 'node:async_hooks';
import { isMainThread, threadId } from 'node:worker_threads';
import { CancelledError, NotSupportedError, TimeoutError } from '@interleave/core';
// The built package, and not the sources: what runs in a thread imports it, and both sides are to be the same.
import { aio } from '@interleave/coroutines';
import { ThreadPoolExecutor } from '@interleave/pools';
import { expectNothingLeft } from '@interleave/testing';
import { beforeAll, describe, expect, it } from 'vitest';

// One timer stands for all who ever have work in a thread, and stays.
beforeAll(() => aio.run(() => aio.toThread(Math.abs, -1)));

describe('toThread', () => {
  it('AIO-33 gives the result, of another thread, with the arguments in order', () =>
    expectNothingLeft(() =>
      aio.run(async () => {
        expect(await aio.toThread((...all: number[]) => all, 1, 2, 3)).toEqual([1, 2, 3]);
        expect(await aio.toThread(async () => (await import('node:worker_threads')).threadId)).not.toBe(threadId);
      }),
    ));

  it('AIO-33 throws what the function throws, with its class', () =>
    aio.run(async () => {
      const fail = (): never => {
        throw new RangeError('too far');
      };
      await expect(aio.toThread(fail)).rejects.toThrow(new RangeError('too far'));
      await expect(aio.toThread(5 as never)).rejects.toThrow(TypeError);
    }));

  it('AIO-33 timers keep firing meanwhile', () =>
    aio.run(async () => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const blocked = aio.spawn(() =>
        aio.toThread((shared: Int32Array) => {
          while (Atomics.load(shared, 0) < 3) Atomics.wait(shared, 0, Atomics.load(shared, 0), 50);
        }, words),
      );
      while (!blocked.done()) {
        await aio.sleep(1);
        Atomics.add(words, 0, 1);
        Atomics.notify(words, 0);
      }
      await blocked;
    }));

  it('a cancelled wait ends at once, and the thread is told', () =>
    expectNothingLeft(() =>
      aio.run(async () => {
        const words = new Int32Array(new SharedArrayBuffer(8));
        const task = aio.spawn(() =>
          aio.toThread(async (shared: Int32Array) => {
            const { currentTask: current } = await import('@interleave/pools');
            const { signal } = current();
            Atomics.store(shared, 0, 1);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            Atomics.store(shared, 1, 1);
          }, words),
        );
        while (Atomics.load(words, 0) === 0) await aio.sleep(1);
        task.cancel('enough');
        await expect(task).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
        while (Atomics.load(words, 1) === 0) await aio.sleep(1);
      }),
    ));
});

describe('runOnMain', () => {
  it('AIO-34 runs a task of the main thread, which sees its variables, and gives the result', () =>
    expectNothingLeft(() =>
      aio.run(async () => {
        const seen: unknown[] = [];
        // Travels, with a copy of what it closes over.
        const plain = (value: number): number => seen.push(value);
        // Could not travel: it closes over a task.
        const here = aio.currentTask();
        const staying = aio.onMain(async (value: number) => {
          await aio.sleep(1);
          return [seen.push(value, here !== undefined), threadId];
        });
        const answers = await aio.toThread(async () => [
          await aio.runOnMain(plain, 1),
          await aio.runOnMain(staying, 2),
        ]);
        expect(answers).toEqual([1, [2, threadId]]);
        expect(seen).toEqual([2, true]);
      }),
    ));

  it('AIO-34 throws there what the task throws here', () =>
    aio.run(async () => {
      const fail = async (): Promise<never> => {
        throw new RangeError('not here');
      };
      const seen = await aio.toThread(async () => {
        try {
          return await aio.runOnMain(fail);
        } catch (error) {
          return [error instanceof RangeError, (error as Error).message];
        }
      });
      expect(seen).toEqual([true, 'not here']);
    }));

  it('AIO-34 a timeout in the thread cancels it here', () =>
    expectNothingLeft(() =>
      aio.run(async () => {
        let begun = false;
        let ended: unknown;
        const forever = aio.onMain(async () => {
          begun = true;
          await aio.sleep(1e9).catch((error: unknown) => {
            ended = error;
            throw error;
          });
        });
        const late = aio.toThread(() => aio.timeout(20).run(() => aio.runOnMain(forever)));
        await expect(late).rejects.toThrow(TimeoutError);
        // On a busy machine the time may be up before it has begun; it never does then.
        while (begun && ended === undefined) await aio.sleep(1);
        if (begun) expect(ended).toBeInstanceOf(CancelledError);
      }),
    ));

  it('belongs to the task that started the thread', () =>
    aio.run(async () => {
      const storage = new AsyncLocalStorage<string>();
      const who = aio.onMain(() => `${storage.getStore()} ${aio.currentTask() !== undefined}`);
      const asker = aio.spawnWith({ name: 'asker' }, () =>
        storage.run('of the asker', () => aio.toThread(() => aio.runOnMain(who))),
      );
      expect(await asker).toBe('of the asker true');
    }));

  it('refuses what it cannot reach, and what cannot travel', () =>
    aio.run(async () => {
      const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
      const strange = pool.submit(() => aio.runOnMain(Math.abs, -1));
      await expect(strange.result()).rejects.toThrow(NotSupportedError);
      await pool.shutdown();
      await expect(aio.toThread(() => aio.runOnMain(Math.abs, Symbol('x') as never))).rejects.toThrow('Cannot send');
      const symbol = (): symbol => Symbol('x');
      await expect(aio.toThread(() => aio.runOnMain(symbol))).rejects.toThrow('Cannot send');
      // On the main thread itself it is an ordinary task.
      if (isMainThread) expect(await aio.runOnMain(Math.abs, -1)).toBe(1);
      await expect(aio.runOnMain(5 as never)).rejects.toThrow(TypeError);
    }));
});
