import { readFileSync, readdirSync } from 'node:fs';
import { SharedMemoryNotFoundError } from '@interleave/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { participant, type Participant, type Route } from './fixtures/participant.js';
import { runProgram } from './fixtures/run-program.js';
import { openWords, type WaitResult, type Words } from './index.js';
import { FIRST_QUEUE, FIRST_WAITER, MOST_WAITERS, QUEUES, QUEUE_SIZE, WAITER_SIZE, open } from './segment.js';
import { canMapSegments, segmentWords } from './segment-words.js';
import { wordsContract } from './words.contract.js';

const started: Participant[] = [];

async function share(words: Words, route: Route): Promise<Participant> {
  const other = await participant(route, words.handle());
  started.push(other);
  return other;
}

/** The segment that the words lie in, and where. */
function insideOf(words: Words): { readonly inside: Int32Array; readonly first: number; readonly queue: number } {
  const { place } = words.handle() as any;
  const queue = FIRST_QUEUE + (place.first % QUEUES) * QUEUE_SIZE;
  return { inside: open(place).words, first: place.first, queue };
}

/** The waiters of the first word, by where they are. */
function waiting(words: Words): number[] {
  const { inside, first } = insideOf(words);
  return Array.from({ length: inside[MOST_WAITERS]! }, (_, number) => FIRST_WAITER + number * WAITER_SIZE).filter(
    (waiter) => inside[waiter] === 2 && inside[waiter + 1] === first,
  );
}

/** The processes that have a segment of that one in their memory. */
function processesWith(pid: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/maps`, 'latin1').includes(`/memfd:interleave-${pid}-`);
    } catch {
      return false;
    }
  });
}

function all(waits: readonly (WaitResult | Promise<WaitResult>)[]): Promise<WaitResult[]> {
  return Promise.all(waits.map(async (wait) => wait));
}

/** Somebody with words of their own. */
async function owner(route: Route): Promise<{ other: Participant; pid: number; handle: any }> {
  const other = await share(segmentWords(1), route);
  const handle = await other.call('make', 'segment', 2);
  return { other, pid: await other.call('pid'), handle };
}

describe.skipIf(!canMapSegments())('on this system', () => {
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.end()));
  });

  wordsContract({
    make: segmentWords,
    travel: (handle) => JSON.parse(JSON.stringify(handle)),
    routes: [['process'], ['thread'], ['process', 'thread'], ['process', 'process']],
    increments: 100_000,
    expression: "memory.processWords(1, { ground: 'segment' })",
  });

  test('MEM-14 rows of one segment, and rows that need one of their own, do not overlap', () => {
    const rows = [1, 1_000, 3, 300_000, 2, 130_000, 130_000].map(segmentWords);
    rows.forEach((row, number) => {
      row.store(0, number + 1);
      row.store(row.length - 1, number + 1);
    });
    expect(rows.map((row) => [row.load(0), row.load(row.length - 1)])).toEqual(rows.map((_, n) => [n + 1, n + 1]));
  });

  test('MEM-14 a thread that makes too many is told to reuse them, and goes on with those it has', async () => {
    const ended = await runProgram(`
      const rows = [];
      try {
        // Each needs a segment of its own.
        for (;;) rows.push(memory.processWords(200_000, { ground: 'segment' }));
      } catch (error) {
        console.log(rows.length, error.name, error.message);
      }
      rows.forEach((row, number) => row.store(199_999, number));
      console.log(rows.every((row, number) => row.load(199_999) === number));
      console.log(memory.processWords(1_000, { ground: 'segment' }).length);
    `);
    const said = 'Cannot make 200000 words: this thread has made 64 segments; reuse words';
    expect(ended).toEqual({ out: `64 RangeError ${said}\ntrue\n1000\n`, errors: '', end: 0 });
  });

  test('MEM-15 words outlive the thread that made them', async () => {
    const { other, handle } = await owner(['thread']);
    await other.end();
    const words = openWords(handle);
    words.store(1, 4);
    expect(openWords(words.handle()).load(1)).toBe(4);
    const late = await share(words, ['process']);
    expect(await late.call('load', 1)).toBe(4);
  });

  test.each(['SIGKILL', 'SIGTERM', 'exit'])('MEM-15 nothing is left after %s, once all have ended', async (how) => {
    const { other, pid, handle } = await owner(['process']);
    const user = await participant(['process'], handle);
    started.push(user);
    expect(processesWith(pid)).toHaveLength(2);
    other.call('leave', how).catch(() => {});
    await other.gone;
    // Who has opened them before goes on with them; who comes later is told.
    expect(await user.call('add', 0, 5)).toBe(0);
    expect(await user.call('load', 0)).toBe(5);
    expect(() => openWords(handle)).toThrow(SharedMemoryNotFoundError);
    await user.end();
    expect(processesWith(pid)).toEqual([]);
    expect(readdirSync('/dev/shm').filter((name) => name.includes('interleave'))).toEqual([]);
  });

  test('MEM-15 a descriptor that means another file by now is not opened', async () => {
    const { handle } = await owner(['process']);
    const { place } = handle;
    for (const wrong of [{ file: place.file + 1 }, { size: place.size + 1 }, { descriptor: 999 }]) {
      expect(() => openWords({ ...handle, place: { ...place, ...wrong } })).toThrow(SharedMemoryNotFoundError);
    }
  });

  test.each([['process'], ['thread']] as Route[])(
    'MEM-16 F22 a wake-up passes over the dead: a %s',
    async (...route) => {
      const words = segmentWords(1);
      const [blocks, listens] = await Promise.all([share(words, route), share(words, route)]);
      blocks.call('wait', 0, 0).catch(() => {});
      await vi.waitFor(() => expect(waiting(words)).toHaveLength(1), { interval: 1, timeout: 5_000 });
      await listens.call('begin', 'first', 0, 0);
      const ours = words.waitAsync(0, 0);
      await Promise.all([blocks.end(), listens.end()]);
      expect(waiting(words)).toHaveLength(3);
      expect(words.notify(0, 1)).toBe(1);
      expect(await ours).toBe('ok');
      expect(waiting(words)).toEqual([]);
    },
  );

  test('MEM-12 who is woken finds the queue unlocked', async () => {
    const words = segmentWords(1);
    const others = await Promise.all([share(words, ['process']), share(words, ['process'])]);
    const waits = others.map((other) => other.call('wait', 0, 0));
    await vi.waitFor(() => expect(waiting(words)).toHaveLength(2), { interval: 1, timeout: 5_000 });
    const { inside, queue } = insideOf(words);
    const { libc } = open((words.handle() as any).place);
    const locks: number[] = [];
    const spy = vi.spyOn(libc, 'futexWake').mockImplementation(() => locks.push(inside[queue]!) > 0);
    const woken = words.notify(0);
    spy.mockRestore();
    expect([woken, locks]).toEqual([2, [0, 0]]);
    // Nobody stirred them, but they see it after their slice.
    expect(await Promise.all(waits)).toEqual(['ok', 'ok']);
  });

  test('MEM-17 F22 a queue whose keeper was killed in the middle of a step is put in order', async () => {
    const words = segmentWords(1);
    const other = await share(words, ['process']);
    const dead = await other.call('self');
    await other.end();
    const woken: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) => Promise.resolve(words.waitAsync(0, 0)).then(() => woken.push(name)));
    const { inside, queue } = insideOf(words);
    const last = waiting(words).at(-1)!;
    // As if it had forgotten all but the last, and left a loop.
    inside.set([dead, last, last], queue);
    inside[last + 2] = last;
    for (const wait of waits) {
      expect(words.notify(0, 1)).toBe(1);
      await wait;
    }
    expect(woken).toEqual(['a', 'b', 'c']);
    expect([...inside.subarray(queue, queue + 3)]).toEqual([0, 0, 0]);
  });

  test('MEM-16 F22 waiters of the dead make room for others', async () => {
    const words = segmentWords(1);
    const other = await share(words, ['process']);
    await other.call('beginMany', 16_384 - 10, 0, 0);
    const waits = Array.from({ length: 10 }, () => words.waitAsync(0, 0));
    expect(() => words.waitAsync(0, 0)).toThrow('Cannot wait: 16384 others wait already');
    await other.end();
    waits.push(words.waitAsync(0, 0));
    expect(words.notify(0)).toBe(11);
    expect(new Set(await all(waits))).toEqual(new Set(['ok']));
  }, 60_000);

  test('MEM-17 F22 kills at any moment leave queues that work', async () => {
    const words = segmentWords(2);
    for (let round = 0; round < 8; round++) {
      const others = await Promise.all([share(words, ['process']), share(words, ['process'])]);
      for (const other of others) other.call('rush', 0).catch(() => {});
      const before = words.load(1);
      await vi.waitFor(() => expect(words.load(1)).toBeGreaterThan(before + 500), { interval: 0, timeout: 8_000 });
      await Promise.all(others.map((other) => other.end()));
      const ours = [words.waitAsync(0, 0), words.waitAsync(0, 0)];
      expect(words.notify(0)).toBe(2);
      expect(await all(ours)).toEqual(['ok', 'ok']);
    }
  }, 60_000);

  test('MEM-18 a thread may be ended while it loads, and the process with it', async () => {
    const ended = await runProgram(`
      const words = memory.processWords(1, { ground: 'segment' });
      const text = \`
        import { openWords } from '@interleave/memory';
        import { workerData, parentPort } from 'node:worker_threads';
        parentPort.postMessage('loads');
        openWords(workerData).add(0, 1);
      \`;
      for (let delay = 0; delay < 24; delay++) {
        const worker = new Worker(text, { eval: true, workerData: words.handle() });
        await once(worker, 'message');
        await new Promise((resolve) => setTimeout(resolve, delay / 2));
        await worker.terminate();
      }
      console.log('still here');
      const last = new Worker(text, { eval: true, workerData: words.handle() });
      await once(last, 'message');
      process.exit(3);
    `);
    expect(ended).toEqual({ out: 'still here\n', errors: '', end: 3 });
  }, 30_000);

  test('MEM-18 a thread that blocks for ever can be ended, and does not hold up the end of the process', async () => {
    const ended = await runProgram(`
      const words = memory.processWords(2, { ground: 'segment' });
      const text = \`
        import { openWords } from '@interleave/memory';
        import { workerData } from 'node:worker_threads';
        const words = openWords(workerData);
        words.add(1, 1);
        words.wait(0, 0);
      \`;
      const start = async (count) => {
        const worker = new Worker(text, { eval: true, workerData: words.handle() });
        while (words.load(1) < count) await new Promise(setImmediate);
        return worker;
      };
      const worker = await start(1);
      console.log(await worker.terminate());
      await start(2);
      process.exit(4);
    `);
    expect(ended).toEqual({ out: '1\n', errors: '', end: 4 });
  });

  test('MEM-07 a wait that Ctrl-C tore a thread out of takes no wake-up', async () => {
    const ended = await runProgram(`
      import vm from 'node:vm';
      const words = memory.processWords(1, { ground: 'segment' });
      try {
        vm.runInNewContext('words.wait(0, 0)', { words }, { timeout: 20 });
      } catch (error) {
        console.log(error.code);
      }
      const second = words.waitAsync(0, 0);
      console.log(words.wait(0, 0, 1), words.notify(0), await second);
    `);
    expect(ended).toEqual({ out: 'ERR_SCRIPT_EXECUTION_TIMEOUT\ntimed-out 1 ok\n', errors: '', end: 0 });
  });
});
