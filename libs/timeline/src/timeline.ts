import { inspect } from 'node:util';
import { toChromeTrace } from './chrome-trace.js';
import { drawTimelines, type PictureOptions } from './draw-timeline.js';
import { writeTimelines } from './write-timeline.js';
import { durationText } from './axis.js';

/**
 * How a span stands at the end of the recording. `waiting`: accepted, and nobody has begun with it. `running`: begun,
 * and not over. The other three are final.
 */
export type SpanState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** One piece of work: when it was handed in, where it ran and from when to when. */
export interface Span {
  /** The task's name, or the name that `span` was given. */
  readonly name: string;
  /** The worker that ran it, or the lane that `span` was given; `undefined` if nobody began with it. */
  readonly lane: string | undefined;
  /** The executor that ran it; `undefined` for a span that was marked by hand. */
  readonly executor: string | undefined;
  /** When it was handed to an executor, in milliseconds from the beginning of the recording; `undefined` if not seen. */
  readonly submitted: number | undefined;
  /** When a worker began with it; `undefined` if nobody did. */
  readonly start: number | undefined;
  /** When it was over; `undefined` if it was not yet. */
  readonly end: number | undefined;
  readonly state: SpanState;
}

/** What a {@link Timeline} is made of. */
export interface TimelineData<T> {
  readonly value: T;
  readonly spans: readonly Span[];
  /** Milliseconds from beginning to end. */
  readonly duration: number;
  /** When it began, in milliseconds since 1970 with fractions. */
  readonly began: number;
}

/**
 * What ran where and when, and the pictures of it. Made by `record`.
 *
 * Spans are in the order in which they were begun or submitted, not in the order in which they happened to run, so two
 * recordings of the same program have the same structure and differ in numbers only.
 *
 * @example
 * ```ts
 * const timeline = await record(() => scoped(new ThreadPoolExecutor(), (pool) => collect(pool.map(download, urls))));
 * show(timeline);
 * timeline.value; // what the body returned
 * ```
 */
export class Timeline<T = unknown> {
  /** What the recorded body returned. */
  readonly value: T;
  /** Every piece of work, in the order of submission. */
  readonly spans: readonly Span[];
  /** How long the body took, in milliseconds. */
  readonly duration: number;
  /** When the body began, in milliseconds since 1970 with fractions. */
  readonly began: number;

  constructor(data: TimelineData<T>) {
    this.value = data.value;
    this.spans = data.spans;
    this.duration = data.duration;
    this.began = data.began;
  }

  /** The workers and lanes that ran something: those marked by hand first, then workers by executor and number. */
  get lanes(): readonly string[] {
    const executors = new Map<string, number>();
    const lanes = new Map<string, number>();
    for (const { lane, executor } of this.spans) {
      const key = executor ?? '';
      // Lanes of one executor sort by their number; executors, and lanes made by hand, by their first appearance.
      if (executor !== undefined && !executors.has(key)) executors.set(key, executors.size);
      if (lane !== undefined && !lanes.has(lane))
        lanes.set(lane, executor === undefined ? -1 : (executors.get(key) ?? 0));
    }
    return [...lanes]
      .sort(([a, i], [b, j]) => i - j || (i < 0 ? 0 : a.localeCompare(b, 'en', { numeric: true })))
      .map(([lane]) => lane);
  }

  /** The most spans that ran at the same time. */
  get mostAtOnce(): number {
    const turns: [time: number, step: number][] = [];
    for (const { start, end = this.duration } of this.spans) {
      if (start !== undefined) turns.push([start, 1], [end, -1]);
    }
    // At the same moment what ends goes first: one after another is never two at once.
    turns.sort(([a, i], [b, j]) => a - b || i - j);
    let now = 0;
    return turns.reduce((most, [, step]) => Math.max(most, (now += step)), 0);
  }

  /** How long the spans ran, added up, in milliseconds. Divided by `duration` it is how many ran at once on average. */
  get busy(): number {
    return this.spans.reduce((sum, { start, end = this.duration }) => sum + (start === undefined ? 0 : end - start), 0);
  }

  /** The picture, as SVG that reads well on light and dark pages. */
  toSvg(options: PictureOptions = {}): string {
    return drawTimelines([{ heading: undefined, timeline: this }], options);
  }

  /** The picture as text, for terminals and for those who do not see pictures. */
  toText(options: PictureOptions = {}): string {
    return writeTimelines([{ heading: undefined, timeline: this }], options);
  }

  /**
   * The recording as JSON in the Trace Event Format, which `chrome://tracing` and ui.perfetto.dev open. Write it to a file
   * to look at a large recording closely.
   */
  toChromeTrace(): string {
    return toChromeTrace(this);
  }

  /** `Timeline(12 spans in 655 ms, lanes: 5)`. */
  toString(): string {
    const { length } = this.spans;
    return `Timeline(${length} span${length === 1 ? '' : 's'} in ${durationText(this.duration)}, lanes: ${this.lanes.length})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
