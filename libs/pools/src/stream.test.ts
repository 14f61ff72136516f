import { describe } from 'vitest';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';
import { ProcessPoolExecutor } from './process-pool-executor.js';
import { streamContract } from './stream.contract.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

describe('stream', () => {
  describe('coroutines', () =>
    streamContract({ kind: 'coroutine', make: (options = {}) => new CoroutinePoolExecutor(options) }));
  describe('threads', () =>
    streamContract({ kind: 'thread', make: (options = {}) => new ThreadPoolExecutor(options) }));
  describe('processes', () =>
    streamContract({ kind: 'process', make: (options = {}) => new ProcessPoolExecutor(options) }));
});
