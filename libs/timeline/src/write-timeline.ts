/**
 * The text twin of the Gantt picture: one line a task, in the order of submission.
 *
 *     12 tasks in 655 ms, threads used: 5
 *     www.baidu.com  ██████                                    0 to 82 ms, thread 0
 *     pypi.org       ███████                                   0 to 95 ms, thread 1
 *     www.ce.cn            ░░░░██████████                      82 to 246 ms, thread 0
 *
 * Tasks, and not workers, because which worker takes a task differs from run to run, and because a line with a name is
 * what a screen reader can use.
 */
import { axisTo, durationText } from './axis.js';
import type { PictureOptions, TimelineGroup } from './draw-timeline.js';
import { describeTimeline, laneLabel } from './lane-label.js';
import { spanNames } from './span-names.js';
import type { Span, Timeline } from './timeline.js';

/** How many characters wide the bars are. */
const COLUMNS = 40;
/** The longest name before it is cut. */
const NAME = 24;
/** Longer recordings are summed up by lane. */
const MOST_LINES = 60;

/** Writes timelines below each other on one time axis. */
export function writeTimelines(groups: readonly TimelineGroup[], options: PictureOptions): string {
  const { end } = axisTo(Math.max(options.until ?? 0, ...groups.map(({ timeline }) => timeline.duration)));
  const names = groups.flatMap(({ timeline }) => linesOf(timeline, options).map(({ name }) => [...name].length));
  const width = Math.min(NAME, Math.max(0, ...names));
  const parts: string[] = options.title === undefined ? [] : [options.title];
  for (const { heading, timeline } of groups) {
    if (heading !== undefined) parts.push('', `${heading}: ${describeTimeline(timeline)}`);
    else parts.push(describeTimeline(timeline));
    for (const { name, bar, note } of linesOf(timeline, options)) {
      parts.push(`${padded(name, width)}  ${bar(end)}  ${note}`.trimEnd());
    }
  }
  return parts.join('\n');
}

interface Line {
  readonly name: string;
  readonly bar: (end: number) => string;
  readonly note: string;
}

function linesOf(timeline: Timeline, options: PictureOptions): readonly Line[] {
  const { spans, duration } = timeline;
  if (spans.length > MOST_LINES) return timeline.lanes.map((lane) => laneLine(timeline, lane));
  const { long } = spanNames(timeline, options.names);
  return spans.map((span, i) => ({
    name: long[i] ?? span.name,
    bar: (end) => barOf(span, duration, end),
    note: noteOf(span, timeline),
  }));
}

/** A lane of a long recording: how busy it was in each column. */
function laneLine(timeline: Timeline, lane: string): Line {
  const spans = timeline.spans.filter((span) => span.lane === lane && span.start !== undefined);
  const lasting = (span: Span): number => (span.end ?? timeline.duration) - (span.start ?? 0);
  const busy = spans.reduce((sum, span) => sum + lasting(span), 0);
  const bar = (end: number): string => {
    const cells = new Array<number>(COLUMNS).fill(0);
    for (const { start = 0, end: until = timeline.duration } of spans) {
      const [from, to] = [(start / end) * COLUMNS, (until / end) * COLUMNS];
      for (let i = Math.floor(from); i < Math.min(to, COLUMNS); i++) {
        cells[i] = (cells[i] ?? 0) + Math.min(to, i + 1) - Math.max(from, i);
      }
    }
    return cells.map((share) => ' ░▒▓█'[Math.round(Math.min(1, share) * 4)] ?? ' ').join('');
  };
  return { name: laneLabel({ lane }, timeline), bar, note: `${spans.length} tasks, busy ${durationText(busy)}` };
}

function barOf(span: Span, duration: number, end: number): string {
  const column = (ms: number): number => Math.min(COLUMNS, Math.round((ms / end) * COLUMNS));
  const { submitted, start, end: until = duration, state } = span;
  const from = column(submitted ?? start ?? 0);
  if (start === undefined) return `${' '.repeat(from)}${'░'.repeat(Math.max(1, column(until) - from))}`.padEnd(COLUMNS);
  const began = Math.min(column(start), COLUMNS - 1);
  const length = Math.max(1, column(until) - began);
  const mark = state === 'failed' ? '▚' : state === 'cancelled' ? '╌' : '█';
  return `${' '.repeat(Math.min(from, began))}${'░'.repeat(Math.max(0, began - from))}${mark.repeat(length)}`.padEnd(
    COLUMNS,
  );
}

function noteOf(span: Span, timeline: Timeline): string {
  const { submitted, start, end, state } = span;
  if (start === undefined) return state === 'waiting' ? `waiting from ${durationText(submitted ?? 0)}` : state;
  const from = durationText(start);
  const until = end === undefined ? '' : durationText(end);
  const unit = / \w+$/;
  // `8000 ms to 12 s`: a unit that both have is said once.
  const begin = unit.exec(from)?.[0] === unit.exec(until)?.[0] ? from.replace(unit, '') : from;
  const time = end === undefined ? `from ${from}` : `${begin} to ${until}`;
  return `${time}, ${laneLabel(span, timeline)}${state === 'succeeded' ? '' : `, ${state}`}`;
}

function padded(text: string, width: number): string {
  const chars = [...text];
  const cut = chars.length > width ? `${chars.slice(0, width - 1).join('')}…` : text;
  return cut.padEnd(width);
}
