import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { expect, it } from 'vitest';
import { threadWords } from '@interleave/memory';
import { encodeValue } from '@interleave/transfer';
import { startActor, startActors } from './fixtures/actors.js';
import { until } from './fixtures/until.js';
import { Event } from './index.js';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it('EVT-01 begins unset; set and clear may be repeated', () => {
  const event = new Event({ name: 'ready' });
  expect([event.isSet(), String(event)]).toEqual([false, '<Event "ready" unset>']);
  event.clear();
  event.set();
  event.set();
  expect([event.isSet(), inspect(event)]).toEqual([true, '<Event "ready" set>']);
  event.clear();
  event.clear();
  expect([event.isSet(), String(new Event())]).toEqual([false, '<Event unset>']);
});

it('EVT-02 five threads wait until it is set, and again after it is cleared', async () => {
  const event = new Event();
  const count = new Int32Array(new SharedArrayBuffer(8));
  const actors = startActors(5);
  const wait = (t: { event: Event; count: Int32Array }): boolean => {
    Atomics.add(t.count, 0, 1);
    const result = t.event.waitSync();
    Atomics.add(t.count, 1, 1);
    return result;
  };
  for (let round = 1; round <= 2; round++) {
    const waits = actors.map((actor) => actor.run(wait, { event, count }));
    await until(() => expect(count[0]).toBe(round === 1 ? 5 : 15));
    expect(count[1]).toBe(round === 1 ? 0 : 10);
    event.set();
    expect(await Promise.all(waits)).toEqual(Array(5).fill(true));
    if (round === 2) break;
    expect(await Promise.all(actors.map((actor) => actor.run(wait, { event, count })))).toEqual(Array(5).fill(true));
    event.clear();
  }
});

it('EVT-03 a timeout ends the wait with false, not too early', async () => {
  const event = new Event();
  const before = performance.now();
  const there = startActor().run((t) => t.event.waitSync({ timeout: 300 }), { event });
  expect([await event.wait({ timeout: 300 }), await there]).toEqual([false, false]);
  expect(performance.now() - before).toBeGreaterThanOrEqual(300);
  event.set();
  expect(await event.wait({ timeout: 300 })).toBe(true);
});

it('EVT-04 timeout 0 tells the state, and so does a negative one', async () => {
  const event = new Event();
  expect([await event.wait({ timeout: 0 }), await event.wait({ timeout: -5 })]).toEqual([false, false]);
  event.set();
  expect(await event.wait({ timeout: 0 })).toBe(true);
  await expect(event.wait({ timeout: NaN })).rejects.toThrow(RangeError);
  await expect(event.wait({ timeout: '1' as never })).rejects.toThrow(TypeError);
});

it('EVT-05 set from a thread wakes other threads and this one, whose timers went on', async () => {
  const event = new Event();
  const [setter, waiter] = startActors(2);
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  const here = event.wait();
  const there = waiter!.run((t) => t.event.wait(), { event });
  await until(() => expect(ticks).toBeGreaterThan(5));
  await setter!.run((t) => t.event.set(), { event });
  expect([await here, await there]).toEqual([true, true]);
  clearInterval(timer);
});

it('EVT-06 an aborted waiter disappears, and the rest are woken', async () => {
  const event = new Event();
  const aborting = new AbortController();
  const first = event.wait({ signal: aborting.signal, timeout: 60_000 });
  const second = event.wait();
  const reason = new Error('no more');
  aborting.abort(reason);
  await expect(first).rejects.toMatchObject({ name: 'CancelledError', reason });
  event.set();
  expect(await second).toBe(true);
  await expect(event.wait({ signal: aborting.signal })).rejects.toMatchObject({ name: 'CancelledError' });
});

it('EVT-07 waiting twice for what is set is immediate', async () => {
  const event = new Event();
  event.set();
  expect([await event.wait(), await event.wait()]).toEqual([true, true]);
});

it('EVT-08 made here, waited for there, set in a third place', async () => {
  const [waiter, setter] = startActors(2);
  for (const timeout of [undefined, 60_000]) {
    const event = new Event();
    const waiting = waiter!.run((t) => t.event.waitSync(t.options), { event, options: { timeout } });
    await setter!.run((t) => t.event.set(), { event });
    expect(await waiting).toBe(true);
  }
});

it('wakes who waited although it is cleared again, and nobody who comes after', async () => {
  const event = new Event();
  const actor = startActor();
  let later = false;
  const before = event.wait();
  event.set();
  event.clear();
  void event.wait().then(() => (later = true));
  expect(await before).toBe(true);
  const again = event.wait();
  await actor.run(
    (t) => {
      t.event.set();
      t.event.clear();
    },
    { event },
  );
  const last = event.wait({ timeout: 20 });
  expect(await again).toBe(true);
  expect([later, await last, event.isSet()]).toEqual([true, false, false]);
});

it('EVT-06 many waits that run out leave nothing behind', async () => {
  const words = threadWords(1);
  const event = new Event({ words });
  for (let round = 0; round < 50; round++) {
    expect(await event.wait({ timeout: 1 })).toBe(false);
    await turns();
  }
  expect(words.notify(0)).toBe(0);
});

it('NOD-01 a pending wait keeps the process alive, an idle event does not', async () => {
  const file = fileURLToPath(new URL('./fixtures/wait-for-ever.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout.trim()).toBe('true');
});

it('does not go where it cannot be shared', () => {
  expect(() => encodeValue([new Event()], { ground: 'process' })).toThrow('Event is shared by threads only');
  expect(() => new Event({ words: threadWords(1), at: 1 })).toThrow(RangeError);
});
