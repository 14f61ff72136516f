import { once } from 'node:events';
import { readdirSync, readlinkSync, writeSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Process as Compiled, parentProcess } from '@interleave/workers';
import { describe, expect, test, vi } from 'vitest';
import { childContract } from './child.contract.js';
import { childFamilyContract } from './child-family.contract.js';
import { childStopContract } from './child-stop.contract.js';
import { isRunning } from './fixtures/is-running.js';
import { note, notes } from './fixtures/notes.js';
import { Process } from './process.js';

describe('Process', () => {
  childContract({ kind: 'process', make: (options) => new Process(options) });
  childStopContract({ kind: 'process', make: (options) => new Process(options) });
  childFamilyContract('process');

  test('PRC-06 a grandchild notices that its parent was killed', async () => {
    const paper = notes();
    const child = new Compiled({
      args: [paper.file],
      target: (file: string) => {
        const grandchild = new Compiled({
          args: [file],
          target: async (inner: string) => {
            const parent = parentProcess();
            note(inner, [process.pid, parent?.isAlive(), await parent?.join({ timeout: 0 })]);
            note(inner, [await parent?.join(), parent?.isAlive()]);
          },
        });
        grandchild.start();
      },
    });
    child.start();
    await vi.waitFor(() => expect(paper.read()).toHaveLength(1), { timeout: 8_000, interval: 2 });
    await child.kill();
    const [pid, ...before] = paper.read()[0];
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 2_000, interval: 10 });
    expect(before).toEqual([true, false]);
    expect(paper.read()[1]).toEqual([true, false]);
    paper.close();
  });

  test('PRC-16 a long-lived process serves requests over a connection that it opens itself', async () => {
    class Shouter extends Compiled {
      readonly port: number;
      constructor(port: number) {
        super();
        this.port = port;
      }
      override async run(): Promise<void> {
        const { connect } = process.getBuiltinModule('node:net');
        const connection = connect(this.port, '127.0.0.1').setEncoding('utf8');
        for await (const text of connection) connection.write((text as string).toUpperCase());
      }
    }
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const child = new Shouter((server.address() as AddressInfo).port);
    child.start();
    const [connection] = (await once(server, 'connection')) as [Socket];
    connection.setEncoding('utf8').write('hello');
    expect(await once(connection, 'data')).toEqual(['HELLO']);
    connection.end();
    await child.join();
    expect(child.exitCode).toBe(0);
    server.close();
  });

  test('PRC-14 descriptors of siblings are not inherited', async () => {
    const paper = notes();
    // By the pipe or socket itself and not by a count: Node opens and closes descriptors of its own all the time.
    const channels = (): string[] => {
      const held = new Set<string>();
      for (const fd of readdirSync('/proc/self/fd')) {
        try {
          held.add(readlinkSync(`/proc/self/fd/${fd}`));
        } catch {
          // The one that was open for the listing itself.
        }
      }
      return [...held].filter((name) => /^(socket|pipe):/.test(name));
    };
    const before = new Set(channels()); // a common standard output, for one
    const children = Array.from({ length: 5 }, () => {
      return new Process({ target: (file: string) => note(file, channels()), args: [paper.file] });
    });
    for (const child of children) child.start();
    await Promise.all(children.map((child) => child.join()));
    const held = (paper.read() as string[][]).map((names) => names.filter((name) => !before.has(name)));
    expect(held).toHaveLength(5);
    for (const own of held) expect(own.length).toBeGreaterThan(0);
    expect(new Set(held.flat()).size).toBe(held.flat().length);
    paper.close();
  });

  test('PRC-07 a process may answer SIGTERM, and is killed if it does not come to an end', async () => {
    const paper = notes();
    const deaf = (file: string, status?: number): void => {
      process.on('SIGTERM', () => status !== undefined && process.exit(status));
      setInterval(() => {}, 1_000);
      note(file, 'here');
    };
    for (const status of [3, 1, undefined]) {
      const child = new Process({ target: deaf, args: [paper.file, status] });
      const before = paper.read().length;
      child.start();
      await vi.waitFor(() => expect(paper.read()).toHaveLength(before + 1), { timeout: 8_000, interval: 2 });
      const step = await child.terminate({ grace: status === undefined ? 20 : Infinity });
      expect([step, child.exitCode]).toEqual(status === undefined ? ['killed', -9] : ['terminated', status]);
    }
    paper.close();
  });

  test('start() fails where the operating system refuses, and can be tried again', async () => {
    const { execPath } = process;
    const child = new Process({ target: () => process.exit(4) });
    process.execPath = '/no/such/program';
    try {
      expect(() => child.start()).toThrow(expect.objectContaining({ code: 'ERR_START' }));
    } finally {
      process.execPath = execPath;
    }
    expect(child.isAlive()).toBe(false);
    child.start();
    await child.join();
    expect(child.exitCode).toBe(4);
  });

  test('a process that another one kills says by which signal', async () => {
    const child = new Process({ target: () => process.kill(process.pid, 'SIGABRT') });
    child.start();
    await child.join();
    expect(child.exitCode).toBe(-6);
  });

  test('F20 what a process prints is handed over before its end is told', async () => {
    const written: string[] = [];
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const print = (): void => {
      for (let line = 0; line < 300; line++) console.log(`line ${line}`);
      writeSync(1, 'last');
      process.exit(0);
    };
    const child = new Process({ target: print });
    child.start();
    await child.join();
    out.mockRestore();
    expect(written.join('').split('\n').slice(-2)).toEqual(['line 299', 'last']);
  });
});
