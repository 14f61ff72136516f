/**
 * Subclasses, children of children, and what storages hold. The classes are those of the compiled package: they go along, and on the other side
 * they must be what runs there.
 */
import { SerializationError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { carryContext } from '@interleave/transfer';
import {
  Process,
  Thread,
  activeChildren,
  currentProcess,
  currentThread,
  holdProcess,
  type ChildOptions,
  type WorkerKind,
} from '@interleave/workers';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { note, notes, type Notes } from './fixtures/notes.js';

/** Registers the tests. */
export function childFamilyContract(kind: WorkerKind): void {
  const Base = kind === 'thread' ? Thread : Process;
  let paper: Notes;
  /** A test that leaves nothing behind. */
  const it = (name: string, body: () => Promise<void>): void => test(name, () => expectNothingLeft(body));

  beforeAll(async () => {
    holdProcess()();
    const child = new Base({ target: () => void paper });
    child.start();
    await child.join();
  });
  beforeEach(() => {
    paper = notes();
  });
  afterEach(async () => {
    await Promise.all(activeChildren().map((child) => child.kill()));
    paper.close();
  });

  class Recorder extends Base {
    readonly file: string;
    readonly items = new Map([['tea', 2n]]);
    readonly again = this.describe.bind(this);
    readonly self = this;
    rounds = 0;

    constructor(file: string, options?: ChildOptions) {
      super(options);
      this.file = file;
    }
    describe(): unknown[] {
      return [this.name, [...this.items].join(), this.self === this, this.isAlive(), this.pid, this.daemon, this.args];
    }
    override async run(): Promise<void> {
      this.rounds += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      note(this.file, [this instanceof Base, ...this.again()]);
      await super.run();
    }
  }

  it('PRC-16 a subclass runs there with its fields, and what changes there stays there', async () => {
    const child = new Recorder(paper.file, { name: 'recorder' });
    child.start();
    const { pid } = child;
    await child.join();
    expect(child.exitCode).toBe(0);
    expect(paper.read()).toEqual([[true, 'recorder', 'tea,2', true, true, pid, false, []]]);
    expect(child.rounds).toBe(0);
  });

  it('PRC-16 run() of the base class calls the target, here and there', async () => {
    const child = new Recorder(paper.file, {
      target: (...words) => note(String(words[0]), words[1]),
      args: [paper.file, 'go'],
    });
    child.start();
    await child.join();
    expect(paper.read()[1]).toBe('go');
    const here = new Base({ target: (n: number) => n + 1, args: [1] });
    expect(here.run()).toBe(2);
    expect(new Base().run()).toBeUndefined();
  });

  it('PRC-16 it is not there for others to end, and knows it', async () => {
    class Inward extends Recorder {
      override async run(): Promise<void> {
        const tries: (() => unknown)[] = [
          () => this.join(),
          () => this.terminate(),
          () => this.sentinel,
          () => this.start(),
          () => this.close(),
        ];
        for (const attempt of tries) {
          try {
            await attempt();
          } catch (error) {
            note(this.file, (error as Error).name);
          }
        }
      }
    }
    const child = new Inward(paper.file);
    child.start();
    await child.join();
    expect(paper.read()).toEqual(new Array(5).fill('InvalidStateError'));
  });

  it('PRC-16 a field that cannot travel is refused by start(), with its path', async () => {
    class Worker extends Base {
      readonly client = { socket: Promise.resolve() };
    }
    const child = new Worker();
    expect(() => child.start()).toThrow(SerializationError);
    expect(() => child.start()).toThrow(expect.objectContaining({ path: 'Worker/client/socket' }));
    expect(child.isAlive()).toBe(false);
    class Secret extends Base {
      readonly #key = 1;
      override run(): unknown {
        return this.#key;
      }
    }
    expect(() => new Secret().start()).toThrow(/#private fields/);
  });

  it('PRC-16 one child may hold another only before it travels', async () => {
    class Owner extends Base {
      readonly other = new Base();
    }
    expect(() => new Owner().start()).toThrow(/Owner\/other .*stays with the one who made it/);
  });

  it('PRC-10 children have children', async () => {
    const recurse = async (file: string, path: number[]): Promise<void> => {
      note(file, path);
      if (path.length === 2) return;
      for (const step of [0, 1]) {
        const child = new Base({ target: recurse, args: [file, [...path, step]] });
        child.start();
        await child.join();
      }
    };
    await recurse(paper.file, []);
    expect(paper.read()).toEqual([[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]]);
  });

  it('PRC-02 PRC-04 names and flags of grandchildren', async () => {
    const child = new Base({
      daemon: true,
      args: [paper.file],
      target: async (file: string) => {
        const grandchild = new Base({
          args: [file],
          target: (inner: string) => note(inner, [currentProcess(), currentThread()]),
        });
        note(file, [currentProcess(), currentThread(), grandchild.daemon, grandchild.name]);
        grandchild.start();
        await grandchild.join();
      },
    });
    child.start();
    await child.join();
    const [[process1, thread1, daemon, name], [process2, thread2]] = paper.read();
    const number = /\d+/.exec(child.name)?.[0];
    expect(daemon).toBe(true);
    if (kind === 'process') {
      expect([process1.name, thread1.name]).toEqual([`Process-${number}`, 'MainThread']);
      expect([process2.name, thread2.name]).toEqual([`Process-${number}:1`, 'MainThread']);
      expect([process1.daemon, process2.daemon]).toEqual([true, true]);
      expect(name).toBe(process2.name);
    } else {
      expect([process1.name, thread1.name]).toEqual(['MainProcess', `Thread-${number} (target)`]);
      expect([process2.name, thread2.name]).toEqual(['MainProcess', `Thread-${number}:1 (target)`]);
      expect([thread1.daemon, thread2.daemon, process1.daemon]).toEqual([true, true, false]);
      expect(name).toBe(thread2.name);
    }
  });

  it('what carried storages hold at the start, they hold in the child', async () => {
    const request = carryContext(new AsyncLocalStorage<{ id: number }>(), 'request of a child');
    const target = async (file: string): Promise<void> => {
      const before = request.getStore()?.id;
      await new Promise((resolve) => setImmediate(resolve));
      note(file, [before, request.getStore()?.id ?? null]);
    };
    const child = new Base({ target, args: [paper.file] });
    request.run({ id: 7 }, () => child.start());
    await child.join();
    const without = new Base({ target, args: [paper.file] });
    without.start();
    await without.join();
    expect(paper.read()).toEqual([
      [7, 7],
      [null, null],
    ]);
    const bad = new Base({ target, args: [paper.file] });
    const socket = Promise.resolve();
    expect(() => request.run({ id: 8, socket } as never, () => bad.start())).toThrow(
      expect.objectContaining({ path: 'context/request of a child/socket' }),
    );
  });
}
