/** What a case needs of a contender: beyond calling one of the tasks by its name, or with locks, that it has it at all. */
export type Need = 'transfer' | 'map' | 'submit' | LockCaseName | CoroutineNeed;

/** What is measured of locks and events. */
export type LockCaseName =
  'lock-free' | 'rlock-free' | 'contended' | 'hand-over' | 'await-free' | 'crowd' | 'event-thousand' | 'idle';

/** What a contender of the coroutines may have. */
export type CoroutineNeed = 'spawn-join' | 'switches' | 'sleeping' | 'limited' | 'sleeps' | 'timers' | 'virtual-hour';

/** One thing that is measured. */
export interface Case {
  /** File below `cases` of the suite's folder, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Which end is good. */
  readonly better: 'more' | 'less';
  readonly kinds: readonly Kind[];
  readonly needs?: Need;
  /**
   * Whether the Python contenders have it; `aside` where their figure tells something else, so that it is shown and not
   * compared: `result()` blocks whoever waits, and a worker of Python's needs no runtime of its own to start.
   */
  readonly python?: boolean | 'aside';
  /** What we want of ours, in words; of each kind if they differ. */
  readonly goal?: string | Readonly<Partial<Record<Kind, string>>>;
}

/** Where a pool's workers run, or who shares a lock; or tasks that take turns on one thread. */
export type Kind = 'thread' | 'process' | 'coroutine';

const both = ['thread', 'process'] as const;

/** All cases of pools, in the order of the report. */
export const poolCases: readonly Case[] = [
  {
    name: 'flood',
    title: '50,000 no-op tasks at once',
    unit: 'tasks/s',
    better: 'more',
    kinds: both,
    python: true,
    goal: { thread: '4 x the best peer', process: '5 x the best peer' },
  },
  {
    name: 'one-awaited',
    title: 'one awaited task',
    unit: 'µs',
    better: 'less',
    kinds: both,
    python: 'aside',
    goal: 'not above the best peer, p99 as well',
  },
  {
    name: 'busy',
    title: '5,000 tasks of 100 µs, share of two processors',
    unit: '',
    better: 'more',
    kinds: both,
    python: true,
    goal: { thread: '0.95 of bare messages', process: '0.9 of bare messages' },
  },
  {
    name: 'objects',
    title: '1 KiB objects there and back',
    unit: 'MB/s',
    better: 'more',
    kinds: both,
    goal: '1.3 x the best peer',
  },
  {
    name: 'copied',
    title: '1 MiB of bytes, copied',
    unit: 'GB/s',
    better: 'more',
    kinds: both,
    goal: 'not below the best peer',
  },
  {
    name: 'moved',
    title: '1 MiB of bytes, transferred',
    unit: 'GB/s',
    better: 'more',
    kinds: ['thread'],
    needs: 'transfer',
    goal: '1.3 x the best peer',
  },
  {
    name: 'first-result',
    title: 'first result',
    unit: 'ms',
    better: 'less',
    kinds: both,
    python: 'aside',
    goal: { thread: 'within 10 % of the best peer', process: 'the first' },
  },
  {
    name: 'memory',
    title: 'memory per idle worker',
    unit: 'MiB',
    better: 'less',
    kinds: both,
    goal: 'within 10 % of the best peer',
  },
  {
    name: 'map-chunks',
    title: 'a million numbers by map, chunks of 100',
    unit: 'items/s',
    better: 'more',
    kinds: both,
    needs: 'map',
    python: true,
    goal: { thread: '4 x the best peer', process: 'not below' },
  },
  {
    name: 'map-auto',
    title: 'a million numbers by map, chunks of its own choice',
    unit: 'items/s',
    better: 'more',
    kinds: both,
    needs: 'map',
    python: true,
    goal: { thread: '4 x the best peer', process: 'not below' },
  },
  {
    name: 'closures',
    title: 'a closure with two helpers, against a plain function',
    unit: 'x',
    better: 'less',
    kinds: both,
    needs: 'submit',
    goal: 'at most 2',
  },
];
