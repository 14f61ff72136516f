import { laneLabel, NOT_STARTED } from './lane-label.js';
import { spanNames } from './span-names.js';
import type { Span, Timeline } from './timeline.js';

/** The rows of a timeline's picture. */
export interface TimelineRows {
  /** What stands before each row, from top to bottom; empty where the row belongs to the one above. */
  readonly labels: readonly string[];
  /** The same rows by whose they are: the lanes of one pool, those marked by hand, or what nobody began with. */
  readonly blocks: readonly RowBlock[];
  /** Which row a span is in, from 0. */
  readonly rowOf: ReadonlyMap<Span, number>;
}

/** Rows next to each other that belong to one pool. */
export interface RowBlock {
  readonly labels: readonly string[];
  /**
   * How many rows more there could be in another run of the same program; they are drawn unseen. How many of a pool's
   * workers get a task is a matter of luck: when one starts late, the others have done everything.
   */
  readonly spare: number;
}

/** What rows depend on. */
export interface RowOptions {
  readonly rows?: 'worker' | 'task';
  readonly names?: readonly string[];
}

/** Longer recordings have a row a worker, whatever was asked for: nobody reads a picture of six pages. */
export const MOST_TASK_ROWS = 200;
/** A pool with more tasks than this has enough for all of its workers. */
const MOST_SPARE = 32;
/** Clocks are not finer than this, in milliseconds. */
const TOUCH = 0.01;

/** One row a task, or one a worker; more for a lane whose spans overlap. */
export function timelineRows(timeline: Timeline, options: RowOptions): TimelineRows {
  const { spans } = timeline;
  if (isByTask(timeline, options)) {
    const rowOf = new Map(spans.map((span, i) => [span, i]));
    const labels = spanNames(timeline, options.names).long;
    return { labels, blocks: [{ labels, spare: 0 }], rowOf };
  }
  const rowOf = new Map<Span, number>();
  const blocks: RowBlock[] = [];
  let row = 0;
  for (const [executor, lanes] of lanesByExecutor(timeline)) {
    const labels: string[] = [];
    let begun = 0;
    for (const lane of lanes) {
      const inLane = spans.filter((span) => span.lane === lane && span.executor === executor);
      inLane.sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
      const ends: number[] = [];
      for (const span of inLane) {
        const free = ends.findIndex((end) => end <= (span.start ?? 0) + TOUCH);
        const track = free < 0 ? ends.length : free;
        ends[track] = span.end ?? timeline.duration;
        rowOf.set(span, row + track);
      }
      labels.push(laneLabel({ lane }, timeline), ...ends.slice(1).map(() => ''));
      row += ends.length;
      begun += inLane.length;
    }
    const settled = executor === undefined && labels.length === lanes.length;
    blocks.push({ labels, spare: settled ? 0 : Math.max(0, Math.min(MOST_SPARE, begun) - labels.length) });
  }
  const never = spans.filter((span) => span.lane === undefined);
  for (const span of never) rowOf.set(span, row);
  if (never.length > 0) blocks.push({ labels: [NOT_STARTED], spare: 0 });
  return { labels: blocks.flatMap(({ labels }) => labels), blocks, rowOf };
}

/** The lanes of each executor, those marked by hand under `undefined`, in the order of the rows. */
function lanesByExecutor({ lanes, spans }: Timeline): Map<string | undefined, string[]> {
  const byExecutor = new Map<string | undefined, string[]>();
  for (const lane of lanes) {
    for (const executor of new Set(spans.filter((span) => span.lane === lane).map((span) => span.executor))) {
      byExecutor.set(executor, [...(byExecutor.get(executor) ?? []), lane]);
    }
  }
  return byExecutor;
}

/** Whether each task gets a row of its own. */
export function isByTask(timeline: Timeline, { rows }: RowOptions): boolean {
  return rows === 'task' && timeline.spans.length <= MOST_TASK_ROWS;
}
