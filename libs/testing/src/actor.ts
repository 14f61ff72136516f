/**
 * A thread or a process that does what a test tells it, with the locks and events it is sent.
 *
 * Functions go by their text and things by hand, since a test runs a lib's sources and the actor the compiled lib: classes
 * that `transfer` would find on both sides are not the same there.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { toTransfer } from '@interleave/transfer';

/** Where an actor lives. */
export type ActorGround = 'thread' | 'process';

/** What goes to an actor. */
export interface ActorCall {
  readonly id: number;
  readonly text: string;
  readonly things: unknown;
}

/** What comes back. */
export interface ActorAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code: unknown };
}

/** Somebody else who uses what the test uses; see {@link actorsFor}. */
export class Actor {
  readonly #ground: ActorGround;
  readonly #send: (call: ActorCall) => void;
  readonly #end: () => void;
  readonly #calls = new Map<number, (answer: ActorAnswer) => void>();
  /** Resolves when it has ended. */
  readonly gone: Promise<unknown>;
  #count = 0;

  /** @param module - the address of the compiled lib that has the classes of what will be sent */
  constructor(module: URL, ground: ActorGround) {
    this.#ground = ground;
    const receive = (answer: ActorAnswer): void => this.#calls.get(answer.id)?.(answer);
    if (ground === 'thread') {
      const worker = new Worker(entry(), { workerData: module.href });
      worker.on('message', receive);
      this.#send = (call) => worker.postMessage(call);
      this.#end = () => void worker.terminate();
      this.gone = once(worker, 'exit');
    } else {
      const child = fork(fileURLToPath(entry()), [module.href], { serialization: 'advanced' });
      child.on('message', receive);
      this.#send = (call) => child.send(call);
      this.#end = () => void child.kill('SIGKILL');
      this.gone = once(child, 'exit');
    }
    void this.gone.then(() => {
      for (const [id, settle] of this.#calls) {
        settle({ id, error: { name: 'Error', message: 'the actor has ended', code: undefined } });
      }
    });
  }

  /**
   * Runs a function there by its text; it must use nothing but what it is given.
   *
   * @param body - gets the things, and all that the compiled lib exports
   * @param things - what travels, and plain data
   * @returns what it returned
   * @throws an Error of the same name, message and code as there, or one that says that the actor has ended
   */
  run<T extends object, R, L = unknown>(body: (things: T, lib: L) => R, things: T): Promise<Awaited<R>> {
    const id = ++this.#count;
    const answer = new Promise<Awaited<R>>((resolve, reject) => {
      this.#calls.set(id, ({ value, error }) => {
        this.#calls.delete(id);
        if (error === undefined) resolve(value as Awaited<R>);
        else reject(Object.assign(new Error(error.message), { name: error.name, code: error.code }));
      });
    });
    // A test may end the actor while it waits.
    answer.catch(() => {});
    this.#send({ id, text: String(body), things: this.#packAll(things) });
    return answer;
  }

  /** Ends it at once, wherever it is, and waits until it is gone: `terminate()` for a thread, SIGKILL for a process. */
  async kill(): Promise<void> {
    this.#end();
    await this.gone;
  }

  #packAll(things: object): object {
    return Object.fromEntries(
      Object.entries(things).map(([name, thing]: [string, unknown]) => [name, this.#pack(thing)]),
    );
  }

  #pack(thing: unknown): unknown {
    const travels = (thing as { [toTransfer]?: (context: object) => object } | null)?.[toTransfer];
    if (travels === undefined) return thing;
    const handle = travels.call(thing, { ground: this.#ground, move: (moved: object) => moved });
    return { type: (thing as object).constructor.name, handle: this.#packAll(handle) };
  }
}

/** The compiled entry, also when this file is run from its source. */
function entry(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? '../dist/entry/actor.cjs' : './entry/actor.js', import.meta.url);
}
