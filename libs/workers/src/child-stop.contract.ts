/** How a child ends that is ended from outside, whatever it is doing. A test file calls {@link childStopContract} with its class. */
import { expect, vi } from 'vitest';
import type { ChildSubject } from './child.contract.js';
import { childRig } from './fixtures/child-rig.js';
import { note } from './fixtures/notes.js';
import { loopForever, noop, raiseError, sleepForever } from './fixtures/targets.js';

/** Registers the tests. */
export function childStopContract({ kind, make }: ChildSubject): void {
  const { it, paper, started, until } = childRig(make);

  for (const [how, code] of [
    ['terminate', -15],
    ['kill', -9],
  ] as const) {
    it(`PRC-07 F11 ${how}() ends a child that sleeps, and one that is busy`, async () => {
      for (const busy of [false, true]) {
        const child = started({
          target: (file: string) => {
            note(file, 'here');
            return busy ? loopForever() : sleepForever();
          },
          args: [paper.file],
        });
        await until(() => paper.read().length > 0);
        const step = child[how]();
        expect(await child.join()).toBe(true);
        expect(child.exitCode).toBe(code);
        expect(await step).toBe(how === 'kill' ? 'killed' : 'terminated');
        expect(await child[how]()).toBe(how === 'kill' ? 'killed' : 'terminated');
      }
    });

    it(`PRC-07 ${how}() ends a child that has hardly begun, at whatever it is`, async () => {
      // Moments of its loading, whichever a machine comes to in that time.
      for (let moment = 0; moment < 100; moment += 10) {
        const child = started({ target: sleepForever });
        await new Promise((resolve) => setTimeout(resolve, moment));
        await (how === 'kill' ? child.kill() : child.terminate({ grace: Infinity }));
        expect(child.exitCode).toBe(code);
      }
    });
  }

  it('PRC-07 one that fails or exits just then keeps its own exit code', async () => {
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const [status, end] of [
      [1, 'status'],
      [8, 'status'],
      [1, 'error'],
    ] as const) {
      const target = (file: string): void => {
        process.on('exit', () => {
          // From here on it ends by itself, and takes its time.
          note(file, 'leaving');
          loopForever();
        });
        if (end === 'status') process.exit(status);
        else raiseError('at the same time');
      };
      const before = paper.read().length;
      const child = started({ target, args: [paper.file] });
      await until(() => paper.read().length > before);
      await child.terminate({ grace: Infinity });
      // The operating system interrupts a process there, too.
      expect(child.exitCode).toBe(kind === 'thread' ? status : -15);
    }
    err.mockRestore();
  });

  it('PRC-07 one that has ended by itself keeps its exit code', async () => {
    const child = started({ target: noop });
    await child.join();
    expect([await child.terminate(), await child.kill()]).toEqual(['asked', 'asked']);
    expect(child.exitCode).toBe(0);
  });
}
