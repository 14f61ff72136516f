import { expect, it, test } from 'vitest';
import { runProgram } from './fixtures/run-program.js';

it('LCK-11 the main thread is not blocked unasked', async () => {
  expect(await runProgram('block the main thread')).toEqual([
    'BlockingNotAllowedError Cannot block the main thread with acquireSync(): use await acquire(), or call allowMainThreadBlocking() first',
  ]);
});

it('LCK-12 a pending acquire keeps the process alive', async () => {
  expect(await runProgram('wait for a thread')).toEqual(['true']);
});

it('NOD-01 an idle lock does not, and neither does a wait that is over', async () => {
  expect(await runProgram('leave it idle')).toEqual(['false']);
});

test('a lock travels as a captured variable and as an argument, and is one lock where it arrives', async () => {
  expect(await runProgram('travel')).toEqual(['<Lock "disk" locked> true', 'true true', 'true false']);
});
