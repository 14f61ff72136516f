import { describe, expect, test } from 'vitest';
import { runScript, type End } from './fixtures/run-script.js';

const run = (kind: string, program: string): Promise<End> => runScript('script.mjs', kind, program);

describe.each(['coroutine', 'thread', 'process'])('a program with a %s pool', (kind) => {
  test('EXE-13 cancels and falls off the end', async () => {
    const { code, out, err } = await run(kind, 'cancel-and-fall-off');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(['', 'printed\n']).toContain(out);
  });

  test('EXE-18 ends without shutdown: the work is done first', async () => {
    expect(await run(kind, 'no-shutdown')).toEqual({ code: 0, out: 'printed\n', err: '' });
  });

  test('EXE-19 cannot submit while it exits', async () => {
    expect(await run(kind, 'submit-at-exit')).toEqual({ code: 0, out: 'ShutdownError\n', err: '' });
  });

  test('EXE-20 shuts down without waiting and ends: the work is done first', async () => {
    expect(await run(kind, 'shutdown-no-wait')).toEqual({ code: 0, out: 'printed\n', err: '' });
  });

  test('EXE-23 drops the executor: the work is done first', async () => {
    const { code, out, err } = await run(kind, 'drop-the-reference');
    expect({ code, out: out.trim().split('\n').sort(), err }).toEqual({ code: 0, out: ['a', 'b', 'c', 'd'], err: '' });
  });

  test('NOD-01 is not kept alive by an idle pool', async () => {
    expect(await run(kind, 'idle')).toEqual({ code: 0, out: 'idle\n', err: '' });
  });

  test('ends with its own uncaught error', async () => {
    const { code, err } = await run(kind, 'uncaught-error');
    expect(code).toBe(1);
    expect(err).toContain('end of the program');
  });

  test('EXE-43 does not hold the arguments and functions of finished tasks', async () => {
    expect(await run(kind, 'release-arguments')).toEqual({ code: 0, out: '0 true\n', err: '' });
  });

  test('NOD-10 F27 grows neither in handles nor in memory over 20 pools', { timeout: 90_000 }, async () => {
    expect(await run(kind, 'rounds')).toEqual({ code: 0, out: '1 flat\n', err: '' });
  });
});

test.each(['thread', 'process'])('EXE-44 a %s does not hold the arguments of its last task', async (kind) => {
  expect(await run(kind, 'release-in-worker')).toEqual({ code: 0, out: '1\n', err: '' });
});
