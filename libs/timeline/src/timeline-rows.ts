import { laneLabel, NOT_STARTED } from './lane-label.js';
import { spanNames } from './span-names.js';
import type { Span, Timeline } from './timeline.js';

/** The rows of a timeline's picture. */
export interface TimelineRows {
  /** What stands before each row, from top to bottom; empty where the row belongs to the one above. */
  readonly labels: readonly string[];
  /**
   * How many rows more there could be in another run of the same program; they are drawn unseen. How many of a pool's
   * workers get a task is a matter of luck: when one starts late, the others have done everything.
   */
  readonly spare: number;
  /** Which row a span is in, from 0. */
  readonly rowOf: ReadonlyMap<Span, number>;
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
    return { labels: spanNames(timeline, options.names).long, spare: 0, rowOf };
  }
  const labels: string[] = [];
  const rowOf = new Map<Span, number>();
  for (const lane of timeline.lanes) {
    const inLane = spans.filter((span) => span.lane === lane).sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
    const first = labels.length;
    const ends: number[] = [];
    for (const span of inLane) {
      const free = ends.findIndex((end) => end <= (span.start ?? 0) + TOUCH);
      const track = free < 0 ? ends.length : free;
      ends[track] = span.end ?? timeline.duration;
      rowOf.set(span, first + track);
    }
    labels.push(laneLabel(lane), ...ends.slice(1).map(() => ''));
  }
  const never = spans.filter((span) => span.lane === undefined);
  const settled = spans.every(({ executor }) => executor === undefined) && labels.length === timeline.lanes.length;
  const spare = settled ? 0 : Math.max(0, Math.min(MOST_SPARE, spans.length - never.length) - labels.length);
  for (const span of never) rowOf.set(span, labels.length);
  if (never.length > 0) labels.push(NOT_STARTED);
  return { labels, spare, rowOf };
}

/** Whether each task gets a row of its own. */
export function isByTask(timeline: Timeline, { rows }: RowOptions): boolean {
  return rows === 'task' && timeline.spans.length <= MOST_TASK_ROWS;
}
