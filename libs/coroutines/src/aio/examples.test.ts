/**
 * The sequences of the examples by which trio and asyncio teach, in our words: what they print, and in which order.
 */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { TaskGroupError, TimeoutError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { aio } from '../index.js';

it('TGR-01 trio: two children in a nursery, and the parent that waits for both', () =>
  inVirtualTime(async (clock) => {
    const steps: string[] = [];
    const child = async (name: string): Promise<void> => {
      steps.push(`${name} starts`);
      await aio.sleep(1_000);
      steps.push(`${name} ends`);
    };
    steps.push('parent starts');
    await new aio.TaskGroup().run((group) => {
      group.spawn(child, 'child 1');
      group.spawn(child, 'child 2');
      steps.push('parent waits');
    });
    steps.push('parent ends');
    expect(steps).toEqual([
      'parent starts',
      'parent waits',
      'child 1 starts',
      'child 2 starts',
      'child 1 ends',
      'child 2 ends',
      'parent ends',
    ]);
    expect(clock.now()).toBe(1_000);
  }));

it('asyncio: two coroutines one after the other take three seconds, two tasks take two', () =>
  inVirtualTime(async (clock) => {
    const sayAfter = (delay: number, what: string): Promise<string> => aio.sleep(delay, what);
    expect([await sayAfter(1_000, 'hello'), await sayAfter(2_000, 'world')]).toEqual(['hello', 'world']);
    expect(clock.now()).toBe(3_000);
    const [first, second] = [aio.spawn(sayAfter, 1_000, 'hello'), aio.spawn(sayAfter, 2_000, 'world')];
    expect([await first, await second]).toEqual(['hello', 'world']);
    expect(clock.now()).toBe(5_000);
  }));

it('AIO-02 asyncio: three factorials, gathered', () =>
  inVirtualTime(async (clock) => {
    const steps: string[] = [];
    const factorial = async (name: string, number: number): Promise<number> => {
      let product = 1;
      for (let factor = 2; factor <= number; factor++) {
        steps.push(`${name}${factor}`);
        await aio.sleep(1_000);
        product *= factor;
      }
      return product;
    };
    const products = aio.gather(
      aio.spawn(factorial, 'A', 2),
      aio.spawn(factorial, 'B', 3),
      aio.spawn(factorial, 'C', 4),
    );
    expect(await products).toEqual([2, 6, 24]);
    expect(steps.join(' ')).toBe('A2 B2 C2 B3 C3 C4');
    expect(clock.now()).toBe(3_000);
  }));

it('AIO-25 asyncio: a task that is cancelled says so, cleans up, and says it again', () =>
  inVirtualTime(async () => {
    const steps: string[] = [];
    const cancelMe = async (): Promise<void> => {
      steps.push('before sleep');
      try {
        await aio.sleep(3_600_000);
      } catch (error) {
        steps.push('cancel sleep');
        throw error;
      } finally {
        steps.push('after sleep');
      }
    };
    const task = aio.spawn(cancelMe);
    await aio.sleep(1_000);
    task.cancel();
    await task.then(undefined, () => steps.push('main: it is cancelled now'));
    expect(steps).toEqual(['before sleep', 'cancel sleep', 'after sleep', 'main: it is cancelled now']);
  }));

it('AQU-10 asyncio: twenty jobs in a queue, three workers, and a join', () =>
  inVirtualTime(async (clock) => {
    const queue = new aio.Queue<number>();
    let total = 0;
    for (let job = 1; job <= 20; job++) {
      queue.putNowait(job * 10);
      total += job * 10;
    }
    const done: string[] = [];
    const worker = async (name: string): Promise<void> => {
      for (;;) {
        const time = await queue.get();
        await aio.sleep(time);
        queue.taskDone();
        done.push(name);
      }
    };
    const workers = ['a', 'b', 'c'].map((name) => aio.spawn(worker, name));
    await queue.join();
    for (const each of workers) each.cancel();
    await aio.gatherWith({ returnExceptions: true }, ...workers);
    expect(done).toHaveLength(20);
    expect(workers.every((each) => each.cancelled())).toBe(true);
    expect(clock.now()).toBeGreaterThanOrEqual(total / 3);
    expect(clock.now()).toBeLessThan(total / 2);
  }));

it('TMO-08 trio: a limit inside a limit; each catches its own', () =>
  inVirtualTime(async (clock) => {
    const steps: string[] = [];
    await aio.timeout(30_000).run(async () => {
      await aio
        .timeout(10_000)
        .run(() => aio.sleep(20_000))
        .catch((error: unknown) => steps.push(`${error instanceof TimeoutError} at ${clock.now()}`));
      await aio.sleep(15_000);
      steps.push(`goes on at ${clock.now()}`);
    });
    expect(steps).toEqual(['true at 10000', 'goes on at 25000']);
  }));

it('TGR-02 trio: one connection after the other, each tried before the last has given up; the first wins', () =>
  inVirtualTime(async (clock) => {
    const attempts: string[] = [];
    /** Answers after `time`, or refuses then. */
    const connect = async (name: string, time: number, refuses: boolean): Promise<string> => {
      attempts.push(`${name} tried at ${clock.now()}`);
      try {
        await aio.sleep(time);
      } catch (error) {
        attempts.push(`${name} stopped at ${clock.now()}`);
        throw error;
      }
      if (refuses) throw new Error(`${name} refuses`);
      return name;
    };
    const race = async (addresses: readonly [string, number, boolean][], patience: number): Promise<string> => {
      let winner: string | undefined;
      const errors: unknown[] = [];
      const all = aio.spawn(() =>
        new aio.TaskGroup().run(async (group) => {
          for (const address of addresses) {
            const failed = new aio.Event();
            group.spawn(async () => {
              try {
                winner ??= await connect(...address);
                all.cancel('somebody has won');
              } catch (error) {
                if (all.cancelling() > 0) throw error;
                errors.push(error);
                failed.set();
              }
            });
            await failed.wait({ timeout: patience });
          }
        }),
      );
      await all.then(undefined, (error: unknown) => {
        if (winner === undefined) throw error;
      });
      if (winner === undefined) throw new AggregateError(errors, 'nobody answers');
      return winner;
    };
    expect(
      await race(
        [
          ['slow', 5_000, false],
          ['closed', 100, true],
          ['quick', 200, false],
          ['never tried', 1, false],
        ],
        250,
      ),
    ).toBe('quick');
    expect(attempts).toEqual(['slow tried at 0', 'closed tried at 250', 'quick tried at 350', 'slow stopped at 550']);
    await expect(race([['closed', 10, true]], 250)).rejects.toThrow('nobody answers');
  }));

it('TGR-06 trio: a client and a server that echo, until somebody has had enough', () =>
  expectNothingLeft(() =>
    aio.run(async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await aio.cancellable(once(server, 'listening'));
      const { port } = server.address() as { port: number };
      const echo = async (socket: Socket): Promise<void> => {
        for await (const data of socket) socket.write(data as Buffer);
      };
      const serve = (group: InstanceType<typeof aio.TaskGroup>) => async (): Promise<void> => {
        const connections = new aio.Queue<Socket>();
        server.on('connection', (socket: Socket) => connections.putNowait(socket));
        try {
          for await (const socket of connections) group.spawn(echo, socket);
        } finally {
          server.close();
        }
      };
      const heard: string[] = [];
      const client = async (): Promise<void> => {
        const { connect } = await import('node:net');
        const socket = connect(port, '127.0.0.1');
        for (let each = 0; each < 3; each++) {
          socket.write(`message ${each}`);
          const [data] = (await aio.cancellable((signal) => once(socket, 'data', { signal }))) as [Buffer];
          heard.push(data.toString());
        }
        socket.end();
      };
      await new aio.TaskGroup().run(async (group) => {
        const serving = group.spawn(serve(group));
        await group.spawn(client);
        serving.cancel('enough');
      });
      expect(heard).toEqual(['message 0', 'message 1', 'message 2']);
    }),
  ));

it('TGR-02 trio: an error in one of three tasks ends the others, and comes out with its group', () =>
  inVirtualTime(async () => {
    const steps: string[] = [];
    const run = new aio.TaskGroup().run((group) => {
      for (const [name, time] of [
        ['patient', 10],
        ['hasty', 1],
        ['third', 5],
      ] as const) {
        group.spawn(async () => {
          try {
            await aio.sleep(time);
            if (name === 'hasty') throw new RangeError('too hasty');
            steps.push(`${name} done`);
          } catch (error) {
            steps.push(`${name}: ${(error as Error).name}`);
            throw error;
          }
        });
      }
    });
    await expect(run).rejects.toThrow(TaskGroupError);
    expect(steps).toEqual(['hasty: RangeError', 'patient: CancelledError', 'third: CancelledError']);
  }));
