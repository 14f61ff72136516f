import { CancelledError } from '@interleave/core';
import { expectNothingLeft, VirtualClock } from '@interleave/testing';
import { expect, it } from 'vitest';
import { inVirtualTime } from '../fixtures/virtual-time.js';
import { sleep } from '../sleep.js';
import { run } from './run.js';
import { spawn } from './task.js';

it('gives what main returned, and throws what it threw', async () => {
  expect(await run(async () => (await sleep(1), 'done'))).toBe('done');
  await expect(
    run(async () => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(RangeError);
  await expect(run(5 as never)).rejects.toThrow(TypeError);
});

it('cancels what main leaves behind, and waits for its cleanup', async () => {
  const clock = new VirtualClock();
  const steps: string[] = [];
  await clock.run(() =>
    run(
      async () => {
        spawn(async () => {
          try {
            await sleep(1_000_000);
          } finally {
            spawn(async () => {
              await sleep(1_000_000);
              steps.push('never');
            });
            await sleep(100);
            steps.push('cleaned up');
          }
        });
        await sleep(1);
      },
      { clock },
    ),
  );
  expect(steps).toEqual(['cleaned up']);
  expect(clock.now()).toBe(101);
  expect(clock.pending).toBe(0);
});

it('a signal cancels main, with its reason', () =>
  expectNothingLeft(async () => {
    const abort = new AbortController();
    const running = run(() => sleep(100_000), { signal: abort.signal });
    abort.abort('enough');
    const error: unknown = await running.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'enough' });
    await expect(run(() => sleep(1), { signal: abort.signal })).rejects.toThrow(CancelledError);
  }));

it('a run in a run is cancelled with the task that awaits it', () =>
  inVirtualTime(async () => {
    let cleaned = false;
    const outer = spawn(() =>
      run(async () => {
        try {
          await sleep(100_000);
        } finally {
          cleaned = true;
        }
      }),
    );
    await sleep(1);
    outer.cancel();
    await expect(outer).rejects.toThrow(CancelledError);
    expect(cleaned).toBe(true);
  }));
