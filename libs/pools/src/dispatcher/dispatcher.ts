/**
 * Gives tasks to threads or processes.
 *
 *     enqueue ──> queue ──> pump ──> worker links ──Run──> workers
 *                   ^         ^                               │
 *        taken back │         └──── receive <─────Done────────┘
 *
 * When workers start, and what happens when one dies, is up to its staff (`staff.ts`). A worker runs one task at a time, in
 * the order sent. Tasks are sent ahead only as far as their measured time says that they are short, at most 10 ms of work
 * for each worker: then a message carries many of them. A worker whose task took longer than that gives back what waits
 * behind it. What is ahead of a thread can also be taken back while the task runs (see `claims.ts` and `balancer.ts`).
 *
 * Rejected: a thread that parks in `Atomics.wait` between tasks (2 µs less latency, but no event loop for async tasks);
 * a ring in shared memory (no faster than batched messages); sending all at once (a long task traps the rest).
 *
 * Invariants: a task is in the queue, or at exactly one link, or over. A slot belongs to one task until its worker has
 * answered for it. Workers that have not exited never number more than `maxWorkers`.
 */
import { BrokenExecutorError, TimeoutError, systemClock } from '@interleave/core';
import { captureTask, decodeError, encodeValue, type TaskDefinition, type TaskLike } from '@interleave/transfer';
import { cpuCount, type WorkerExit, type WorkerKind, type WorkerResourceLimits } from '@interleave/workers';
import type { Ground, GroundHost, GroundLoad, Shape } from '../ground.js';
import type { Job } from '../job.js';
import { Lookout } from '../lookout.js';
import type { Done, WorkerMessage } from '../protocol.js';
import { TaskQueue } from '../task-queue.js';
import { Balancer } from './balancer.js';
import { Claims } from './claims.js';
import { deal, type Table } from './deal.js';
import { Decoding } from './decoding.js';
import { PoolFunctions } from './functions.js';
import { initializeMessage } from './initialize-message.js';
import { KeepFull } from './keep-full.js';
import { canRunElsewhere, idleExit, lostStart, lostTask, lostWorker } from './lost-task.js';
import type { PoolTask } from './pool-task.js';
import { prepareTask } from './prepare-task.js';
import { receiveOutcomes, type OutcomeActions } from './receive-outcomes.js';
import { receiveReport } from './receive-report.js';
import { sendNow } from './send-now.js';
import { Slots } from './slots.js';
import type { Staff } from './staff.js';
import { StartOnDemand } from './start-on-demand.js';
import { starterOf, type Starter, type WithStarter } from './starter.js';
import { workerEntry } from '../worker-entry.js';
import type { WorkerPoolOptions } from '../worker-pool-options.js';
import { WorkerLink, freeIndex } from './worker-link.js';

/** Options of both kinds of worker pools. */
export interface DispatcherOptions extends WorkerPoolOptions, WithStarter {
  readonly kind: WorkerKind;
  readonly maxWorkers: number;
  /** When workers start, and what happens when one dies; see `staff.ts`. */
  readonly staff: 'on demand' | 'full';
  readonly prefix: string;
  readonly resourceLimits?: WorkerResourceLimits | undefined;
}

/** A worker that ends with nothing done this soon after it became ready was started in vain, in milliseconds. */
const STEADY = 1_000;
/** How long a task whose time ran out may take to return by itself before its worker is replaced, in milliseconds. */
const GRACE = 100;
/** How many tasks wait when idle workers are looked for before the end of the turn. */
const MANY = 256;
/** Microtasks are queued on it at half the price of `queueMicrotask`. */
const now = Promise.resolve();

/** @internal See the top of the file. */
export class Dispatcher implements Ground {
  readonly #host: GroundHost;
  readonly #options: DispatcherOptions;
  readonly #start: Starter;
  readonly #initializer: TaskDefinition | undefined;
  readonly #initArgs: unknown;
  readonly #queue = new TaskQueue<PoolTask>();
  readonly #links = new Set<WorkerLink>();
  readonly #staff: Staff;
  readonly #functions = new PoolFunctions();
  readonly #slots: Slots;
  readonly #claims: Claims | undefined;
  readonly #balancer: Balancer | undefined;
  readonly #decoding = new Decoding();
  readonly #table: Table;
  #runTime = 0;
  #scheduled = false;
  #closed = false;
  readonly #turn = (): void => {
    this.#scheduled = false;
    this.#pump();
  };
  readonly #actions: OutcomeActions = {
    release: (slot) => this.#release(slot),
    took: (milliseconds) => (this.#runTime += milliseconds),
    returned: (tasks) => this.#putBack(tasks),
    decode: (job, value, time) => void this.#decoding.decode(job, value, time),
  };

  constructor(host: GroundHost, options: DispatcherOptions) {
    this.#host = host;
    this.#options = options;
    this.#start = starterOf(options.kind, options);
    const { kind, initializer, initArgs = [], maxWorkers } = options;
    if (initializer !== undefined) {
      this.#initializer = captureTask(initializer, kind);
      this.#initArgs = encodeValue(initArgs, { ground: kind, name: this.#initializer.name });
    }
    const hire = (): BrokenExecutorError | undefined => this.#hire();
    this.#staff =
      options.staff === 'full'
        ? new KeepFull(this.#links, maxWorkers, hire, host)
        : new StartOnDemand(this.#links, maxWorkers, hire, (error) => host.broke(error));
    this.#slots = new Slots(maxWorkers);
    if (kind === 'thread') {
      const claims = (this.#claims = new Claims(this.#slots.capacity));
      const begun = ({ slot }: PoolTask): boolean => claims.claimed(slot);
      this.#balancer = new Balancer(this.#links, (task) => this.#reclaim(task), this.#actions.returned, begun);
    }
    this.#table = {
      queue: this.#queue,
      links: this.#links,
      slots: this.#slots,
      claims: this.#claims,
      lookout: cpuCount() > 1 ? new Lookout() : undefined,
      closed: () => this.#closed,
      unsent: (task, error) => this.#unsent(task, error),
    };
  }

  /** Begins. @returns a promise for the moment when all workers that start now take tasks */
  open(): Promise<void> {
    return this.#staff.open();
  }

  prepare(job: Job, task: unknown, args: readonly unknown[], shape: Shape): void {
    this.#staff.expect();
    job.payload = prepareTask(job, task as TaskLike, args, shape, this.#options.kind, this.#functions);
  }

  enqueue(job: Job): void {
    const task = job.payload as PoolTask;
    this.#queue.push(task);
    if (task.stays) sendNow(this.#table, task);
    // Whoever submits thousands in a loop keeps this thread busy for long; workers that are idle begin meanwhile.
    if (this.#queue.size % MANY === 0) deal(this.#table, (link) => link.idle);
    this.#schedule();
  }

  takeBack(job: Job): boolean {
    const task = job.payload as PoolTask | undefined;
    // A job that was refused before it was prepared is in no queue and has not begun.
    if (task === undefined || this.#queue.remove(task)) return true;
    // One that has no worker any more has run, and its value is being rebuilt.
    return this.#reclaim(task);
  }

  hasStarted(job: Job): boolean {
    const task = job.payload as PoolTask | undefined;
    if (task?.link === undefined) return false;
    return this.#claims === undefined || this.#claims.claimed(task.slot);
  }

  interrupt(_job: Job, payload: unknown, reason: Error): void {
    const { link, slot } = payload as PoolTask;
    if (link === undefined) return;
    link.post({ type: 'abort', slot, reason: reason.message });
    if (!(reason instanceof TimeoutError)) return;
    const task = payload as PoolTask;
    const replace = (): void => {
      if (task.link === link) this.#dismiss(link);
    };
    systemClock.setTimer(GRACE, replace, { keepAlive: false });
  }

  allow(job: Job, count: number): void {
    const { link, slot } = job.payload as PoolTask;
    link?.post({ type: 'allow', slot, count });
  }

  get load(): GroundLoad {
    let running = 0;
    for (const { ready, inFlight } of this.#links) if (ready && inFlight > 0) running += 1;
    return { workers: this.#links.size, running, runTime: this.#runTime };
  }

  waiting(): Job[] {
    const ahead = [...this.#links].flatMap((link) => link.tasks().filter((task) => !this.hasStarted(task.job)));
    return [...ahead, ...this.#queue.list()].map(({ job }) => job);
  }

  drain(): Job[] {
    const waiting = this.#queue.list();
    for (const task of waiting) this.#queue.remove(task);
    const sent = [...this.#links].flatMap((link) => link.tasks());
    return [...sent.map(({ job }) => job), ...this.#decoding.jobs, ...waiting.map(({ job }) => job)];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#staff.stop();
    // Whoever gave an initializer counts on its having run in each worker.
    if (this.#initializer !== undefined) await this.#staff.settled();
    return this.#end('asked');
  }

  stop(kill: boolean): Promise<void> {
    return this.#end(kill ? 'killed' : 'terminated');
  }

  async #end(from: 'asked' | 'terminated' | 'killed'): Promise<void> {
    this.#closed = true;
    this.#staff.stop();
    this.#balancer?.stop();
    await Promise.all([...this.#links].map(async (link) => link.handle?.stop({ from })));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void now.then(this.#turn);
  }

  /** Sends what can be sent, and starts workers for the rest. */
  #pump(): void {
    deal(this.#table);
    if (!this.#closed && this.#staff.fill(this.#queue.size)) deal(this.#table);
    if (this.#closed) return;
    if (this.#queue.size === 0) this.#balancer?.steal();
    this.#balancer?.watch();
  }

  /** A task turned out not to be sendable: it fails alone. */
  #unsent(task: PoolTask, error: unknown): void {
    const { link, slot } = task;
    link?.drop(task);
    link?.answered();
    this.#release(slot);
    task.job.fail(error);
    this.#schedule();
  }

  #release(slot: number): void {
    this.#claims?.free(slot);
    this.#slots.free(slot);
  }

  /** Takes a task back from its worker; its slot stays taken until the worker answers. */
  #reclaim(task: PoolTask): boolean {
    const { link, slot } = task;
    if (link === undefined || this.#claims?.takeBack(slot) !== true) return false;
    this.#slots.vacate(slot);
    link.drop(task);
    return true;
  }

  /** Starts a worker. @returns why it could not be started */
  #hire(): BrokenExecutorError | undefined {
    const { kind, maxTasksPerChild, resourceLimits, prefix } = this.#options;
    const index = freeIndex(this.#links);
    const link = new WorkerLink(`${prefix}_${index}`, index, maxTasksPerChild ?? Infinity);
    link.early = this.#claims !== undefined && this.#initializer === undefined;
    try {
      link.handle = this.#start({
        name: link.name,
        ...workerEntry(),
        resourceLimits,
        onReady: () => {
          link.ready = true;
          link.active = link.born = performance.now();
          this.#staff.ready();
          this.#pump();
        },
        onMessage: (message) => this.#receive(link, message as WorkerMessage),
        onExit: (exit) => this.#exited(link, exit),
      });
      this.#links.add(link);
      const first = {
        claims: this.#claims?.buffer,
        prompt: this.#staff.replaces && this.#claims === undefined,
        memory: this.#options.maxMemoryPerChild,
        initializer: this.#initializer,
        args: this.#initArgs,
      };
      link.post(initializeMessage(first));
      return undefined;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return new BrokenExecutorError(`${kind} ${link.name} could not be started: ${why}`, { cause });
    }
  }

  #answered(link: WorkerLink, message: Done): void {
    link.answers += 1;
    if (link.answers === 1) this.#staff.proven();
    link.active = performance.now();
    this.#table.lookout?.met(link.active);
    receiveOutcomes(message, link, this.#slots, this.#actions);
    if (link.active - link.born > (this.#options.maxAgePerChild ?? Infinity)) link.retiring = true;
    if (link.finished) this.#dismiss(link);
    // Whoever awaited the answer often submits the next task at once, and that one is sent first; a queue is not kept waiting.
    if (this.#queue.size === 0) this.#schedule();
    else this.#pump();
  }

  #receive(link: WorkerLink, message: WorkerMessage): void {
    if (Array.isArray(message)) {
      this.#answered(link, message);
      return;
    }
    switch (message.type) {
      case 'started':
        this.#slots.task(message.slot)?.job.begin(link.name);
        return;
      case 'progress':
      case 'item':
        receiveReport(this.#slots.task(message.slot)?.job, message);
        return;
      case 'grown':
        link.retiring = true;
        if (link.finished) this.#dismiss(link);
        return;
      case 'initializer-failed': {
        const cause = decodeError(message.error);
        link.leaving = true;
        link.refusal = new BrokenExecutorError(`the initializer failed in worker ${link.name}`, { cause });
        return;
      }
      case 'uncaught': {
        const error = decodeError(message.error);
        link.leaving = true;
        link.fatal = { error };
        // With a task running the exit that follows says what is lost. Without one nothing is: it goes elsewhere.
        if (message.slot !== -1) return;
        this.#requeue(link);
        this.#host.stray(error);
        return;
      }
    }
  }

  /** Lets a worker go for good; another one takes its place when it has gone. */
  #dismiss(link: WorkerLink): void {
    link.leaving = true;
    void link.handle?.stop({ from: link.inFlight === 0 ? 'asked' : 'terminated' });
  }

  /** Tasks that a worker was sent and will not begin go back to the front of the queue. */
  #requeue(link: WorkerLink): void {
    const tasks = link.tasks();
    for (const task of tasks) {
      this.#slots.vacate(task.slot);
      link.drop(task);
    }
    this.#putBack(tasks);
  }

  /** Tasks that were taken from a worker go to the front of the queue, in the given order. */
  #putBack(tasks: readonly PoolTask[]): void {
    this.#queue.putBack(tasks.filter(canRunElsewhere));
    this.#schedule();
  }

  #exited(link: WorkerLink, exit: WorkerExit): void {
    this.#links.delete(link);
    // What it was given on its way has not begun.
    if (!link.ready) this.#requeue(link);
    const lost = link.tasks().filter(({ job }) => !job.over);
    const claims = this.#claims;
    const claimed = claims && new Set(lost.filter(({ slot }) => claims.claimed(slot)));
    this.#slots.releaseAll(link, (slot) => this.#claims?.free(slot));
    const died = !exit.stopped && !this.#closed;
    // If it was replaced on purpose, nothing of what it had can have begun. Otherwise a process runs the first of what it
    // was sent; a thread has claimed what it runs.
    const dismissed = link.leaving && link.fatal === undefined;
    const ran = (task: PoolTask): boolean => !dismissed && (claimed?.has(task) ?? task === lost[0]);
    // First of all, so that nothing is overlooked if the staff gives up.
    if (lost.length > 0) {
      const errorOf = (task: PoolTask): Error => lostTask(task.job.name, link, exit);
      if (dismissed || this.#staff.replaces) {
        for (const task of lost) {
          link.drop(task);
          if (ran(task)) task.job.fail(errorOf(task));
        }
        this.#putBack(lost);
      } else {
        const error = lostWorker(link, exit);
        this.#host.broke(
          error,
          lost.map((task) => [task.job, ran(task) ? errorOf(task) : error] as const),
        );
      }
    }
    if (!link.ready && !exit.stopped) this.#staff.failed(lostStart(link, exit));
    else if (died) {
      if (lost.length === 0 && !link.leaving) this.#host.stray(idleExit(link, exit));
      const wasted = link.answers === 0 && !lost.some(ran) && performance.now() - link.active < STEADY;
      if (wasted) this.#staff.wasted(lostWorker(link, exit));
    }
    this.#staff.gone();
    if (!this.#closed) this.#pump();
  }
}
