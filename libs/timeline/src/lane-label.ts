import { durationText } from './axis.js';
import type { Span, Timeline } from './timeline.js';

/** The row of tasks that nobody began with. */
export const NOT_STARTED = 'not started';

const POOL = /^(Thread|Process|Coroutine)PoolExecutor-(\d+)_(\d+)$/;

/** The kinds of executors of which a timeline has more than one. */
const several = new WeakMap<Timeline, ReadonlySet<string>>();

/**
 * `ThreadPoolExecutor-0_1` is `thread 1` in pictures, unless there is a second executor with a thread 1; other names stay as
 * they are.
 */
export function laneLabel({ lane = '' }: Pick<Span, 'lane'>, timeline: Timeline): string {
  const [, kind, , number] = POOL.exec(lane) ?? [];
  if (kind === undefined || kindsWithSeveral(timeline).has(kind)) return lane;
  return `${kind.toLowerCase()} ${number}`;
}

function kindsWithSeveral(timeline: Timeline): ReadonlySet<string> {
  let kinds = several.get(timeline);
  if (kinds === undefined) {
    const first = new Map<string, string>();
    const found = new Set<string>();
    for (const lane of timeline.lanes) {
      const [, kind, executor] = POOL.exec(lane) ?? [];
      if (kind === undefined || executor === undefined) continue;
      if ((first.get(kind) ?? executor) === executor) first.set(kind, executor);
      else found.add(kind);
    }
    several.set(timeline, (kinds = found));
  }
  return kinds;
}

/**
 * `12 tasks in 655 ms, threads used: 5`. How many were used is luck, so the words do not depend on it: no `1 thread` in
 * one run and `2 threads` in the next.
 */
export function describeTimeline(timeline: Timeline): string {
  const { spans, duration } = timeline;
  const time = durationText(duration);
  if (spans.length === 0) return `nothing was recorded in ${time}`;
  const pooled = spans.filter(({ executor }) => executor !== undefined);
  const word = pooled.length === spans.length ? 'task' : 'span';
  const what = `${spans.length} ${word}${spans.length === 1 ? '' : 's'} in ${time}`;
  if (pooled.length === 0) return what;
  // A stretch of the main program has a row of its own, but it is no worker.
  const workers = [...new Set(pooled.flatMap(({ lane }) => (lane === undefined ? [] : [lane])))];
  const kinds = new Set(workers.map((lane) => POOL.exec(lane)?.[1] ?? 'Worker'));
  const [kind = 'Worker'] = kinds.size === 1 ? kinds : [];
  return `${what}, ${kind.toLowerCase()}${kind === 'Process' ? 'es' : 's'} used: ${workers.length}`;
}
