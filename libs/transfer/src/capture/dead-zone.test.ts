import { SerializationError } from '@interleave/core';
import { expect, test } from 'vitest';
import { captureTask } from '../capture-task.js';
import { restoreTask } from '../restore-task.js';

const maybe = (value?: number): number | undefined => value;

test('a constant that is declared further down is refused', () => {
  expect(() => captureTask(() => later + 1, 'thread')).toThrow(SerializationError);
  expect(() => captureTask(() => later + 1, 'thread')).toThrow(
    'Cannot send task "task": task/later is not initialised yet; submit the task after the line that declares it',
  );
  const later = 5;
  expect(() => captureTask(() => later + 1, 'thread')).not.toThrow();
});

test('a class that is declared further down is refused', () => {
  expect(() => captureTask(() => new Later(), 'thread')).toThrow(/task\/Later is not initialised yet/);
  class Later {}
  expect(() => captureTask(() => new Later(), 'thread')).not.toThrow();
});

test('a variable whose declaration is running is refused, whatever it is going to be', () => {
  expect(() => {
    const task: unknown = captureTask(() => [task, unknown], 'thread');
    const unknown = maybe();
    return unknown;
  }).toThrow(/not initialised yet/);
});

test('undefined is a value like any other', async () => {
  const nothing = undefined;
  const unknown = maybe();
  let open: number | undefined;
  const read = (): unknown[] => [nothing, unknown, open];
  expect(await (await restoreTask(captureTask(read, 'thread')))()).toEqual([undefined, undefined, undefined]);
  open = 1;
  open = 2;
  function inner(): unknown {
    return captureTask(() => unknown, 'thread');
  }
  expect(inner).not.toThrow();
  await Promise.resolve();
  expect(() => captureTask((given = unknown) => given, 'thread')).not.toThrow();
});

test('a callback that runs before the declaration, called from elsewhere', () => {
  const attempt = (): unknown => [1].map(() => captureTask(() => unknown, 'thread'));
  expect(attempt).toThrow(/not initialised yet/);
  const unknown = maybe();
  expect(attempt).not.toThrow();
});

test('a neighbour in its dead zone does not matter to shared variables', async () => {
  let n = 0;
  const inc = (): number => (n += 1);
  const peek = (): number => n;
  const both = (): unknown => [inc(), peek()];
  const asNeighbour = (): unknown => neighbour;
  expect(await (await restoreTask(captureTask(both, 'thread')))()).toEqual([1, 1]);
  const neighbour = maybe(n);
  expect(asNeighbour()).toBe(0);
});
