import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { gone } from './fixtures/gone.js';
import { endProcessTree, processTree, stillRunning } from './process-tree.js';

/** A parent in its own group, and a child of it in another group; both ignore SIGTERM if told to. */
async function family(stubborn: boolean): Promise<{ parent: ChildProcess; pid: number; child: number }> {
  const deaf = stubborn ? "process.on('SIGTERM', () => {});" : '';
  const child = `${deaf} process.stdout.write(String(process.pid)); setInterval(() => {}, 1e6);`;
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `${deaf} require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { detached: true, stdio: 'inherit' });`,
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [text] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { parent, pid: parent.pid as number, child: Number(String(text)) };
}

test.each([
  ['at the first word', false, 5000],
  ['by force', true, 50],
])('a program and its child in another group end %s', async (_how, stubborn, grace) => {
  const { parent, pid, child } = await family(stubborn);
  const exited = once(parent, 'exit');
  const tree = await processTree((process) => process.pid === pid);
  expect(tree.map((process) => process.pid)).toEqual([pid, child]);
  await endProcessTree(pid, { grace });
  await exited;
  await Promise.all([gone(pid), gone(child)]);
});

test('a number that was given to somebody else is not the same process', async () => {
  const [self] = await processTree((process) => process.command.includes('vitest'));
  expect(self).toBeDefined();
  if (self === undefined) return;
  expect(await stillRunning([self])).toEqual([self]);
  expect(await stillRunning([{ ...self, started: 'earlier' }])).toEqual([]);
});

test('ending what has ended, or was never started, is no error', async () => {
  await endProcessTree(undefined, { grace: 0 });
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await endProcessTree(child.pid, { grace: 0 });
});
