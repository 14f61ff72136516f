import { expect, test } from 'vitest';
import { gone } from './fixtures/gone.js';
import { runCommand } from './run-command.js';

const node = (code: string, options = {}): ReturnType<typeof runCommand> =>
  runCommand(process.execPath, ['-e', code], options);

test('gives both streams, whole lines and the exit code', async () => {
  const lines: string[] = [];
  const code = "process.stdout.write('a\\nü'); process.stdout.write('b\\n'); console.error('c'); process.exitCode = 3";
  const result = await node(code, { onLine: (line: string) => lines.push(line) });
  expect(result).toMatchObject({ started: true, code: 3, stdout: 'a\nüb\n' });
  expect(lines.sort()).toEqual(['a', 'c', 'üb']);
});

test('a program that is not there is a result, not an exception', async () => {
  expect(await runCommand('no-such-program-anywhere', [])).toMatchObject({ started: false, code: undefined });
});

test('an abort ends the program and what it started', async () => {
  const stop = new AbortController();
  let child = 0;
  const result = await node(
    `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' });
     console.log(c.pid); setInterval(() => {}, 1e6);`,
    {
      signal: stop.signal,
      onLine: (line: string) => {
        child = Number(line);
        stop.abort();
      },
    },
  );
  expect(result.code).toBeUndefined();
  await gone(child);
});

test('a timeout ends the program; an abort beforehand does not start it', async () => {
  expect((await node('setInterval(() => {}, 1e6)', { timeout: 1 })).code).toBeUndefined();
  expect(await node('', { signal: AbortSignal.abort() })).toMatchObject({ started: false });
});
