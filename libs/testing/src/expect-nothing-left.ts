/**
 * Catches what a piece of code leaves behind: a thread, a child process, a socket, a server, a timer, a listener.
 *
 * Node counts only what keeps the process alive (`process.getActiveResourcesInfo`). A timer or a worker that was
 * `unref`ed is as much of a leak, so everything is watched from the moment it is made: threads and children through
 * their diagnostics channels, everything else through async hooks, which also know where it was made.
 */
import { createHook } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { CheckFailedError } from './check-failed-error.js';

/** Options of {@link expectNothingLeft}. */
export interface NothingLeftOptions {
  /** How long things may take to go away after the body, in milliseconds. Default: 5000. */
  readonly timeout?: number;
}

/** Handles that live until somebody closes them; Node tells when that is done. */
const HANDLES: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'timer'],
  ['TCPWRAP', 'TCP socket'],
  ['TCPSERVERWRAP', 'TCP server'],
  ['PIPEWRAP', 'pipe'],
  ['PIPESERVERWRAP', 'pipe server'],
  ['UDPWRAP', 'UDP socket'],
  ['MESSAGEPORT', 'message port'],
  ['FSEVENTWRAP', 'file watcher'],
  ['STATWATCHER', 'file watcher'],
  ['SIGNALWRAP', 'signal handler'],
]);

interface Left {
  readonly what: string;
  readonly made: string;
  readonly gone: () => boolean;
}

/**
 * Runs `body` and checks that everything it made is gone afterwards. Waits for that as long as it takes, up to a
 * limit; what was there before, and what is still there, is not its business.
 *
 * Use it around one test. What other code makes meanwhile is counted too, so do not run two at once.
 *
 * @param body - what to run; may be async
 * @param options - how long to wait
 * @returns what `body` returned
 * @throws {CheckFailedError} if something is left, with the place where it was made
 *
 * @example
 * ```ts
 * test('a web leaves nothing behind', () =>
 *   expectNothingLeft(async () => {
 *     const web = await LocalWeb.start();
 *     await web.close();
 *   }));
 * ```
 */
export async function expectNothingLeft<T>(
  body: () => T | PromiseLike<T>,
  options: NothingLeftOptions = {},
): Promise<Awaited<T>> {
  const { timeout = 5_000 } = options;
  const watch = new Watch();
  let value: Awaited<T>;
  try {
    value = await body();
  } finally {
    watch.stop();
  }
  const deadline = performance.now() + timeout;
  let left = watch.left();
  while (left.length > 0 && performance.now() < deadline) {
    await pause(2);
    left = watch.left();
  }
  watch.close();
  if (left.length === 0) return value;
  const details = left.map((each) => `  ${each}`).join('\n');
  throw new CheckFailedError('nothing is left over', details, { actual: left, expected: [] });
}

/** Remembers what is made while it watches, and forgets what goes away. */
class Watch {
  readonly #things = new Map<number | object, Left>();
  readonly #listeners = listenerCounts();
  #watching = true;
  readonly #hook = createHook({
    init: (id, type) => {
      const what = HANDLES.get(type);
      if (what === undefined || !this.#watching) return;
      this.#things.set(id, { what, made: madeAt(), gone: () => false });
    },
    destroy: (id) => {
      this.#things.delete(id);
    },
  });
  readonly #onWorker = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    // A thread that has ended has the number -1.
    this.#things.set(worker, { what: 'thread', made: madeAt(), gone: () => worker.threadId === -1 });
  };
  readonly #onChild = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    const gone = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    this.#things.set(child, { what: 'child process', made: madeAt(), gone });
  };

  constructor() {
    this.#hook.enable();
    channel('worker_threads').subscribe(this.#onWorker);
    channel('child_process').subscribe(this.#onChild);
  }

  /** Takes no notice of what is made from now on. */
  stop(): void {
    this.#watching = false;
    channel('worker_threads').unsubscribe(this.#onWorker);
    channel('child_process').unsubscribe(this.#onChild);
  }

  close(): void {
    this.#hook.disable();
  }

  /** What is left now, a line each. */
  left(): readonly string[] {
    for (const [key, { gone }] of this.#things) if (gone()) this.#things.delete(key);
    const things = [...this.#things.values()].map(({ what, made }) => `${what} made ${made}`);
    const listeners = [...listenerCounts()].flatMap(([event, count]) => {
      const more = count - (this.#listeners.get(event) ?? 0);
      return more > 0 ? [`${more} listener${more === 1 ? '' : 's'} of process for ${String(event)}`] : [];
    });
    return [...things, ...listeners];
  }
}

function listenerCounts(): Map<string | symbol, number> {
  return new Map(process.eventNames().map((event) => [event, process.listenerCount(event)]));
}

/** Where the caller's code made something: the first frame that is neither Node's nor this file's. */
function madeAt(): string {
  const lines = new Error().stack?.split('\n').slice(1) ?? [];
  const frame = lines.find((line) => !/node:|\(native\)|expect-nothing-left\.[jt]s|<anonymous>\)?$/.test(line));
  return frame === undefined ? 'inside Node' : frame.trim();
}
