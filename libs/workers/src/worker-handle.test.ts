import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { isRunning } from './fixtures/is-running.js';
import { notes } from './fixtures/notes.js';
import { identity, startProcess, startThread, type WorkerExit, type WorkerHandle, type WorkerKind } from './index.js';

const echo = new URL('./fixtures/echo-entry.mjs', import.meta.url);

interface Rig {
  readonly handle: WorkerHandle;
  readonly ready: Promise<void>;
  readonly exit: Promise<WorkerExit>;
  next(): Promise<unknown>;
}

function rig(kind: WorkerKind, name = 'worker', entry = echo): Rig {
  const messages: unknown[] = [];
  let wake = (): void => {};
  let onReady = (): void => {};
  let onExit = (_exit: WorkerExit): void => {};
  const ready = new Promise<void>((resolve) => (onReady = resolve));
  const exit = new Promise<WorkerExit>((resolve) => (onExit = resolve));
  const start = kind === 'thread' ? startThread : startProcess;
  const onMessage = (message: unknown): void => {
    messages.push(message);
    wake();
  };
  const handle = start({ name, entry, onReady: () => onReady(), onMessage, onExit: (info) => onExit(info) });
  const next = async (): Promise<unknown> => {
    while (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return messages.shift();
  };
  return { handle, ready, exit, next };
}

describe.each<WorkerKind>(['thread', 'process'])('%s', (kind) => {
  test('carries messages both ways and ends when asked', async () => {
    const { handle, ready, exit, next } = rig(kind);
    await ready;
    handle.post(['echo', new Map([['a', 1n]])]);
    expect(await next()).toEqual(['echo', new Map([['a', 1n]])]);
    expect(handle.alive).toBe(true);
    expect(await handle.stop()).toBe('asked');
    expect(await exit).toEqual({ exitCode: 0, signal: null, error: undefined, stopped: true, terminated: false });
    expect(handle.alive).toBe(false);
    expect(await handle.stop()).toBe('asked');
  });

  test('carries bytes as they are when they are posted, among other messages, and with no others beside them', async () => {
    const { handle, next } = rig(kind);
    const bytes = new Uint8Array(1_000_000);
    for (const round of [1, 2, 3, 4]) {
      handle.post(['echo', { round, bytes: bytes.fill(round), text: 'x'.repeat(round * 10_000) }]);
      handle.post(['echo', round]);
    }
    bytes.fill(9);
    for (const round of [1, 2, 3, 4]) {
      const [, found] = (await next()) as [string, { round: number; bytes: Uint8Array<ArrayBuffer>; text: string }];
      expect([found.round, found.text.length, ...new Set(found.bytes)]).toEqual([round, round * 10_000, round]);
      expect([found.bytes.length, found.bytes.buffer.byteLength]).toEqual([1_000_000, 1_000_000]);
      expect(await next()).toEqual(['echo', round]);
    }
    await handle.stop();
  });

  test('keeps messages that are sent before it is ready', async () => {
    const { handle, next } = rig(kind);
    handle.post(['echo', 1]);
    handle.post(['echo', 2]);
    expect(await next()).toEqual(['echo', 1]);
    expect(await next()).toEqual(['echo', 2]);
    await handle.stop();
  });

  test('EXE-21 a worker knows its name and how deep it is nested', async () => {
    const { handle, next } = rig(kind, 'Special_3');
    handle.post(['who']);
    const [, who] = (await next()) as [string, { thread: { name: string }; process: { name: string }; depth: number }];
    expect(kind === 'thread' ? who.thread.name : who.process.name).toBe('Special_3');
    expect(who.depth).toBe(identity().depth + 1);
    await handle.stop();
  });

  test('PRC-18 tells the exit code', async () => {
    const { handle, exit } = rig(kind);
    handle.post(['exit', 8]);
    expect(await exit).toMatchObject({ exitCode: 8, signal: null, stopped: false });
  });

  test('NOD-06 F20 hands over all output before it tells the end', async () => {
    const written: string[] = [];
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      const { handle, exit } = rig(kind);
      handle.post(['print-and-exit', 20_000]);
      expect((await exit).exitCode).toBe(3);
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
    const lines = written.join('').trim().split('\n');
    expect(lines.filter((line) => line.startsWith('line '))).toHaveLength(20_000);
    expect(lines).toContain('last words');
  });

  test('F20 hands over all messages before it tells the end, also while it is written to', async () => {
    const { handle, exit, next } = rig(kind);
    handle.post(['count-and-exit', 5_000]);
    let gone = false;
    void exit.then(() => (gone = true));
    const write = (): void => {
      if (gone) return;
      handle.post(['echo', 'x'.repeat(100_000)]);
      setImmediate(write);
    };
    write();
    expect((await exit).exitCode).toBe(0);
    for (let count = 0; count < 5_000;) {
      const [what, value] = (await next()) as [string, unknown];
      if (what === 'counted') expect(value).toBe(count++);
    }
  });

  test('F11 a busy loop is ended by force, and the result says so', async () => {
    const { handle, exit, next } = rig(kind);
    handle.post(['loop']);
    await next();
    expect(await handle.stop({ grace: 50 })).not.toBe('asked');
    expect((await exit).stopped).toBe(true);
  });

  test('F11 a timer that never ends does not keep it', async () => {
    const { handle, next } = rig(kind);
    handle.post(['ignore-stop']);
    await next();
    expect(await handle.stop({ grace: 50 })).not.toBe('asked');
  });

  test('PRC-07 one that is ended while its entry loads has come to no end of its own', async () => {
    const paper = notes();
    const { handle, exit } = rig(kind, paper.file, new URL('./fixtures/endless-entry.mjs', import.meta.url));
    await vi.waitFor(() => expect(paper.read()).toEqual(['loading']), { timeout: 8_000, interval: 2 });
    expect(await handle.stop({ from: 'terminated', grace: Infinity })).toBe('terminated');
    expect(await exit).toMatchObject({ stopped: true, terminated: true });
    paper.close();
  });

  test('a harder step may follow a softer one at any time', async () => {
    const { handle, next } = rig(kind);
    handle.post(['loop']);
    await next();
    const asked = handle.stop({ grace: 60_000 });
    expect(await handle.stop({ from: 'killed' })).toBe('killed');
    expect(await asked).toBe('killed');
  });

  test('F19 NOD-08 posting to a dead worker does nothing', async () => {
    const { handle, exit } = rig(kind);
    handle.post(['exit', 0]);
    for (let at = 0; at < 1_000; at++) handle.post(['echo', at]);
    await exit;
    handle.post(['echo', 'late']);
  });

  test('a message that cannot be cloned is refused at once', async () => {
    const { handle } = rig(kind);
    expect(() => handle.post(['echo', () => {}])).toThrow(/could not be cloned/);
    await handle.stop();
  });
});

test('an uncaught error of a thread is told with its exit', async () => {
  const { handle, exit } = rig('thread');
  handle.post(['throw', 'oh']);
  const { error, exitCode } = await exit;
  expect(exitCode).toBe(1);
  expect(error).toBeInstanceOf(RangeError);
});

test('EXE-31 a native crash of a process is told with its signal', async () => {
  const { handle, exit } = rig('process');
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  handle.post(['abort']);
  expect(await exit).toMatchObject({ exitCode: null, signal: 'SIGABRT' });
  err.mockRestore();
});

test('F11 a process that is deaf to SIGTERM is killed', async () => {
  const { handle, exit, next } = rig('process');
  handle.post(['signal-deaf']);
  await next();
  expect(await handle.stop({ grace: 50 })).toBe('killed');
  expect(await exit).toMatchObject({ signal: 'SIGKILL', stopped: true });
});

describe.each(['on', 'off'])('with the guardian %s', (guardian) => {
  test.each(['echo', 'loop'])('F17 PRC-06 no process outlives a parent that was killed (%s)', async (activity) => {
    const { parent, pid } = await startAndWait(activity, guardian);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 2_000, interval: 20 });
  });
});

test('F17 a guardian that is killed gets a successor', async () => {
  const { parent, pid } = await startAndWait('loop', 'on');
  const [guardian] = guardiansOf(parent.pid);
  process.kill(guardian as number, 'SIGKILL');
  await vi.waitFor(() => expect(guardiansOf(parent.pid)).not.toEqual([guardian]), 5_000);
  await vi.waitFor(() => expect(guardiansOf(parent.pid)).toHaveLength(1), 5_000);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 2_000, interval: 20 });
});

test('PRC-14 one guardian for all processes, and none without', async () => {
  const first = rig('process');
  const second = rig('process');
  expect(guardiansOf(process.pid)).toHaveLength(1);
  await first.handle.stop();
  expect(guardiansOf(process.pid)).toHaveLength(1);
  await second.handle.stop();
  await vi.waitFor(() => expect(guardiansOf(process.pid)).toEqual([]), 5_000);
});

/** A program that started a process, which does something; with the number of that process. */
async function startAndWait(
  activity: string,
  guardian: string,
): Promise<{ readonly parent: ChildProcess; readonly pid: number }> {
  const file = fileURLToPath(new URL('./fixtures/start-and-wait.mjs', import.meta.url));
  const env = { ...process.env, INTERLEAVE_GUARDIAN: guardian };
  const parent = spawn(process.execPath, [file, activity], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
  return { parent, pid };
}

/** The numbers of the guardians that a process has now. */
function guardiansOf(pid = 0): number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}/children`);
  const children = threads.flatMap((file) => readFileSync(file, 'utf8').split(' ').filter(Boolean));
  // Of one that has ended, and is still listed, the command line is empty.
  return children.filter((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').startsWith('/bin/sh')).map(Number);
}

test('NOD-01 idle workers do not keep the process alive', async () => {
  const file = fileURLToPath(new URL('./fixtures/idle-worker.mjs', import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: 'inherit' });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});
