import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidStateError } from '@interleave/core';
import { carryContext } from '@interleave/transfer';
import { describe, expect, test } from 'vitest';
import { carryContextContract } from './carry-context.contract.js';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

describe('carryContext', () => {
  describe('coroutines', () =>
    carryContextContract({ kind: 'coroutine', make: (options = {}) => new CoroutinePoolExecutor(options) }));
  describe('threads', () =>
    carryContextContract({ kind: 'thread', make: (options = {}) => new ThreadPoolExecutor(options) }));
  describe('processes', () =>
    carryContextContract({ kind: 'process', make: (options = {}) => new ProcessPoolExecutor(options) }));

  test('one storage, one name', () => {
    const storage = carryContext(new AsyncLocalStorage(), 'one');
    expect(carryContext(storage, 'one')).toBe(storage);
    expect(() => carryContext(storage, 'two')).toThrow(InvalidStateError);
    expect(() => carryContext(new AsyncLocalStorage(), 'one')).toThrow('the name is taken');
    expect(() => carryContext({} as never, 'three')).toThrow(TypeError);
    expect(() => carryContext(new AsyncLocalStorage(), 3 as never)).toThrow(TypeError);
  });
});
