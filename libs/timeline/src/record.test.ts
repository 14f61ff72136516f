import { spanTrace, taskTrace, traceTime } from '@interleave/core';
import { expect, test } from 'vitest';
import { publishTasks } from './fixtures/publish.js';
import { record } from './record.js';
import { span } from './span.js';

test('a recording has the value of its body and stops listening', async () => {
  const timeline = await record(async () => {
    expect([taskTrace.active, spanTrace.active]).toEqual([true, true]);
    return 'value';
  });
  expect(timeline.value).toBe('value');
  expect(timeline.spans).toEqual([]);
  expect(timeline.duration).toBeGreaterThan(0);
  expect([taskTrace.active, spanTrace.active]).toEqual([false, false]);
});

test('the error of the body comes out, and nobody listens any more', async () => {
  const error = new Error('no');
  await expect(record(() => Promise.reject(error))).rejects.toBe(error);
  await expect(
    record(() => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect([taskTrace.active, spanTrace.active]).toEqual([false, false]);
});

test('a body that is no function is refused', async () => {
  await expect(record('body' as never)).rejects.toThrow(TypeError);
});

test('tasks are in the order of submission, with the times of their events', async () => {
  const began = traceTime();
  const timeline = await record(() => {
    publishTasks(
      [
        { name: 'a', worker: 'P-0_1', submit: 0, start: 2, end: 3 },
        { name: 'b', worker: 'P-0_0', submit: 0, start: 1, end: 2, state: 'failed' },
      ],
      began + 1,
    );
    while (traceTime() < began + 6);
  });
  expect(timeline.spans.map(({ name, lane, state }) => [name, lane, state])).toEqual([
    ['a', 'P-0_1', 'succeeded'],
    ['b', 'P-0_0', 'failed'],
  ]);
  const [a] = timeline.spans;
  expect((a?.start ?? 0) - (a?.submitted ?? 0)).toBeCloseTo(2, 2);
  expect((a?.end ?? 0) - (a?.start ?? 0)).toBeCloseTo(1, 2);
  expect(timeline.lanes).toEqual(['P-0_0', 'P-0_1']);
  expect(timeline.spans[1]?.executor).toBe('P-0');
});

test('what is not over stays as it stands', async () => {
  const timeline = await record(() =>
    publishTasks([
      { name: 'waiting', submit: 0 },
      { name: 'running', worker: 'P-0_0', submit: 0, start: 0 },
      { name: 'cancelled', submit: 0, end: 0, state: 'cancelled' },
    ]),
  );
  expect(timeline.spans.map(({ name, lane, state, end }) => [name, lane, state, end !== undefined])).toEqual([
    ['waiting', undefined, 'waiting', false],
    ['running', 'P-0_0', 'running', false],
    ['cancelled', undefined, 'cancelled', true],
  ]);
});

test('a task that was handed in before the recording is running from its beginning', async () => {
  const timeline = await record(() => publishTasks([{ name: 'old', worker: 'P-0_0', end: 0 }]));
  expect(timeline.spans[0]).toMatchObject({ submitted: undefined, start: 0, state: 'succeeded' });
});

test('times of clocks that differ are brought into order', async () => {
  const timeline = await record(() => {
    publishTasks([{ name: 'skewed', worker: 'P-0_0', submit: 0, start: -5, end: -3 }]);
    publishTasks([{ name: 'future', worker: 'P-0_0', submit: 0, start: 60_000, end: 70_000 }]);
  });
  for (const { submitted = NaN, start = NaN, end = NaN } of timeline.spans) {
    expect(submitted).toBeGreaterThanOrEqual(0);
    expect(start).toBeGreaterThanOrEqual(submitted);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(timeline.duration);
  }
});

test('recordings may nest; each sees what happens during it', async () => {
  const outer = await record(async () => {
    span('before', () => {});
    const inner = await record(() => span('during', () => {}));
    span('after', () => {});
    return inner;
  });
  expect(outer.spans.map(({ name }) => name)).toEqual(['before', 'during', 'after']);
  expect(outer.value.spans.map(({ name }) => name)).toEqual(['during']);
});

test('lanes sort by number, hand-made ones come first and keep their order', async () => {
  const timeline = await record(() => {
    publishTasks(
      [10, 9, 0].map((n) => ({ name: 'x', worker: `ThreadPoolExecutor-0_${n}`, submit: 0, start: 0, end: 0 })),
    );
    publishTasks([{ name: 'y', worker: 'Another-0_0', submit: 0, start: 0, end: 0 }]);
    span('z', { lane: 'z' }, () => {});
    span('a', { lane: 'a' }, () => {});
  });
  expect(timeline.lanes).toEqual([
    'z',
    'a',
    'ThreadPoolExecutor-0_0',
    'ThreadPoolExecutor-0_9',
    'ThreadPoolExecutor-0_10',
    'Another-0_0',
  ]);
});
