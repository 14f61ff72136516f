import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { taskTrace, traceTime, type TaskEvent } from './trace.js';

const event: TaskEvent = { phase: 'submit', task: 1, name: 'a', executor: 'x', time: 5 };

test('active only while somebody listens; leaving twice is harmless', () => {
  const seen: TaskEvent[] = [];
  expect(taskTrace.active).toBe(false);
  const stop = taskTrace.subscribe((e) => void seen.push(e));
  expect(taskTrace.active).toBe(true);
  taskTrace.publish(event);
  stop();
  stop();
  taskTrace.publish(event);
  expect(taskTrace.active).toBe(false);
  expect(seen).toEqual([event]);
  expect(() => taskTrace.subscribe(5 as any)).toThrow(TypeError);
});

test('a product can listen with node:diagnostics_channel alone', () => {
  const seen: unknown[] = [];
  const listen = (message: unknown): void => void seen.push(message);
  subscribe('interleave:task', listen);
  taskTrace.publish(event);
  unsubscribe('interleave:task', listen);
  expect(seen).toEqual([event]);
});

test('traceTime is wall-clock time with fractions', () => {
  expect(Math.abs(traceTime() - Date.now())).toBeLessThan(10_000);
});
