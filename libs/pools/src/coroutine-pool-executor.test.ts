import { describe } from 'vitest';
import { executorContract } from './executor.contract.js';
import { mapContract } from './map.contract.js';
import { submitWithContract } from './submit-with.contract.js';
import { CoroutinePoolExecutor } from './coroutine-pool-executor.js';

describe('CoroutinePoolExecutor', () => {
  const subject = { kind: 'coroutine', make: (options = {}) => new CoroutinePoolExecutor(options) } as const;
  describe('executor', () => executorContract(subject));
  describe('submitWith', () => submitWithContract(subject));
  describe('map', () => mapContract(subject));
});
