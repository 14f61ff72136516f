import { setUncaughtHandler, systemClock, type Clock } from '@interleave/core';
import { expectNothingLeft, VirtualClock } from '@interleave/testing';
import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { clockContract, contextContract } from './clock.contract.js';
import { loopClock } from './loop-clock.js';

const real = (clock: Clock, inOrder: boolean) => ({
  inOrder,
  make: () => ({
    clock,
    pass: (ms: number) => new Promise<void>((resolve) => void systemClock.setTimer(ms, resolve)),
  }),
});
const virtual = {
  inOrder: true,
  make: () => {
    const clock = new VirtualClock();
    return { clock, pass: (ms: number) => clock.advance(ms) };
  },
};

describe('loopClock', () => {
  clockContract(real(loopClock, true));
  contextContract(real(loopClock, true));
});
describe('systemClock', () => {
  clockContract(real(systemClock, false));
  contextContract(real(systemClock, false));
});
describe('VirtualClock', () => clockContract(virtual));

test('however many timers wait, Node has one, and none when the last is stopped', async () => {
  await expectNothingLeft(async () => {
    const timeouts = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timeouts();
    const stops = Array.from({ length: 1_000 }, (_, at) => loopClock.setTimer(1_000 + at, () => {}));
    expect(timeouts()).toBe(before + 1);
    for (const stop of stops) stop();
    expect(timeouts()).toBe(before);
    await new Promise<void>((resolve) => void loopClock.setTimer(1, resolve));
  });
});

test('many that are due in the same millisecond fire in the order of their times', async () => {
  for (const count of [200, 5_000]) {
    const fired: number[] = [];
    await new Promise<void>((resolve) => {
      // All are set in the same moment, so that their times are what they are said to be.
      const stopped = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
      for (let each = 0; each < count; each++) {
        const delay = 10 + ((each * 7_919) % count) / count;
        loopClock.setTimer(delay, () => {
          fired.push(delay);
          if (fired.length === count) resolve();
        });
      }
      stopped.mockRestore();
    });
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
  }
});

test('it keeps the process alive exactly while a timer waits that is to do so', () => {
  const script = `
    import { loopClock } from '@interleave/coroutines';
    const say = (text) => () => console.log(text);
    loopClock.setTimer(600_000, say('it waited for the unreferenced'), { keepAlive: false });
    loopClock.setTimer(600_000, say('it waited for the stopped'))();
    loopClock.setTimer(5, say('unreferenced'), { keepAlive: false });
    loopClock.setTimer(30, say('referenced'));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('unreferenced\nreferenced\n');
});

test('a timer that throws is told of, and those behind it fire', async () => {
  const told: unknown[] = [];
  const before = setUncaughtHandler((error, { where }) => void told.push([error, where]));
  try {
    const error = new Error('in a timer');
    await new Promise<void>((resolve) => {
      loopClock.setTimer(2, () => {
        throw error;
      });
      loopClock.setTimer(2, resolve);
    });
    expect(told).toEqual([[error, 'a timer']]);
  } finally {
    setUncaughtHandler(before);
  }
});
