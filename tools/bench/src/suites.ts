import { poolCases, type Case, type Kind } from './cases.js';
import { coroutineCases } from './coroutine-cases.js';
import { lockCases } from './lock-cases.js';

/** What is measured together and goes into one report. */
export interface Suite {
  readonly name: 'pools' | 'locks' | 'coroutines';
  readonly title: string;
  readonly cases: readonly Case[];
  /** Below `measured`. */
  readonly folder: string;
  /** What the bare mechanism is called in the report. */
  readonly limit: string;
  /** What everybody gets. */
  readonly conditions: string;
  /** A measurement that takes longer is given up, in milliseconds. */
  readonly patience: number;
  readonly python: readonly PythonContender[];
}

/** One of Python's own; `can` are the names of needs. */
export interface PythonContender {
  readonly name: string;
  readonly kind: Kind;
  readonly can: readonly string[];
}

const pythonPool = (name: string, kind: Kind): PythonContender => ({ name, kind, can: ['python', 'map'] });
const pythonLock = (name: string, kind: Kind, ...can: string[]): PythonContender => ({ name, kind, can });

/** All suites, in the order they run. */
export const suites: readonly Suite[] = [
  {
    name: 'pools',
    title: 'Pools beside their peers',
    cases: poolCases,
    folder: '.',
    limit: 'bare messages',
    conditions: 'two workers each',
    patience: 120_000,
    python: [
      pythonPool('Python ThreadPoolExecutor', 'thread'),
      pythonPool('Python ProcessPoolExecutor', 'process'),
      pythonPool('Python multiprocessing.Pool', 'process'),
    ],
  },
  {
    name: 'locks',
    title: 'Locks and events beside their peers',
    cases: lockCases,
    folder: 'locks',
    limit: 'bare',
    conditions: 'two sides at most',
    patience: 60_000,
    python: [
      pythonLock('Python threading.Lock', 'thread', 'lock-free', 'contended', 'hand-over'),
      pythonLock('Python threading.RLock', 'thread', 'rlock-free'),
      pythonLock('Python threading.Event', 'thread', 'hand-over', 'event-thousand'),
      pythonLock('Python threading.Condition', 'thread', 'hand-over'),
      pythonLock('Python asyncio', 'thread', 'await-free', 'crowd', 'event-thousand'),
      pythonLock('Python multiprocessing.Lock', 'process', 'lock-free', 'contended', 'hand-over'),
      pythonLock('Python multiprocessing.RLock', 'process', 'rlock-free'),
      pythonLock('Python multiprocessing.Event', 'process', 'hand-over'),
      pythonLock('Python multiprocessing.Condition', 'process', 'hand-over'),
    ],
  },
  {
    name: 'coroutines',
    title: 'Coroutines beside their peers',
    cases: coroutineCases,
    folder: 'coroutines',
    limit: 'bare',
    conditions: 'one thread',
    patience: 120_000,
    python: [{ name: 'Python asyncio', kind: 'coroutine', can: ['python'] }],
  },
];
