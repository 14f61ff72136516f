import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { BrokenExecutorError, reportUncaught, traceTime } from '@interleave/core';
import { localTask, type TaskLike } from '@interleave/transfer';
import { coroutineTask, runAsTask, type CurrentTask } from './current-task.js';
import type { ExecutorOptions } from './executor.js';
import type { ChunkResult, Ground, GroundHost, GroundLoad, Shape } from './ground.js';
import type { Job } from './job.js';
import { StreamOut } from './stream-out.js';
import { TaskQueue, type QueueEntry } from './task-queue.js';

type Run = (...args: readonly unknown[]) => unknown;

interface Coroutine extends QueueEntry {
  readonly job: Job;
  readonly run: () => unknown;
  readonly context: AsyncResource;
  /** The lane it runs in, while it runs. */
  lane: string | undefined;
  /** Made when somebody asks for the signal, or when there is something to tell. */
  controller: AbortController | undefined;
  /** When it began, on the clock of `performance.now()`. */
  began: number;
  /** What it waits for and has not begun, see {@link CoroutineGround.awaited}. */
  wanted: Coroutine[];
  /** The values of a streaming task. */
  readonly stream: StreamOut | undefined;
  /** Whether one of these runs in its place, or is about to. */
  helped: boolean;
  /** In whose place it runs. */
  helps: Coroutine | undefined;
}

/**
 * Runs tasks in this event loop, at most `maxWorkers` at once. The "workers" are lanes: names that tell apart what
 * runs at the same time.
 *
 * @internal
 */
export class CoroutineGround implements Ground {
  readonly #host: GroundHost;
  readonly #queue = new TaskQueue<Coroutine>();
  readonly #running = new Set<Coroutine>();
  /** Free lanes, the lowest number last. */
  readonly #free: string[] = [];
  #initializer: (() => unknown) | undefined;
  #initializing = false;
  #scheduled = false;
  readonly #lanes: number;
  #runTime = 0;
  readonly #byTask = new WeakMap<CurrentTask, Coroutine>();

  constructor(host: GroundHost, maxWorkers: number, options: ExecutorOptions) {
    this.#host = host;
    this.#lanes = maxWorkers;
    for (let index = maxWorkers - 1; index >= 0; index--) this.#free.push(`${host.name}_${index}`);
    const { initializer, initArgs = [] } = options;
    if (initializer !== undefined) this.#initializer = () => (localTask(initializer) as Run)(...initArgs);
  }

  prepare(job: Job, task: unknown, args: readonly unknown[], shape: Shape): void {
    const run = localTask(task as TaskLike) as Run;
    const { stream } = job.settings;
    const out = stream && new StreamOut(stream.window);
    const coroutine: Coroutine = {
      job,
      run: shape === 'call' ? () => run(...args) : () => runChunk(run, args, shape),
      stream: out,
      // What a task sees as its asynchronous context is that of its submit, not of whoever woke the queue.
      context: new AsyncResource('Task', { requireManualDestroy: true }),
      priority: job.settings.priority ?? 0,
      position: undefined,
      lane: undefined,
      controller: undefined,
      began: 0,
      wanted: [],
      helped: false,
      helps: undefined,
    };
    job.payload = coroutine;
  }

  enqueue(job: Job): void {
    this.#queue.push(job.payload as Coroutine);
    this.#schedule();
  }

  takeBack(job: Job): boolean {
    const coroutine = job.payload as Coroutine | undefined;
    // A job that was refused before it was prepared is in no queue and has not begun.
    if (coroutine === undefined) return true;
    this.#queue.remove(coroutine);
    return coroutine.lane === undefined;
  }

  hasStarted(): boolean {
    return false;
  }

  interrupt(_job: Job, payload: unknown, reason: Error): void {
    const coroutine = payload as Coroutine;
    // Nothing can stop a coroutine that does not listen, but its place is given to the next one.
    this.#leave(coroutine);
    controllerOf(coroutine).abort(reason);
    this.#schedule();
  }

  allow(job: Job, count: number): void {
    (job.payload as Coroutine).stream?.allow(count);
  }

  get load(): GroundLoad {
    const waiting = [...this.#running].filter(({ helped }) => helped).length;
    return { workers: this.#lanes, running: this.#running.size - waiting, runTime: this.#runTime };
  }

  /**
   * A task that waits for another one of this executor does nothing meanwhile, so the other one may run in its place, one at a time.
   * Otherwise tasks that wait for each other in a full executor would wait for ever.
   */
  awaited(job: Job): void {
    const coroutine = job.payload as Coroutine | undefined;
    const here = coroutineTask();
    const waiter = here && this.#byTask.get(here);
    if (coroutine === undefined || waiter === undefined || coroutine.lane !== undefined) return;
    waiter.wanted.push(coroutine);
    if (!waiter.helped) this.#help(waiter);
  }

  #help(waiter: Coroutine): void {
    waiter.helped = true;
    queueMicrotask(() => {
      for (let next = waiter.wanted.shift(); next !== undefined; next = waiter.wanted.shift()) {
        if (!this.#running.has(waiter) || !this.#queue.remove(next)) continue;
        next.helps = waiter;
        this.#start(next, waiter.lane as string);
        return;
      }
      waiter.helped = false;
    });
  }

  waiting(): Job[] {
    return this.#queue.list().map(({ job }) => job);
  }

  drain(): Job[] {
    const waiting = this.#queue.list();
    for (const coroutine of waiting) this.#queue.remove(coroutine);
    return [...this.#running, ...waiting].map(({ job }) => job);
  }

  async close(): Promise<void> {}

  async stop(): Promise<void> {
    const reason = new BrokenExecutorError(`${this.#host.name} was terminated`);
    for (const coroutine of [...this.#running]) controllerOf(coroutine).abort(reason);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not at once: `submit(...).cancel()` must find the task unstarted, as with every other executor.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#initializing) return;
    if (this.#initializer !== undefined && this.#queue.size > 0) {
      void this.#initialize(this.#initializer);
      return;
    }
    while (this.#queue.size > 0 && this.#free.length > 0) {
      const coroutine = this.#queue.shift();
      if (coroutine !== undefined) this.#start(coroutine, this.#free.pop() as string);
    }
  }

  async #initialize(initializer: () => unknown): Promise<void> {
    this.#initializing = true;
    this.#initializer = undefined;
    try {
      await initializer();
      this.#initializing = false;
      this.#schedule();
    } catch (cause) {
      this.#host.broke(new BrokenExecutorError(`The initializer of ${this.#host.name} failed`, { cause }));
    }
  }

  #start(coroutine: Coroutine, lane: string): void {
    const { job, run, context } = coroutine;
    coroutine.lane = lane;
    coroutine.began = performance.now();
    this.#running.add(coroutine);
    if (!job.begin(lane)) {
      this.#leave(coroutine);
      return;
    }
    if (job.traced) job.traceStart(lane, traceTime());
    const body = (): unknown => (coroutine.stream === undefined ? run() : pour(coroutine, coroutine.stream));
    const task: CurrentTask = {
      name: job.name,
      worker: lane,
      get signal() {
        return controllerOf(coroutine).signal;
      },
      progress: (value) => reportProgress(job, value),
    };
    this.#byTask.set(task, coroutine);
    try {
      const returned = context.runInAsyncScope(runAsTask, undefined, task, body);
      if (types.isPromise(returned)) {
        returned.then(
          (value: unknown) => this.#end(coroutine, () => job.succeed(value)),
          (error: unknown) => this.#end(coroutine, () => job.fail(error)),
        );
      } else this.#end(coroutine, () => job.succeed(returned));
    } catch (error) {
      this.#end(coroutine, () => job.fail(error));
    }
  }

  #end(coroutine: Coroutine, settle: () => void): void {
    this.#leave(coroutine);
    settle();
    this.#schedule();
  }

  /** Gives the lane back, once. */
  #leave(coroutine: Coroutine): void {
    if (!this.#running.delete(coroutine)) return;
    this.#runTime += performance.now() - coroutine.began;
    // Its own place, or that of the task that waits for it; which may have gone meanwhile and left its place to this one.
    const { helps } = coroutine;
    if (helps !== undefined && this.#running.has(helps)) {
      this.#help(helps);
      return;
    }
    const heir = this.#helperOf(coroutine);
    if (heir !== undefined) heir.helps = undefined;
    else this.#free.push(coroutine.lane as string);
  }

  /** Who runs in the place of a task. */
  #helperOf(waiter: Coroutine): Coroutine | undefined {
    if (!waiter.helped) return undefined;
    for (const each of this.#running) if (each.helps === waiter) return each;
    return undefined;
  }
}

async function pour(coroutine: Coroutine, out: StreamOut): Promise<void> {
  const { job, run } = coroutine;
  const put = (value: unknown): void => {
    if (!job.over) job.settings.stream?.put(value);
  };
  await out.run(await run(), job.name, put, controllerOf(coroutine).signal);
}

function controllerOf(coroutine: Coroutine): AbortController {
  return (coroutine.controller ??= new AbortController());
}

/**
 * Hands what a task reports to its caller.
 *
 * @internal
 */
export function reportProgress(job: Job, value: unknown): void {
  const { onProgress } = job.settings;
  if (onProgress === undefined || job.over) return;
  try {
    onProgress(value as never);
  } catch (error) {
    reportUncaught(error, { where: `onProgress of task "${job.name}"` });
  }
}

async function runChunk(run: Run, list: readonly unknown[], shape: 'calls' | 'items'): Promise<ChunkResult> {
  const values: unknown[] = [];
  const failed = new Set<number>();
  for (const each of list) {
    try {
      const returned = shape === 'items' ? run(each) : run(...(each as readonly unknown[]));
      values.push(types.isPromise(returned) ? await returned : returned);
    } catch (error) {
      failed.add(values.length);
      values.push(error);
    }
  }
  return { values, failed };
}
