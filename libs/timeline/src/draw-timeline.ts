/**
 * The Gantt picture of one or several timelines.
 *
 *     title                                   running  waiting  failed
 *     12 tasks in 655 ms, threads used: 5
 *     thread 0 | [www.baidu.com][www.ifeng.com   ]
 *     thread 1 | [pypi.org ][www.ce.cn  ]
 *              0     140     280     420     560     700 ms
 *
 * Invariant: which elements there are, and in which order, follows from the work and not from how long it took. A saved
 * picture then differs from a new one in numbers only. That is why a label that does not fit becomes transparent and is
 * not left out, and why the axis always has five steps.
 */
import { axisTo, durationText, type Axis } from './axis.js';
import { describeTimeline, laneLabel } from './lane-label.js';
import { spanNames, type SpanNames } from './span-names.js';
import { element, escapeText, fitText, short, textWidth } from './svg.js';
import { PAD, picture, WIDTH, type Theme } from './theme.js';
import { barClass, legend, stripes } from './timeline-looks.js';
import { isByTask, timelineRows, type TimelineRows } from './timeline-rows.js';
import type { Span, SpanState, Timeline } from './timeline.js';

/** Options of the pictures of timelines. */
export interface PictureOptions {
  /** Stands above the picture. Default: none. */
  readonly title?: string;
  /**
   * What a row is. `worker`: one row a worker, to see who was busy. `task`: one row a task, to see how long each waited
   * and ran. Default: `worker`.
   */
  readonly rows?: 'worker' | 'task';
  /**
   * What to call the spans, in their order: `urls` for `map(download, urls)`. Default: the names of the tasks, numbered
   * if all have the same.
   */
  readonly names?: readonly string[];
  /** How far the time axis reaches at least, in milliseconds, to draw two pictures to the same scale. */
  readonly until?: number;
  /** Whether bars carry names. Default: true. */
  readonly labels?: boolean;
  /** Whose colours. Default: `auto`, those of the page. */
  readonly theme?: Theme;
}

/** One timeline of a picture, with the line above it if there are several. */
export interface TimelineGroup {
  readonly heading: string | undefined;
  readonly timeline: Timeline;
}

const ROW = 27;
const BAR = 19;
const FONT = 12;
const SMALL = 11;
const HEADING = 36;
/** The first colours, without the two that say failed and cancelled. */
const WORKER_HUES = 5;
/** Above so many spans, bars lose names and tooltips and are joined into one shape a row and state. */
const MANY = 600;

const VERBS: Readonly<Record<SpanState, string>> = {
  waiting: 'waiting',
  running: 'still running after',
  succeeded: 'ran',
  failed: 'failed after',
  cancelled: 'cancelled after',
};

interface Layout {
  readonly left: number;
  readonly right: number;
  readonly axis: Axis;
  readonly x: (ms: number) => number;
}

/** Draws timelines below each other on one time axis. */
export function drawTimelines(groups: readonly TimelineGroup[], options: PictureOptions): string {
  const { title, theme = 'auto' } = options;
  const axis = axisTo(Math.max(options.until ?? 0, ...groups.map(({ timeline }) => timeline.duration)));
  const rows = groups.map(({ timeline }) => timelineRows(timeline, options));
  const widest = Math.max(56, ...rows.flatMap(({ labels }) => labels.map((label) => textWidth(label, FONT))));
  const left = PAD + Math.min(190, Math.ceil(widest)) + 12;
  // Half of the last number of the axis, with its unit, stands to the right of the last line.
  const right = WIDTH - PAD - 20;
  const layout: Layout = { left, right, axis, x: (ms) => left + ((right - left) * ms) / axis.end };

  const spans = groups.flatMap(({ timeline }) => timeline.spans);
  const notes = groups.map(({ timeline }) => describeTimeline(timeline));
  const single = groups.length === 1 && groups[0]?.heading === undefined;
  const byTask = groups.some(({ timeline }) => isByTask(timeline, options));
  const parts: string[] = [legend(spans, byTask, PAD + (single || title !== undefined ? 13 : 24))];
  let y = PAD;
  if (title !== undefined) {
    parts.push(element('text', { class: 'title', x: PAD, y: y + 13 }, escapeText(title)));
    y += single ? 22 : 14;
  }
  if (single) {
    parts.push(element('text', { class: 'soft', x: PAD, y: y + 12 }, escapeText(notes[0] ?? '')));
    y += 28;
  }
  groups.forEach(({ heading, timeline }, i) => {
    if (!single) {
      const note = element('tspan', { class: 'soft', dx: 8, 'font-weight': 400 }, escapeText(notes[i] ?? ''));
      parts.push(
        element('text', { x: PAD, y: y + 24, style: 'font-weight:600' }, escapeText(heading ?? `${i + 1}`), note),
      );
      y += HEADING;
    }
    const drawn = rows[i] ?? timelineRows(timeline, options);
    const bottom = y + drawn.labels.length * ROW;
    parts.push(grid(layout, y, bottom), drawGroup(timeline, drawn, y, layout, options));
    y = bottom;
  });
  parts.push(drawAxis(layout, y));
  const name = title ?? (single ? 'Timeline' : 'Timelines');
  const description = groups.map(({ heading }, i) => (single ? '' : `${heading}: `) + (notes[i] ?? '')).join('; ');
  return picture(y + 18 + PAD, name, description, theme, parts);
}

/** The upright lines behind the rows. */
function grid({ axis, x }: Layout, top: number, bottom: number): string {
  const lines = axis.ticks.map((tick) => `M${half(x(tick))} ${short(top)}V${short(bottom)}`);
  return element('path', { class: 'grid', d: lines.join('') });
}

/** The numbers below the rows. */
function drawAxis({ axis, x }: Layout, y: number): string {
  const seconds = durationText(axis.end).endsWith(' s');
  const texts = axis.ticks.map((tick, i) => {
    const value = String(seconds ? Number((tick / 1000).toFixed(1)) : tick);
    const unit = i === axis.ticks.length - 1 ? (seconds ? ' s' : ' ms') : '';
    return element('text', { class: 'soft small mid', x: x(tick), y: y + 17 }, value + unit);
  });
  return texts.join('');
}

function drawGroup(
  timeline: Timeline,
  rows: TimelineRows,
  top: number,
  layout: Layout,
  options: PictureOptions,
): string {
  const { spans, lanes, duration } = timeline;
  const byTask = isByTask(timeline, options);
  const yOf = (span: Span): number => top + (rows.rowOf.get(span) ?? 0) * ROW;
  const parts = drawRows(rows, top, layout);
  if (spans.length > MANY) return [...parts, ...drawMany(timeline, yOf, layout)].join('');

  // Waits first: in a worker's row they would cover what ran before.
  spans.forEach((span) => {
    const until = span.start ?? span.end ?? duration;
    const wait = span.submitted === undefined ? undefined : { from: span.submitted, to: until };
    const y = yOf(span);
    if (wait !== undefined) parts.push(drawWait(span, wait.from, wait.to, y, byTask, layout));
    if (byTask && span.start === undefined) {
      const at = { x: layout.x(until) + 6, y: y + ROW / 2 + 4 };
      parts.push(element('text', { class: 'soft small', ...at }, span.state));
    }
  });
  const spanTexts = spanNames(timeline, options.names);
  const places = placeLabels(timeline, rows, byTask ? undefined : spanTexts, layout);
  spans.forEach((span, i) => {
    if (span.start === undefined) return;
    const hue = byTask ? Math.max(0, lanes.indexOf(span.lane ?? '')) % WORKER_HUES : 0;
    const label = (options.labels ?? true) ? places.get(span) : undefined;
    const name = spanTexts.long[i] ?? span.name;
    parts.push(drawBar(span, name, yOf(span), hue, layout, timeline, label));
  });
  return parts.join('');
}

/** The labels of the rows and the lines under them, each pool's followed by those that are not seen. */
function drawRows({ blocks }: TimelineRows, top: number, { left, right }: Layout): string[] {
  const row = (label: string, at: number, shown: { text: number; line: number }): string => {
    const y = top + at * ROW;
    const text = escapeText(fitText(label, FONT, left - PAD - 10));
    const line = `M${short(left)} ${half(y + ROW)}H${short(right)}`;
    return (
      element('text', { x: PAD, y: y + ROW / 2 + 4, opacity: shown.text }, text) +
      element('path', { class: 'grid', d: line, opacity: shown.line })
    );
  };
  let first = 0;
  return blocks.flatMap(({ labels, spare }) => {
    const place = first;
    first += labels.length;
    const named = labels.flatMap((label, at) => (label === '' ? [] : [row(label, place + at, { text: 1, line: 1 })]));
    // All with the same text, or it would matter which lane they are for.
    const [text = ''] = labels;
    const nameless = labels.flatMap((label, at) => (label === '' ? [row(text, place + at, { text: 0, line: 1 })] : []));
    const unseen = Array.from({ length: spare }, () => row(text, 0, { text: 0, line: 0 }));
    return [...named, ...nameless, ...unseen];
  });
}

function drawWait(span: Span, from: number, to: number, y: number, byTask: boolean, layout: Layout): string {
  const x = layout.x(from);
  const size = byTask ? BAR - 8 : 5;
  const never = span.start === undefined;
  return element('rect', {
    class: never && span.state === 'cancelled' ? 'wait none' : 'wait',
    x,
    y: y + (ROW - size) / 2,
    width: Math.max(0, layout.x(to) - x),
    height: size,
    rx: 2,
  });
}

function drawBar(
  span: Span,
  name: string,
  y: number,
  hue: number,
  layout: Layout,
  timeline: Timeline,
  label: LabelPlace | undefined,
): string {
  const { duration } = timeline;
  const { state, start = 0, end = duration, submitted } = span;
  const { from: x, width } = extent(span, duration, layout);
  const top = y + (ROW - BAR) / 2;
  const waited = submitted === undefined ? '' : `waited ${durationText(start - submitted)}, `;
  const tip = `${name}: ${waited}${VERBS[state]} ${durationText(end - start)} on ${laneLabel(span, timeline)}`;
  const parts = [
    element('title', {}, escapeText(tip)),
    element('rect', {
      class: barClass(state, hue),
      x: x + 0.5,
      y: top + 0.5,
      width: Math.max(1, width - 1),
      height: BAR - 1,
      rx: Math.min(3, width / 3),
    }),
  ];
  if (state === 'failed') parts.push(stripes(x, width, top, BAR));
  if (label !== undefined) {
    const rim = state === 'failed' ? { class: 'small on5', 'stroke-width': label.inside ? 3 : 0 } : { class: 'small' };
    const at = { x: label.x, y: y + ROW / 2 + 4, opacity: label.seen ? 1 : 0 };
    parts.push(element('text', { ...rim, ...at }, escapeText(label.text)));
  }
  return element('g', {}, ...parts);
}

/** Where a bar begins, in pixels, and how wide it is: never too thin to be seen. */
function extent(span: Span, duration: number, layout: Layout): { readonly from: number; readonly width: number } {
  const from = layout.x(span.start ?? 0);
  return { from, width: Math.max(2, layout.x(span.end ?? duration) - from) };
}

interface LabelPlace {
  readonly text: string;
  readonly x: number;
  readonly inside: boolean;
  readonly seen: boolean;
}

/**
 * Where the labels of bars go: inside if they fit. Behind the bar only if then every bar of the row has its label:
 * otherwise the one name that found room would look like the name of the row.
 *
 * @param names - what is written on the bars; the workers' names if left out
 */
function placeLabels(
  timeline: Timeline,
  { rowOf }: TimelineRows,
  names: SpanNames | undefined,
  layout: Layout,
): Map<Span, LabelPlace> {
  const places = new Map<Span, LabelPlace>();
  const rows = new Map<number, { readonly span: Span; readonly text: string }[]>();
  timeline.spans.forEach((span, i) => {
    if (span.start === undefined) return;
    const at = rowOf.get(span) ?? 0;
    const text = names === undefined ? laneLabel(span, timeline) : (names.short[i] ?? span.name);
    const row = rows.get(at);
    if (row === undefined) rows.set(at, [{ span, text }]);
    else row.push({ span, text });
  });
  for (const row of rows.values()) {
    row.sort((a, b) => (a.span.start ?? 0) - (b.span.start ?? 0));
    const labels = row.map(({ span, text }, i) => {
      const { from, width } = extent(span, timeline.duration, layout);
      const next = row[i + 1];
      const free = next === undefined ? layout.right + 20 : layout.x(next.span.start ?? 0);
      const needed = textWidth(text, SMALL);
      const inside = needed + 5 <= width;
      return { span, text, inside, behind: !inside && from + width + needed + 9 <= free, from, width, needed };
    });
    const all = labels.every(({ inside, behind }) => inside || behind);
    for (const { span, text, inside, behind, from, width, needed } of labels) {
      const x = behind && all ? from + width + 5 : from + Math.min(6, Math.max(0, (width - needed) / 2));
      places.set(span, { text, x, inside, seen: inside || (behind && all) });
    }
  }
  return places;
}

/** Bars as one path a state: ten thousand of them stay one small picture. */
function drawMany(timeline: Timeline, yOf: (span: Span) => number, layout: Layout): string[] {
  const paths = new Map<string, string[]>();
  timeline.spans.forEach((span) => {
    if (span.start === undefined) return;
    const x = layout.x(span.start);
    const width = Math.max(0.6, layout.x(span.end ?? timeline.duration) - x);
    const y = yOf(span) + (ROW - BAR) / 2;
    const key = barClass(span.state, 0);
    const list = paths.get(key) ?? [];
    paths.set(key, list);
    list.push(`M${short(x)} ${short(y)}h${short(width)}v${BAR}h${short(-width)}z`);
  });
  return [...paths].map(([key, list]) => element('path', { class: key, 'stroke-width': 0.4, d: list.join('') }));
}

/** Onto the middle of a pixel, where a thin line is sharp. */
function half(value: number): string {
  return short(Math.floor(value) + 0.5);
}
