import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { CheckFailedError } from './check-failed-error.js';
import { expectNothingLeft } from './expect-nothing-left.js';

async function left(body: () => unknown): Promise<string> {
  try {
    await expectNothingLeft(body, { timeout: 60 });
  } catch (error) {
    if (error instanceof CheckFailedError) return error.message;
    throw error;
  }
  return 'nothing';
}

test('a body that cleans up passes, and its value comes back', async () => {
  const value = await expectNothingLeft(async () => {
    clearTimeout(setTimeout(() => {}, 60_000));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
    const worker = new Worker('', { eval: true });
    await new Promise((resolve) => worker.once('exit', resolve));
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('exit', resolve));
    const listener = (): void => {};
    process.on('SIGUSR2', listener);
    process.off('SIGUSR2', listener);
    return 42;
  });
  expect(value).toBe(42);
});

test('what goes away a little later passes', async () => {
  await expectNothingLeft(() => {
    setTimeout(() => {}, 20);
    setTimeout(() => {}, 20).unref();
  });
});

test('the error of the body comes out', async () => {
  const error = new Error('no');
  await expect(expectNothingLeft(() => Promise.reject(error))).rejects.toBe(error);
});

test('a timer is found, also one that was unrefed, with the place where it was made', async () => {
  let timer: NodeJS.Timeout | undefined;
  const message = await left(() => {
    timer = setInterval(() => {}, 60_000).unref();
  });
  clearInterval(timer);
  expect(message).toMatch(/nothing is left over\n {2}timer made at .*expect-nothing-left.test.ts:\d+/);
});

test('a server is found', async () => {
  const server = createServer();
  const message = await left(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  await new Promise((resolve) => server.close(resolve));
  expect(message).toContain('TCP server');
});

test('a thread is found, also one that was unrefed', async () => {
  let worker: Worker | undefined;
  const message = await left(() => {
    worker = new Worker('setInterval(() => {}, 60_000)', { eval: true });
    worker.unref();
  });
  await worker?.terminate();
  expect(message).toContain('thread made');
});

test('a child process is found', async () => {
  const children: ReturnType<typeof spawn>[] = [];
  const message = await left(() => {
    children.push(spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' }));
  });
  for (const child of children) {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  expect(message).toContain('child process');
});

test('a listener of the process is found', async () => {
  const listener = (): void => {};
  const message = await left(() => {
    process.on('SIGUSR2', listener);
  });
  process.off('SIGUSR2', listener);
  expect(message).toContain('1 listener of process for SIGUSR2');
});
