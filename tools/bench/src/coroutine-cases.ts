import type { Case, CoroutineNeed } from './cases.js';

/** All cases of coroutines, in the order of the report. */
export const coroutineCases: readonly Case[] = [
  turns('spawn-join', '100,000 tasks spawned and joined', 'tasks/s', 'more', '1.0 M'),
  turns('switches', 'switches between ten tasks', 'switches/s', 'more', 'above native await'),
  turns('sleeping', 'memory per sleeping task, of 100,000', 'bytes', 'less', 'at most 600'),
  turns('limited', '100,000 tasks, ten at a time', 'tasks/s', 'more', 'above effect'),
  turns('sleeps-late', '100,000 tasks that sleep up to a second, how late', 'ms', 'less', 'p99 at most 3', 'sleeps'),
  turns('sleeps-processor', 'the same, processor time', 'ms', 'less', 'at most 120', 'sleeps'),
  turns('timers-late', '100,000 timers of up to a second, how late', 'ms', 'less', 'p99 at most 3', 'timers'),
  turns('timers-processor', 'the same, processor time', 'ms', 'less', 'at most 120', 'timers'),
  turns('virtual-hour', 'an hour of 360,000 sleeps, by a virtual clock', 'ms', 'less', 'below 1,000'),
];

function turns(
  name: string,
  title: string,
  unit: string,
  better: Case['better'],
  goal: string,
  needs: CoroutineNeed = name as CoroutineNeed,
): Case {
  return { name, title, unit, better, kinds: ['coroutine'], needs, python: needs !== 'virtual-hour', goal };
}
