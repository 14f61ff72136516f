/**
 * What a `Thread` and a `Process` both do. A test file calls {@link childContract} with its class.
 *
 * What a target uses of this lib is imported by the package's name: on the other side, it must be what runs there.
 */
import { CancelledError, ClosedError, InvalidStateError, SerializationError, TIMEOUT_MAX } from '@interleave/core';
import { moduleTask, task, type TaskLike } from '@interleave/transfer';
import { activeChildren as activeThere, currentProcess, currentThread, exit, parentProcess } from '@interleave/workers';
import fs from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, expect, vi } from 'vitest';
import { activeChildren } from './active-children.js';
import type { ChildOptions } from './child.js';
import { noop, noteAndStay, noteArgs, raiseError, sleepForever } from './fixtures/targets.js';
import { childRig } from './fixtures/child-rig.js';
import { note } from './fixtures/notes.js';
import type { Process } from './process.js';
import type { Thread } from './thread.js';

/** What a test file tells about its class. */
export interface ChildSubject {
  readonly kind: 'thread' | 'process';
  make<A extends unknown[]>(options?: ChildOptions<A>): Thread | Process;
}

/** Registers the tests. */
export function childContract({ kind, make }: ChildSubject): void {
  const { it, paper, started, until } = childRig(make);

  afterAll(() => expect(activeChildren()).toEqual([]));

  it('PRC-01 before the start there is nothing but what it was made from', async () => {
    const child = make({ target: noop, args: [], name: 'early' });
    expect(child.isAlive()).toBe(false);
    expect(child.exitCode).toBeUndefined();
    expect(child.pid).toBeUndefined();
    expect(activeChildren()).not.toContain(child);
    expect([child.name, child.daemon, child.args]).toEqual(['early', false, []]);
    expect(make({ target: noteArgs, args: ['f', 1] }).args).toEqual(['f', 1]);
    expect(String(child)).toMatch(/^(Thread|Process) "early" \(new\)$/);
    expect(inspect(child)).toBe(String(child));
  });

  it('PRC-02 from the start to the end', async () => {
    const name = 'worker bee';
    const target = (file: string, one: number): void => {
      note(file, [one, (kind === 'thread' ? currentThread() : currentProcess()).name, process.pid]);
    };
    const child = started({ target, args: [paper.file, 1], name });
    expect(child.isAlive()).toBe(true);
    expect(activeChildren()).toContain(child);
    expect(child.exitCode).toBeUndefined();
    const { pid } = child;
    expect(await child.join()).toBe(true);
    expect(child.exitCode).toBe(0);
    expect(child.isAlive()).toBe(false);
    expect(activeChildren()).not.toContain(child);
    expect(paper.read()).toEqual([[1, name, pid]]);
    expect(pid === process.pid).toBe(kind === 'thread');
    expect(String(child)).toMatch(/\((thread|pid) \d+, ended with 0\)$/);
  });

  it('PRC-02 names are given like those of Python', async () => {
    const names = [make(), make(), make({ target: noop })].map((child) => child.name);
    const numbers = names.map((name) => Number(/-(\d+)/.exec(name)?.[1]));
    const [first = 0] = numbers;
    expect(numbers).toEqual([first, first + 1, first + 2]);
    const word = kind === 'thread' ? 'Thread' : 'Process';
    expect(names).toEqual([
      `${word}-${first}`,
      `${word}-${first + 1}`,
      kind === 'thread' ? `Thread-${first + 2} (noop)` : `Process-${first + 2}`,
    ]);
  });

  it('PRC-02 every kind of target runs', async () => {
    const { file } = paper;
    const append = fs.appendFileSync;
    const targets: TaskLike<[string, string]>[] = [
      async (where: string) => note(where, 'async'),
      task({ append }, (where: string) => append(where, '"task"\n')),
      moduleTask<typeof fs, 'appendFileSync'>('node:fs', 'appendFileSync'),
    ];
    for (const target of targets) await started({ target, args: [file, '"module"\n'] }).join();
    expect(paper.read()).toEqual(['async', 'task', 'module']);
  });

  it('PRC-03 arguments arrive as they are', async () => {
    await started({ target: noteArgs, args: [paper.file, 1, 'str', [1]] }).join();
    expect(paper.read()).toEqual([[1, 'str', [1]]]);
    expect(() => make({ target: noop, args: 5 as never })).toThrow(TypeError);
    expect(() => make({ target: noop, args: 'text' as never })).toThrow(TypeError);
  });

  it('PRC-03 what it is made from is checked', async () => {
    expect(() => make({ target: 5 as never })).toThrow(/its target is 5; pass a function/);
    expect(() => make({ name: 5 as never })).toThrow(TypeError);
    expect(() => make({ daemon: 'yes' as never })).toThrow(TypeError);
  });

  it('PRC-04 daemon is what its maker is, or what it is told to be', async () => {
    expect(make().daemon).toBe(false);
    expect(make({ daemon: true }).daemon).toBe(true);
    const child = make({ target: sleepForever });
    child.daemon = true;
    expect(child.daemon).toBe(true);
    child.start();
    expect(() => (child.daemon = false)).toThrow(InvalidStateError);
    expect(child.daemon).toBe(true);
    await child.kill();
  });

  it('PRC-05 the child sees its parent', async () => {
    expect(parentProcess()).toBeUndefined();
    const target = (file: string): void => {
      const parent = parentProcess();
      note(file, [parent?.pid, parent?.name, parent?.isAlive()]);
    };
    await started({ target, args: [paper.file] }).join();
    expect(paper.read()).toEqual([[process.pid, 'MainProcess', true]]);
  });

  it('PRC-08 join with a timeout gives up, and the child lives on', async () => {
    const child = started({ target: noteAndStay, args: [paper.file] });
    const begin = performance.now();
    expect(await child.join({ timeout: 50 })).toBe(false);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(50);
    expect(await child.join({ timeout: 0 })).toBe(false);
    expect(await child.join({ timeout: -1 })).toBe(false);
    expect(child.isAlive()).toBe(true);
    const controller = new AbortController();
    const aborted = child.join({ signal: controller.signal });
    controller.abort('enough');
    await expect(aborted).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
    await expect(child.join({ signal: controller.signal })).rejects.toThrow(CancelledError);
    await expect(child.join({ timeout: NaN })).rejects.toThrow(RangeError);
    await expect(child.join({ timeout: TIMEOUT_MAX * 2 })).rejects.toThrow(RangeError);
    await expect(child.join({ timeout: '5' as never })).rejects.toThrow(TypeError);
    await expect(child.terminate({ grace: NaN })).rejects.toThrow(RangeError);
    await expect(child.terminate({ grace: '5' as never })).rejects.toThrow(TypeError);
    expect(child.isAlive()).toBe(true);
    const long = child.join({ timeout: TIMEOUT_MAX });
    await child.kill();
    expect(await long).toBe(true);
    expect(await child.join({ timeout: 0 })).toBe(true);
  });

  it('PRC-11 the sentinel is ready when the child has ended, and stays so', async () => {
    const child = make({ target: sleepForever });
    expect(() => child.sentinel).toThrow(InvalidStateError);
    child.start();
    const ready = async (): Promise<boolean> =>
      Promise.race([child.sentinel.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
    expect(await ready()).toBe(false);
    await child.kill();
    expect(await ready()).toBe(true);
    expect(await ready()).toBe(true);
    expect(child.isAlive()).toBe(false);
  });

  it('PRC-12 close lets go of a child that has ended', async () => {
    const child = started({ target: sleepForever });
    expect(() => child.close()).toThrow(InvalidStateError);
    await child.kill();
    child.close();
    child.close();
    expect(() => child.isAlive()).toThrow(ClosedError);
    expect(() => child.pid).toThrow(ClosedError);
    expect(() => child.exitCode).toThrow(ClosedError);
    expect(() => child.sentinel).toThrow(ClosedError);
    expect(() => child.start()).toThrow(ClosedError);
    await expect(child.join()).rejects.toThrow(ClosedError);
    await expect(child.terminate()).rejects.toThrow(ClosedError);
    await expect(child.kill()).rejects.toThrow(ClosedError);
    expect(String(child)).toContain('(closed)');
    const unused = make({ target: noop });
    unused.close();
    expect(() => unused.start()).toThrow(ClosedError);
  });

  it('PRC-12 disposing waits for the end, and terminates a daemon', async () => {
    const child = started({ target: noteArgs, args: [paper.file, 'done'] });
    await child[Symbol.asyncDispose]();
    expect(paper.read()).toEqual([['done']]);
    const daemon = started({ target: sleepForever, daemon: true });
    await daemon[Symbol.asyncDispose]();
    expect(() => daemon.isAlive()).toThrow(ClosedError);
    await daemon[Symbol.asyncDispose]();
    await make()[Symbol.asyncDispose]();
  });

  it('PRC-13 after the start the object no longer holds the target and the arguments', async () => {
    const begin = (): [Thread | Process, WeakRef<object>[]] => {
      const target = (): Promise<void> => new Promise(() => {});
      const argument = { big: [1, 2, 3] };
      const child = make({ target, args: [argument] as never });
      child.start();
      return [child, [new WeakRef(target), new WeakRef(argument)]];
    };
    const [child, references] = begin();
    expect(child.args).toEqual([]);
    await until(() => {
      globalThis.gc?.();
      return references.every((reference) => reference.deref() === undefined);
    });
    await child.kill();
  });

  it('PRC-16 what cannot travel is refused by start(), with its path', async () => {
    const deep = { socket: Promise.resolve() };
    const captured = make({ target: () => deep });
    expect(() => captured.start()).toThrow(SerializationError);
    expect(() => captured.start()).toThrow(expect.objectContaining({ path: expect.stringContaining('deep/socket') }));
    const argument = make({ target: noteArgs, args: ['f', deep] });
    expect(() => argument.start()).toThrow(expect.objectContaining({ path: 'args[1]/socket' }));
    expect(argument.isAlive()).toBe(false);
    expect(activeChildren()).toEqual([]);
    const other = make();
    const holder = make({ target: () => other.name });
    expect(() => holder.start()).toThrow(/stays with the one who made it/);
  });

  it('PRC-17 NOD-06 an uncaught error gives exit code 1, and its full stack', async () => {
    const written: string[] = [];
    const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const inside = (): never => {
      throw new TypeError('outer', { cause: new Error('inner') });
    };
    const rejects = async (): Promise<never> => Promise.reject(new RangeError('rejected'));
    const stray = (): void => void setTimeout(() => raiseError('stray'), 1);
    const codes: unknown[] = [];
    const unloadable = moduleTask('/no/such/module.js', 'nothing' as never);
    try {
      for (const target of [inside, rejects, stray, unloadable]) {
        const child = started({ target, name: 'unlucky' });
        await child.join();
        codes.push(child.exitCode);
      }
    } finally {
      err.mockRestore();
    }
    expect(codes).toEqual([1, 1, 1, 1]);
    const text = written.join('');
    expect(text).toMatch(/Uncaught error in unlucky: TypeError: outer\n +at inside .*child\.contract\.ts:\d+:\d+/);
    expect(text).toMatch(/\[cause\]: Error: inner\n +at inside .*child\.contract\.ts/);
    expect(text).toMatch(/RangeError: rejected\n/);
    expect(text).toMatch(/RangeError: stray\n +at raiseError .*targets\.ts/);
    expect(text).toContain('/no/such/module.js');
    expect(text).not.toContain('workers/dist');
  });

  it('PRC-18 exit statuses', async () => {
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const cases: [() => unknown, number][] = [
      [() => process.exit(8), 8],
      [() => process.exit(300), 44],
      [() => process.exit(-1), 255],
      [() => void (process.exitCode = 7), 7],
      [() => exit(), 0],
      [() => exit(8), 8],
      [() => exit(300), 44],
      [() => exit(-1), 255],
      [() => exit('no more tea'), 1],
      [() => Promise.reject(new Error('no')), 1],
    ] as never;
    const children = cases.map(([target]) => started({ target }));
    await Promise.all(children.map((child) => child.join()));
    expect(err.mock.calls.join('')).toContain('no more tea\n');
    err.mockRestore();
    expect(children.map((child) => child.exitCode)).toEqual(cases.map(([, code]) => code));
  });

  it('PRC-19 start twice, join before the start', async () => {
    const child = make({ target: noop });
    await expect(child.join()).rejects.toThrow(InvalidStateError);
    await expect(child.terminate()).rejects.toThrow(InvalidStateError);
    await expect(child.kill()).rejects.toThrow(InvalidStateError);
    child.start();
    expect(() => child.start()).toThrow(InvalidStateError);
    await child.join();
    expect(() => child.start()).toThrow(InvalidStateError);
    expect(child.exitCode).toBe(0);
  });

  it('PRC-22 handlers of exit run at its normal end, after everything that it had to do', async () => {
    const target = (file: string): void => {
      process.on('exit', (code) => note(file, ['exit', code]));
      setTimeout(() => note(file, 'timer'), 5);
      note(file, 'target');
    };
    await started({ target, args: [paper.file] }).join();
    expect(paper.read()).toEqual(['target', 'timer', ['exit', 0]]);
  });

  it('the listeners that a target has are its own', async () => {
    const target = (file: string): void => {
      process.on('uncaughtException', (error) => note(file, error.message));
      setTimeout(() => raiseError('mine'), 1);
    };
    const child = started({ target, args: [paper.file] });
    await child.join();
    expect([child.exitCode, paper.read()]).toEqual([0, ['mine']]);
  });

  it('a child has children of its own', async () => {
    const target = (file: string): void => note(file, activeThere().length);
    const child = started({ target, args: [paper.file] });
    await child.join();
    expect(paper.read()).toEqual([0]);
  });
}
