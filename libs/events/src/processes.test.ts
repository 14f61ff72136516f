/** Events between processes, over a mapped segment and over a broker. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { processWords, type Words } from '@interleave/memory';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { Event } from './index.js';

interface Things {
  readonly event: Event;
  readonly words: Words;
}

/** Counts who comes in the first word and who goes on in the second. */
function waits({ event, words }: Things): boolean {
  words.add(0, 1);
  const result = event.waitSync();
  words.add(1, 1);
  return result;
}

async function waitsAsync({ event, words }: Things): Promise<boolean> {
  words.add(0, 1);
  const result = await event.wait();
  words.add(1, 1);
  return result;
}

describe.each(process.platform === 'linux' ? (['segment', 'broker'] as const) : (['broker'] as const))(
  'by %s',
  (ground) => {
    beforeEach(() => void vi.stubEnv('INTERLEAVE_MEMORY', ground));
    afterEach(() => void vi.unstubAllEnvs());
    const make = (): Things => ({ event: new Event({ scope: 'processes' }), words: processWords(2) });

    test('EVT-02 processes wait, blocked and as coroutines, until it is set, and again after it is cleared', async () => {
      const { event, words } = make();
      const [blocks, listens] = startActors(2, 'process');
      for (let round = 1; round <= 2; round++) {
        const there = [blocks!.run(waits, { event, words }), listens!.run(waitsAsync, { event, words })];
        const here = event.wait();
        await until(() => expect(words.load(0)).toBe(round * 4 - 2));
        expect(words.load(1)).toBe(round * 4 - 4);
        event.set();
        expect(await Promise.all([...there, here])).toEqual([true, true, true]);
        // It is set: nobody waits.
        expect(await blocks!.run(waits, { event, words })).toBe(true);
        expect(await listens!.run(waitsAsync, { event, words })).toBe(true);
        event.clear();
        expect(await listens!.run((t) => t.event.isSet(), { event })).toBe(false);
      }
    });

    test('EVT-03 EVT-04 timeouts end the wait with false there, not too early, and 0 tells the state', async () => {
      const { event } = make();
      const [blocks, listens] = startActors(2, 'process');
      const timed = await Promise.all([
        blocks!.run(
          (t) => {
            const start = performance.now();
            return [t.event.waitSync({ timeout: 200 }), performance.now() - start] as const;
          },
          { event },
        ),
        listens!.run(
          async (t) => {
            const start = performance.now();
            return [await t.event.wait({ timeout: 200 }), performance.now() - start] as const;
          },
          { event },
        ),
      ]);
      for (const [result, took] of timed) {
        expect(result).toBe(false);
        expect(took).toBeGreaterThanOrEqual(200);
      }
      const states = (t: { event: Event }): boolean => t.event.waitSync({ timeout: 0 });
      expect(await blocks!.run(states, { event })).toBe(false);
      event.set();
      expect(await blocks!.run(states, { event })).toBe(true);
    });

    test('EVT-05 EVT-08 set in one process wakes those who wait in another and here, whose timers went on', async () => {
      const { event, words } = make();
      const [waiter, setter] = startActors(2, 'process');
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      const here = event.wait({ timeout: 60_000 });
      const there = waiter!.run(waits, { event, words });
      await until(() => expect([ticks > 5, words.load(0)]).toEqual([true, 1]));
      await setter!.run((t) => t.event.set(), { event });
      expect([await here, await there]).toEqual([true, true]);
      clearInterval(timer);
    });

    test('EVT-06 a waiter that is called off there disappears, and the rest are woken', async () => {
      const { event, words } = make();
      const [calledOff, waiter] = startActors(2, 'process');
      const ended = calledOff!.run(
        async (t) => {
          const aborting = new AbortController();
          const waiting = t.event.wait({ signal: aborting.signal });
          t.words.add(0, 1);
          aborting.abort();
          return waiting.catch((error: Error) => error.name);
        },
        { event, words },
      );
      const there = waiter!.run(waitsAsync, { event, words });
      expect(await ended).toBe('CancelledError');
      await until(() => expect(words.load(0)).toBe(2));
      event.set();
      expect(await there).toBe(true);
    });

    test('EVT-07 waiting twice for what is set is immediate there', async () => {
      const { event } = make();
      event.set();
      const both = await startActor('process').run(async (t) => [await t.event.wait(), t.event.waitSync()], { event });
      expect(both).toEqual([true, true]);
    });

    test('F22 waiters that are killed are nobody, and who sets it may be killed afterwards', async () => {
      const { event, words } = make();
      const [dies, alsoDies, waiter, setter] = startActors(4, 'process');
      void dies!.run(waits, { event, words });
      void alsoDies!.run(waitsAsync, { event, words });
      const there = [waiter!.run(waits, { event, words }), event.wait()];
      await until(() => expect(words.load(0)).toBe(3));
      await Promise.all([dies!.kill(), alsoDies!.kill()]);
      await setter!.run((t) => t.event.set(), { event });
      await setter!.kill();
      expect(await Promise.all(there)).toEqual([true, true]);
      expect([event.isSet(), words.load(1)]).toEqual([true, 1]);
      event.clear();
      expect(await event.wait({ timeout: 1 })).toBe(false);
    });
  },
);
