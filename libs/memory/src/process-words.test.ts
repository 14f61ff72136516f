import { expect, test } from 'vitest';
import { runProgram } from './fixtures/run-program.js';
import { processWords } from './index.js';
import { canMapSegments } from './segment-words.js';

const chosen = `
  try {
    const words = memory.processWords(2);
    words.store(1, 3);
    console.log(words.handle().ground, memory.openWords(words.handle()).load(1));
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

/** As on a machine where it could not be installed. */
const withoutKoffi = `
  import Module from 'node:module';
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (name, ...rest) => {
    if (name === 'koffi') throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    return resolve(name, ...rest);
  };
`;

test('MEM-13 a segment where there can be one', async () => {
  const { out } = await runProgram(chosen, { INTERLEAVE_MEMORY: undefined });
  expect(out).toBe(canMapSegments() ? 'segment 3\n' : 'broker 3\n');
});

test('MEM-13 a broker without koffi, or if the environment says so', async () => {
  const missing = await runProgram(withoutKoffi + chosen, { INTERLEAVE_MEMORY: undefined });
  expect(missing).toEqual({ out: 'broker 3\n', errors: '', end: 0 });
  const told = await runProgram(chosen, { INTERLEAVE_MEMORY: 'broker' });
  expect(told).toEqual({ out: 'broker 3\n', errors: '', end: 0 });
});

test('MEM-13 a segment that cannot be, and a ground that is none', async () => {
  const { out } = await runProgram(withoutKoffi + chosen, { INTERLEAVE_MEMORY: 'segment' });
  expect(out).toMatch(/^NotSupportedError: Cannot share a segment of memory: that needs Linux and the package koffi/);
  expect(() => processWords(1, { ground: 'moon' as never })).toThrow(TypeError);
  const { out: other } = await runProgram(chosen, { INTERLEAVE_MEMORY: 'moon' });
  expect(other).toBe('TypeError: Cannot share words by "moon": the grounds are "segment" and "broker"\n');
});

test("MEM-13 under Node's permission model: what is allowed, or what would have to be", async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const model = major > 22 || (major === 22 && minor >= 13) ? '--permission' : '--experimental-permission';
  const run = (...allowed: string[]): Promise<{ out: string }> =>
    runProgram(chosen, { INTERLEAVE_MEMORY: undefined }, ['--no-warnings', model, '--allow-fs-read=*', ...allowed]);
  expect((await run('--allow-addons')).out).toBe(
    canMapSegments() ? 'segment 3\n' : expect.stringContaining('--allow-'),
  );
  expect((await run('--allow-worker')).out).toBe('broker 3\n');
  expect((await run()).out).toMatch(
    /^NotSupportedError: Cannot share words between processes: .*--allow-addons.*--allow-worker/,
  );
});
