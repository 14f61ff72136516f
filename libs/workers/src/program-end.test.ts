/** How programs with children end, and what of them is left then. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isRunning } from './fixtures/is-running.js';

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string[];
  readonly err: string;
}

interface Running {
  readonly process: ChildProcess;
  readonly said: (line: string) => Promise<unknown>;
  readonly end: Promise<End>;
}

const file = fileURLToPath(new URL('./fixtures/program.mjs', import.meta.url));

function start(args: string[], flags: string[] = []): Running {
  // A group of its own, as a terminal gives it.
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  const end = new Promise<End>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, out: out.trim().split('\n'), err })),
  );
  const said = (line: string): Promise<unknown> =>
    vi.waitFor(() => expect(out).toContain(line), { timeout: 8_000, interval: 5 });
  return { process: child, said, end };
}

const run = (args: string[], flags: string[] = []): Promise<End> => start(args, flags).end;

let folder: string;
let pids: string;
const written = (): number[] =>
  existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];
const gone = (): Promise<unknown> =>
  vi.waitFor(() => expect(written().filter(isRunning)).toEqual([]), { timeout: 2_000, interval: 10 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-program-'));
  pids = join(folder, 'pids');
});
afterEach(() => {
  for (const pid of written()) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['thread', 'process'])('a program with a %s', (kind) => {
  test('PRC-04 waits for its child before it ends', async () => {
    expect(await run([kind, 'fall-off'])).toMatchObject({
      code: 0,
      out: ['begin fall-off', 'parent done', 'child done'],
      err: '',
    });
  });

  test('PRC-04 F17 does not wait for a daemon, and takes it along', async () => {
    const { code, out, err } = await run([kind, 'fall-off-daemon', pids]);
    expect({ code, out, err }).toEqual({ code: 0, out: ['begin fall-off-daemon', 'child done'], err: '' });
    await gone();
  });

  test('PRC-04 is kept alive by a daemon that somebody joins', async () => {
    const { out } = await run([kind, 'join-daemon']);
    expect(out.slice(1)).toEqual(['daemon done', 'joined 0']);
  });

  test('PRC-21 F21 needs no main guard', async () => {
    expect(await run([kind, 'top-level'])).toMatchObject({ code: 0, out: ['begin top-level', 'target'], err: '' });
  });

  test('PRC-15 may have closed its stdout and stderr', async () => {
    expect(await run([kind, 'parent-closed'])).toMatchObject({ code: 40, err: '' });
  });

  test('PRC-15 may have a child that closes its stdout and stderr', async () => {
    const { code, out, err } = await run([kind, 'child-closed']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(1)).toEqual(['last wordsexit code 0']);
  });

  test('PRC-20 handles signals while it joins', async () => {
    expect((await run([kind, 'signals'])).out).toEqual(['begin signals', 'true 0 true']);
  });

  test('PRC-23 hands its flags to children and grandchildren, but not what belongs to itself', async () => {
    const preload = `data:text/javascript,${encodeURIComponent("console.log('loaded')")}`;
    const { out, err } = await run([kind, 'flags'], ['--expose-gc', '--no-deprecation', '--import', preload]);
    expect(err).toBe('');
    expect(out).toEqual(['loaded', 'begin flags', ...new Array<string>(3).fill('function --no-deprecation')]);
  });

  test('PRC-05 tells its child who it is', async () => {
    expect((await run([kind, 'parent'])).out[1]).toMatch(/^ParentProcess "MainProcess" \(pid \d+, running\)$/);
  });

  test('ends at once when it is told to', async () => {
    expect(await run([kind, 'exit-at-once'])).toMatchObject({ code: 3, out: ['begin exit-at-once'], err: '' });
  });
});

test.each(['idle', 'timer', 'loop', 'reading'])(
  'F17 PRC-06 children and grandchildren (%s) do not outlive a program that is killed',
  async (activity) => {
    const program = start(['process', 'tree', pids, activity, 'stay']);
    await program.said('ready');
    expect(written()).toHaveLength(2);
    program.process.kill('SIGKILL');
    await gone();
    await program.end;
  },
);

test.each([
  ['exit', 7],
  ['throw', 1],
])('F17 children and grandchildren do not outlive a program that ends by %s', async (how, code) => {
  const { code: seen, err } = await run(['process', 'tree', pids, 'loop', how]);
  expect(seen).toBe(code);
  expect(err.includes('end of the program')).toBe(how === 'throw');
  await gone();
});

describe.each([
  ['the program', (child: ChildProcess) => child.pid as number],
  ['its whole group, as Ctrl-C does', (child: ChildProcess) => -(child.pid as number)],
])('a signal to %s', (_who, target) => {
  test('F18 SIGINT ends it within a second, without a word, and its children with it', async () => {
    const program = start(['process', 'tree', pids, 'timer', 'stay']);
    await program.said('ready');
    process.kill(target(program.process), 'SIGINT');
    expect(await program.end).toMatchObject({ code: null, signal: 'SIGINT', err: '' });
    await gone();
  });

  test('F18 SIGINT is its own to answer', async () => {
    const program = start(['process', 'tree', pids, 'timer', 'handle']);
    await program.said('ready');
    process.kill(target(program.process), 'SIGINT');
    expect(await program.end).toMatchObject({ code: 5, signal: null, err: '' });
    await gone();
  });

  test('F18 SIGTERM ends it and its children', async () => {
    const program = start(['process', 'tree', pids, 'idle', 'stay']);
    await program.said('ready');
    process.kill(target(program.process), 'SIGTERM');
    expect(await program.end).toMatchObject({ code: null, signal: 'SIGTERM', err: '' });
    await gone();
  });
});

test('F18 children do not hear an interrupt', async () => {
  const program = start(['process', 'tree', pids, 'timer', 'stay']);
  await program.said('ready');
  const children = written();
  for (const pid of children) process.kill(pid, 'SIGINT');
  process.kill(program.process.pid as number, 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(children.map(isRunning)).toEqual([true, true]);
  program.process.kill('SIGKILL');
  await gone();
});
