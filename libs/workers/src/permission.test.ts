import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** The permission model, under the name that this Node gives it. */
const model = major > 22 || (major === 22 && minor >= 13) ? '--permission' : '--experimental-permission';

/** What a program prints that starts a child under the permission model. */
async function run(allowed: readonly string[], args: readonly string[], guardian = 'on'): Promise<string> {
  const file = fileURLToPath(new URL('./fixtures/permission.mjs', import.meta.url));
  const flags = ['--no-warnings', model, '--allow-fs-read=*', ...allowed];
  const env = { ...process.env, INTERLEAVE_GUARDIAN: guardian };
  const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  child.stdout.on('data', (piece) => (text += String(piece)));
  child.stderr.on('data', (piece) => (text += String(piece)));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

describe("under Node's permission model", () => {
  test.each([
    ['thread', '--allow-worker', 'threads'],
    ['process', '--allow-child-process', 'processes'],
  ])('a %s needs %s, and start() says so', async (kind, flag, many) => {
    expect(await run([flag], [kind])).toBe('child 8\nexit code 0\n');
    expect(await run([], [kind])).toMatch(
      new RegExp(
        `^ERR_START Cannot start .*-1.*: the permission model of Node does not allow ${many} here; start the program with ${flag}\n$`,
      ),
    );
  });

  test('a process that has to watch for itself needs a thread, too', async () => {
    const both = ['--allow-child-process', '--allow-worker'];
    expect(await run(both, ['process'], 'off')).toBe('child 8\nexit code 0\n');
    expect(await run(['--allow-child-process'], ['process'], 'off')).toMatch(
      /^ERR_START Cannot start Process-1: no shell guards .* start the program with --allow-worker as well\n$/,
    );
  });

  test('a function that captures something is refused, with what to do', async () => {
    const text = await run(['--allow-worker'], ['thread', 'capture']);
    expect(text).toMatch(/^ERR_SERIALIZATION .*, because the permission model of Node does not allow it; name what/);
    expect(text).toContain('task({ ... }, fn)');
  });
});
