import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

interface Program {
  readonly child: ChildProcess;
  readonly workers: readonly number[];
  readonly lines: string[];
  readonly errors: () => string;
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
}

const script = fileURLToPath(new URL('./fixtures/signal-script.mjs', import.meta.url));

/** Starts the program in a process group of its own, and waits until it has workers. */
async function start(...args: string[]): Promise<Program> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let err = '';
  child.stderr.on('data', (text) => (err += String(text)));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), { timeout: 8_000, interval: 2 });
  const workers = (JSON.parse(lines.shift() as string) as number[]).filter((pid) => pid !== child.pid);
  return { child, workers, lines, errors: () => err, ended };
}

/** To the whole group, as a terminal does it, or to the program alone. */
function send({ child }: Program, signal: NodeJS.Signals, group: boolean): void {
  process.kill(group ? -(child.pid as number) : (child.pid as number), signal);
}

/** Not counting a zombie: it has ended, whoever has to take note of that. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe.each(['thread', 'process'])('F18 a program with a %s pool', (kind) => {
  test.each([
    ['run', 'SIGINT', true],
    ['run', 'SIGINT', false],
    ['run', 'SIGTERM', false],
    ['submit', 'SIGINT', true],
    ['shutdown', 'SIGINT', true],
  ] as const)(
    'in the state "%s" dies of %s (to its group: %s), workers and all, without a word',
    async (state, signal, group) => {
      const program = await start(kind, state);
      send(program, signal, group);
      expect(await program.ended).toEqual([null, signal]);
      await vi.waitFor(() => expect(program.workers.filter(isThere)).toEqual([]), { timeout: 2_000, interval: 5 });
      expect(program.errors()).toBe('');
    },
  );

  test('dies of a second one that comes at once', async () => {
    const program = await start(kind, 'run');
    send(program, 'SIGINT', true);
    if (isThere(program.child.pid as number)) send(program, 'SIGINT', false);
    expect(await program.ended).toEqual([null, 'SIGINT']);
    await vi.waitFor(() => expect(program.workers.filter(isThere)).toEqual([]), { timeout: 2_000, interval: 5 });
    expect(program.errors()).toBe('');
  });

  test('may answer the first by finishing its work, and the second by killing it', async () => {
    const program = await start(kind, 'run', 'graceful');
    send(program, 'SIGINT', true);
    await vi.waitFor(() => expect(program.lines).toEqual(['first']), { timeout: 4_000, interval: 2 });
    // The workers do not hear what the group hears.
    expect(program.workers.every(isThere)).toBe(true);
    send(program, 'SIGINT', true);
    expect(await program.ended).toEqual([0, null]);
    expect(program.lines.sort()).toEqual(['finished', 'first', 'killed', 'second']);
    expect(program.workers.filter(isThere)).toEqual([]);
    expect(program.errors()).toBe('');
  });
});
