import { describe, expect, test } from 'vitest';
import { runScript, type End } from './fixtures/run-script.js';

describe.each(['thread', 'process'])('a program with a pool (%s)', (kind) => {
  const run = (program: string): Promise<End> => runScript('pool-script.mjs', kind, program);

  test('POOL-22 NOD-01 keeps it in a global and ends', async () => {
    expect(await run('just-ends')).toEqual({ code: 0, out: '', err: '' });
    expect(await run('ends-after-work')).toEqual({ code: 0, out: '[ 1, 4, 9 ]\n', err: '' });
  });

  test('POOL-22 ends with work that is unfinished: it is done first', async () => {
    expect(await run('ends-with-work')).toEqual({ code: 0, out: 'printed\n', err: '' });
    expect(await run('closes-and-ends')).toEqual({ code: 0, out: 'printed\n', err: '' });
  });

  test('POOL-24 does not hold what it was given and what it gave', async () => {
    expect(await run('release')).toEqual({ code: 0, out: '0 true\n', err: '' });
  });

  test('POOL-25 drops a running pool: one warning', async () => {
    const { code, out, err } = await run('unclosed');
    expect({ code, out }).toEqual({ code: 0, out: '1 true\n' });
    expect(err.match(/unclosed running pool/g)).toHaveLength(1);
  });

  test('POOL-25 a pool whose iteration goes on is in use', async () => {
    expect(await run('iterated-only')).toMatchObject({ code: 0, out: '10 0\n' });
  });

  test('NOD-10 F27 grows neither in handles nor in memory over 20 pools', { timeout: 90_000 }, async () => {
    expect(await run('rounds')).toEqual({ code: 0, out: '1 flat\n', err: '' });
  });
});
