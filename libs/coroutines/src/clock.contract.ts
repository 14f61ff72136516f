/** What every `Clock` keeps: for the system's, the event loop's and the virtual one. */
import type { Clock } from '@interleave/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';

/** A clock, and how to let its time pass. */
export interface ClockSubject {
  /** Whether timers that are due within the same millisecond fire in order; those of Node's need not. */
  readonly inOrder: boolean;
  make(): { readonly clock: Clock; pass(ms: number): Promise<void> };
}

/** Registers the tests. */
export function clockContract({ inOrder, make }: ClockSubject): void {
  test('now never goes back', async () => {
    const { clock, pass } = make();
    let last = clock.now();
    for (let step = 0; step < 5; step++) {
      await pass(1.5);
      expect(clock.now()).toBeGreaterThanOrEqual(last + 1.5);
      last = clock.now();
    }
  });

  test('a timer fires once and is never early, also with a part of a millisecond', async () => {
    const { clock, pass } = make();
    const early: number[] = [];
    let fired = 0;
    for (let each = 0; each < 40; each++) {
      const delay = (each % 8) * 1.3;
      const due = clock.now() + delay;
      clock.setTimer(delay, () => {
        fired += 1;
        if (clock.now() < due) early.push(delay);
      });
    }
    while (fired < 40) await pass(5);
    await pass(20);
    expect([fired, early]).toEqual([40, []]);
  });

  test('what is due later fires later, and equal ones by their age', async () => {
    const { clock, pass } = make();
    const fired: string[] = [];
    for (const [name, delay] of [
      ['d', 240],
      ['b', 120],
      ['a', 5],
      ['c', inOrder ? 120 : 180],
    ] as const) {
      clock.setTimer(delay, () => fired.push(name));
    }
    while (fired.length < 4) await pass(5);
    expect(fired.join('')).toBe('abcd');
  });

  test('a stopped timer never fires, not even if it is stopped by one that is due with it', async () => {
    const { clock, pass } = make();
    const fired: string[] = [];
    const stops: (() => void)[] = [];
    clock.setTimer(5, () => {
      fired.push('first');
      for (const stop of stops) stop();
    });
    for (let each = 0; each < 3; each++)
      stops.push(clock.setTimer(inOrder ? 5.0001 : 100, () => fired.push('stopped')));
    const stop = clock.setTimer(1, () => fired.push('at once'));
    stop();
    stop();
    let over = false;
    clock.setTimer(inOrder ? 10 : 120, () => (over = true));
    while (!over) await pass(5);
    expect(fired).toEqual(['first']);
  });

  test('Infinity never fires, negative is 0, and NaN is refused', async () => {
    const { clock, pass } = make();
    const fired: number[] = [];
    clock.setTimer(Infinity, () => fired.push(Infinity))();
    clock.setTimer(-5, () => fired.push(-5));
    expect(fired).toEqual([]);
    while (fired.length === 0) await pass(1);
    expect(fired).toEqual([-5]);
    expect(() => clock.setTimer(NaN, () => {})).toThrow(RangeError);
  });

  test('a timer may set others and stop itself', async () => {
    const { clock, pass } = make();
    const fired: number[] = [];
    const again = (): void => {
      stop();
      fired.push(clock.now());
      if (fired.length < 5) stop = clock.setTimer(0, again);
    };
    let stop = clock.setTimer(0, again);
    while (fired.length < 5) await pass(1);
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
  });

  test('long timers wait beside short ones', async () => {
    const { clock, pass } = make();
    const stops = [300, 70_000, 2 ** 31, 2 ** 33, Number.MAX_SAFE_INTEGER].map((delay) =>
      clock.setTimer(delay, () => expect.fail(`${delay} has not passed`)),
    );
    let fired = 0;
    for (let round = 0; round < 10; round++) {
      clock.setTimer(2, () => (fired += 1));
      while (fired <= round) await pass(2);
    }
    for (const stop of stops) stop();
  });
}

/** For the clocks that run on the event loop: what fires runs in the context it was set in. */
export function contextContract({ make }: Pick<ClockSubject, 'make'>): void {
  test('what fires runs in the async context it was set in', async () => {
    const { clock } = make();
    const storage = new AsyncLocalStorage<number>();
    const seen: (number | undefined)[] = [];
    await new Promise<void>((resolve) => {
      for (const n of [1, 2]) storage.run(n, () => void clock.setTimer(n, () => seen.push(storage.getStore())));
      clock.setTimer(5, () => {
        seen.push(storage.getStore());
        resolve();
      });
    });
    expect(seen).toEqual([1, 2, undefined]);
  });
}
