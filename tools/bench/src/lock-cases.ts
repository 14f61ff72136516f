import type { Case, LockCaseName } from './cases.js';

const both = ['thread', 'process'] as const;
const thread = ['thread'] as const;

/** All cases of locks and events, in the order of the report. */
export const lockCases: readonly Case[] = [
  lockCase('lock-free', 'a Lock that is free', 'ns', both, {
    thread: 'at most 3 x bare',
    process: 'not above multiprocessing.Lock',
  }),
  lockCase('rlock-free', 'an RLock that is free', 'ns', both, { thread: 'at most 2 x bare', process: '' }),
  lockCase('contended', 'two that want it all the time, each turn', 'ns', both, {
    thread: 'fair: false, at most 1.5 x bare',
    process: '',
  }),
  lockCase('hand-over', 'handed over, there and back', 'µs', both, { thread: 'below threading.Lock', process: '' }),
  lockCase('await-free', 'await acquire() of a Lock that is free', 'ns', thread, 'below effect'),
  lockCase('crowd', '100,000 coroutines wait, each', 'µs', thread, 'at most 2'),
  lockCase('event-thousand', 'an Event wakes 1,000', 'µs', thread, 'below threading.Event'),
  lockCase('idle', 'shared memory of an idle Lock', 'bytes', thread, 'at most 64'),
];

function lockCase(
  name: LockCaseName,
  title: string,
  unit: string,
  kinds: Case['kinds'],
  goal: NonNullable<Case['goal']>,
): Case {
  return { name, title, unit, better: 'less', kinds, needs: name, goal };
}
