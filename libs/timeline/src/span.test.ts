import { CancelledError, spanTrace, type SpanEvent } from '@interleave/core';
import { expect, test } from 'vitest';
import { record } from './record.js';
import { span } from './span.js';

async function spansOf(body: () => unknown): Promise<string[]> {
  const { spans } = await record(() => body());
  return spans.map(({ name, lane, state }) => `${name} ${lane} ${state}`);
}

test('a span returns what its body returns, at once or as a promise', async () => {
  expect(span('a', () => 1)).toBe(1);
  expect(await span('a', { lane: 'x' }, async () => 2)).toBe(2);
  await record(async () => {
    expect(span('a', () => 1)).toBe(1);
    expect(await span('a', async () => 2)).toBe(2);
  });
});

test('a span has its name and its lane', async () => {
  expect(
    await spansOf(async () => {
      span('sync', () => {});
      await span('async', { lane: 'reader 1' }, async () => {});
    }),
  ).toEqual(['sync main succeeded', 'async reader 1 succeeded']);
});

test('an error comes out as it is and marks the span', async () => {
  const error = new Error('no');
  expect(
    await spansOf(async () => {
      expect(() =>
        span('throws', () => {
          throw error;
        }),
      ).toThrow(error);
      await expect(span('rejects', () => Promise.reject(error))).rejects.toBe(error);
      await expect(span('cancelled', () => Promise.reject(new CancelledError()))).rejects.toThrow();
      await expect(span('aborted', () => Promise.reject(AbortSignal.abort().reason))).rejects.toThrow();
    }),
  ).toEqual(['throws main failed', 'rejects main failed', 'cancelled main cancelled', 'aborted main cancelled']);
});

test('spans are in the order of their beginnings, however they end', async () => {
  expect(
    await spansOf(async () => {
      let release = (): void => {};
      const first = span('first', () => new Promise<void>((resolve) => (release = resolve)));
      await span('second', async () => {});
      release();
      await first;
    }),
  ).toEqual(['first main succeeded', 'second main succeeded']);
});

test('a span has its time', async () => {
  const events: SpanEvent[] = [];
  const stop = spanTrace.subscribe((event) => events.push(event));
  span('a', () => {});
  stop();
  span('unheard', () => {});
  expect(events).toHaveLength(1);
  expect(events[0]?.end).toBeGreaterThanOrEqual(events[0]?.start ?? Infinity);
});

test('a span without a body is refused', () => {
  expect(() => span('a', {} as never)).toThrow(TypeError);
});
