import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import * as core from './index.js';
import {
  CancelledError,
  InterleaveError,
  RecursionDepthError,
  TaskGroupError,
  TimeoutError,
  WorkerExitError,
} from './index.js';

const classes = Object.entries(core).filter(
  ([name, value]) => typeof value === 'function' && /(Error|Exit)$/.test(name) && value.prototype instanceof Error,
) as [string, new (...args: any[]) => Error & { code: string }][];

test('every error class has its own name and code, on the prototype and not in the printed fields', () => {
  expect(classes.length).toBeGreaterThan(25);
  const codes = new Set<string>();
  for (const [name, Class] of classes) {
    const error =
      name === 'TaskGroupError'
        ? new Class([], 'no')
        : name === 'BufferTooShortError'
          ? new Class('no', { data: new Uint8Array(1) })
          : new Class('no');
    expect(error.name).toBe(name);
    expect(Object.keys(error)).not.toContain('name');
    expect(Object.keys(error)).not.toContain('code');
    expect(error.code).toMatch(/^ERR_[A-Z_]+$/);
    expect(inspect(error)).toContain(`${name}: no`);
    codes.add(error.code);
  }
  expect(codes.size).toBe(classes.length);
});

test('a subclass of your own inherits name and code until it sets its own', () => {
  class Late extends TimeoutError {}
  const late = new Late('x');
  expect(late).toBeInstanceOf(TimeoutError);
  expect([late.name, late.code]).toEqual(['TimeoutError', 'ERR_TIMEOUT']);
  expect(new Late('x', { code: 'ERR_LATE' }).code).toBe('ERR_LATE');
});

test('cause is kept, also when it is undefined, and absent when not given', () => {
  expect(new InterleaveError('x', { cause: 5 }).cause).toBe(5);
  expect('cause' in new InterleaveError('x', { cause: undefined })).toBe(true);
  expect('cause' in new InterleaveError('x')).toBe(false);
});

test('the special fields arrive: reason, exitCode, signal, pid, errors', () => {
  const reason = { why: 1 };
  expect(new CancelledError('x', { reason }).reason).toBe(reason);
  const gone = new WorkerExitError('x', { exitCode: 3, signal: null, pid: 7, code: 'ERR_WORKER_OUT_OF_MEMORY' });
  expect([gone.exitCode, gone.signal, gone.pid, gone.code]).toEqual([3, null, 7, 'ERR_WORKER_OUT_OF_MEMORY']);
  expect(new TaskGroupError([1, 2], 'x').errors).toEqual([1, 2]);
  expect(new TaskGroupError([], 'x')).toBeInstanceOf(AggregateError);
  expect(new RecursionDepthError('x')).toBeInstanceOf(RangeError);
});
