/** What `submitWith` and the trace of every executor do. */
import { TimeoutError, taskTrace, type TaskEvent } from '@interleave/core';
import { expect, test } from 'vitest';
import { currentTask } from './current-task.js';
import type { ContractSubject } from './executor.contract.js';
import { contractRig } from './fixtures/contract-rig.js';
import { arriveAndWait } from './fixtures/gate.js';
import { forever, noop, raiseError, same, sleep, sqr } from './fixtures/tasks.js';
import type { Future } from './future.js';
import { wait } from './wait.js';

/** Registers the tests. */
export function submitWithContract({ make }: ContractSubject): void {
  const { open, openGate, until } = contractRig(make);

  test('bad settings of a task are refused at once', () => {
    const executor = open();
    expect(() => executor.submitWith(5 as never, noop)).toThrow(TypeError);
    expect(() => executor.submitWith({ signal: {} as never }, noop)).toThrow(TypeError);
    expect(() => executor.submitWith({ timeout: NaN }, noop)).toThrow(RangeError);
    expect(() => executor.submitWith({ priority: NaN }, noop)).toThrow(RangeError);
    expect(() => executor.submitWith({ priority: 'high' as never }, noop)).toThrow(TypeError);
    expect(() => executor.submitWith({ transfer: {} as never }, noop)).toThrow(TypeError);
    expect(() => executor.submitWith({ name: 3 as never }, noop)).toThrow(TypeError);
    expect(() => executor.submitWith({ onProgress: 3 as never }, noop)).toThrow(TypeError);
  });

  test('EXE-49 F06 an aborted signal takes a queued task out, others keep their order', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = openGate();
    const first = executor.submit(arriveAndWait, here.folder, 0);
    await until(() => here.arrived() === 1);
    const order: number[] = [];
    const controller = new AbortController();
    const futures = [1, 2, 3].map((id) => {
      const signal = id === 2 ? controller.signal : undefined;
      const future = executor.submitWith({ signal }, same<number>, id);
      future.addDoneCallback((done) => void (done.cancelled() || order.push(id)));
      return future;
    });
    controller.abort('enough');
    const late = executor.submitWith({ signal: controller.signal }, same<number>, 4);
    for (const future of [futures[1] as Future<number>, late]) {
      expect(future.cancelled()).toBe(true);
      await expect(future.result()).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
    }
    here.open();
    await executor.shutdown();
    expect(first.state).toBe('succeeded');
    expect(order).toEqual([1, 3]);
  });

  test(
    'F06 whichever is aborted, and in whatever order: the others give their values',
    { timeout: 60_000 },
    async () => {
      const executor = open({ maxWorkers: 1 });
      const places = [0, 1, 2];
      const orders = places.flatMap((a) => [[a], ...places.filter((b) => b !== a).map((b) => [a, b])]);
      for (const order of orders) {
        const here = openGate();
        const controllers = places.map(() => new AbortController());
        const running = executor.submitWith({ signal: controllers[0]?.signal }, arriveAndWait, here.folder, 0);
        const queued = [1, 2].map((id) => executor.submitWith({ signal: controllers[id]?.signal }, same<number>, id));
        await until(() => here.arrived() === 1);
        for (const id of order) controllers[id]?.abort(id);
        here.open();
        const ends = await Promise.all([running, ...queued].map((future) => future.result().catch((error) => error)));
        const expected = places.map((id) =>
          order.includes(id) ? expect.objectContaining({ name: 'CancelledError', reason: id }) : id,
        );
        expect(ends).toEqual(expected);
        expect(await executor.submit(sqr, 5).result()).toBe(25);
      }
      expect(executor.stats().workers).toBe(1);
    },
  );

  test('EXE-49 a running task is told by its signal, its future is cancelled at once', async () => {
    const executor = open({ maxWorkers: 1 });
    const controller = new AbortController();
    const future = executor.submitWith({ signal: controller.signal }, forever);
    await until(() => future.running());
    controller.abort('enough');
    expect(future.cancelled()).toBe(true);
    await expect(future.result()).rejects.toMatchObject({ reason: 'enough' });
    expect(await executor.submit(sqr, 3).result()).toBe(9);
  });

  test('EXE-51 F07 a time limit counts from the start of the task', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = openGate();
    const first = executor.submit(arriveAndWait, here.folder, 0);
    await until(() => here.arrived() === 1);
    const queued = executor.submitWith({ timeout: 100 }, same<string>, 'made it');
    const begin = performance.now();
    await until(() => performance.now() - begin > 150);
    expect(queued.state).toBe('pending');
    here.open();
    expect(await queued.result()).toBe('made it');
    expect(await first.result()).toBe(0);
    const slow = executor.submitWith({ timeout: 50 }, sleep, 60_000);
    await expect(slow.result()).rejects.toThrow(TimeoutError);
    expect(await executor.submit(sqr, 4).result()).toBe(16);
  });

  test('priorities: higher first, equal ones in order', async () => {
    const executor = open({ maxWorkers: 1 });
    const here = openGate();
    const first = executor.submit(arriveAndWait, here.folder, 0);
    await until(() => here.arrived() === 1);
    const order: string[] = [];
    const add = (name: string, priority?: number): Future<string> => {
      const future = executor.submitWith({ priority }, same<string>, name);
      future.addDoneCallback(() => order.push(name));
      return future;
    };
    const rest = [add('b1'), add('a1', 1), add('c1', -1), add('b2', 0), add('a2', 1), add('d', 0.5)];
    rest[3]?.cancel();
    here.open();
    await wait([first, ...rest]);
    expect(order).toEqual(['b2', 'a1', 'a2', 'd', 'b1', 'c1']);
  });

  test('progress arrives in order, before the result', async () => {
    const seen: unknown[] = [];
    const count = (to: number): number => {
      for (let step = 1; step <= to; step++) currentTask().progress({ step });
      return to;
    };
    const future = open().submitWith({ onProgress: (value: { step: number }) => seen.push(value.step) }, count, 3);
    expect(await future.result()).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
    expect(() => currentTask()).toThrow('no executor runs this code');
  });

  test('NOD-09 F27 10,000 tasks with one shared signal and with one each', async () => {
    const executor = open({ maxWorkers: 2 });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    const shared = new AbortController();
    for (const signalOf of [() => shared.signal, () => new AbortController().signal]) {
      const futures = Array.from({ length: 10_000 }, () => executor.submitWith({ signal: signalOf() }, noop));
      expect((await wait(futures)).done.size).toBe(10_000);
    }
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('a trace tells submit, start and end of each task', async () => {
    const events: TaskEvent[] = [];
    const stop = taskTrace.subscribe((event) => events.push(event));
    const executor = open({ maxWorkers: 1 });
    try {
      await wait([executor.submit(sqr, 1), executor.submit(raiseError, 'x'), executor.submitWith({ name: 'n' }, noop)]);
      executor.submit(noop).cancel();
    } finally {
      stop();
    }
    const names = ['sqr', 'raiseError', 'n', 'noop'];
    const ends = ['succeeded', 'failed', 'succeeded', 'cancelled'];
    const ids = [...new Set(events.map(({ task }) => task))];
    ids.forEach((id, at) => {
      const mine = events.filter(({ task }) => task === id);
      expect(mine.map(({ phase }) => phase)).toEqual(at === 3 ? ['submit', 'end'] : ['submit', 'start', 'end']);
      expect(mine.every(({ name }) => name === names[at])).toBe(true);
      expect(mine.at(-1)).toMatchObject({ state: ends[at], worker: at === 3 ? undefined : `${executor.name}_0` });
      expect(mine.every((event, index) => index === 0 || event.time >= (mine[index - 1] as TaskEvent).time)).toBe(true);
    });
    expect(ids).toHaveLength(4);
  });
}
