import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { once } from 'node:events';
import { SerializationError } from '@interleave/core';
import { Thread as Compiled } from '@interleave/workers';
import { describe, expect, test, vi } from 'vitest';
import { childContract } from './child.contract.js';
import { childFamilyContract } from './child-family.contract.js';
import { childStopContract } from './child-stop.contract.js';
import { Thread } from './thread.js';

describe('Thread', () => {
  childContract({ kind: 'thread', make: (options) => new Thread(options) });
  childStopContract({ kind: 'thread', make: (options) => new Thread(options) });
  childFamilyContract('thread');

  test('PRC-02 has a number while and after it runs', async () => {
    const memory = new Int32Array(new SharedArrayBuffer(4));
    const target = (cells: Int32Array): void => {
      cells[0] = process.getBuiltinModule('node:worker_threads').threadId;
    };
    const thread = new Thread({ target, args: [memory] });
    expect(thread.threadId).toBeUndefined();
    thread.start();
    expect(thread.threadId).toBeGreaterThan(0);
    await thread.join();
    expect(memory[0]).toBe(thread.threadId);
  });

  test('PRC-16 a long-lived thread serves requests over a port it was given', async () => {
    class Shouter extends Compiled {
      readonly port: MessagePort;
      constructor(port: MessagePort) {
        super({ transfer: [port] });
        this.port = port;
      }
      override async run(): Promise<void> {
        const { once: next } = process.getBuiltinModule('node:events');
        for (;;) {
          const [text] = (await next(this.port, 'message')) as [string | undefined];
          if (text === undefined) break;
          this.port.postMessage(text.toUpperCase());
        }
        this.port.close();
      }
    }
    const { port1, port2 } = new MessageChannel();
    const child = new Shouter(port2);
    child.start();
    port1.postMessage('hello');
    expect(await once(port1, 'message')).toEqual(['HELLO']);
    port1.postMessage(undefined);
    await child.join();
    expect(child.exitCode).toBe(0);
    port1.close();
  });

  test('a port that was given away before is refused by start()', async () => {
    const { port1, port2 } = new MessageChannel();
    const target = (port: MessagePort): void => port.close();
    const make = (): Thread => new Thread({ target, args: [port2] as never, transfer: [port2] });
    const first = make();
    first.start();
    const second = make();
    expect(() => second.start()).toThrow(SerializationError);
    expect(second.isAlive()).toBe(false);
    await first.join();
    port1.close();
  });

  test('NOD-07 a thread that runs out of memory ends alone, and it is said why', async () => {
    const written: string[] = [];
    const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const hoard = (): never => {
      let kept: unknown;
      // Small objects: a thread that fills the room with arrays ends the whole process on Node 24, and stays on Node 26.
      for (;;) kept = { kept, more: [1, 2, 3, 4] };
    };
    const thread = new Thread({ target: hoard, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    thread.start();
    await thread.join();
    err.mockRestore();
    expect(thread.exitCode).toBe(1);
    expect(written.join('')).toContain('ERR_WORKER_OUT_OF_MEMORY');
  });
});
