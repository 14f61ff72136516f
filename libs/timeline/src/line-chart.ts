/**
 * A measured curve, or several on the same axes: how a time changes with the number of workers.
 *
 * The height axis begins at 0, always: a curve that seems to halve has halved.
 */
import { inspect } from 'node:util';
import { axisTo, valueText } from './axis.js';
import type { Picture } from './picture.js';
import { element, escapeText, short, textWidth } from './svg.js';
import { HUES, PAD, picture, WIDTH, type Theme } from './theme.js';

/** One curve of a {@link lineChart}. */
export interface Series {
  readonly name: string;
  /** The measured points, from left to right. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Options of {@link lineChart}. */
export interface LineChartOptions {
  readonly title?: string;
  /** What the width is: `workers`. */
  readonly xLabel?: string;
  /** What the height is, with its unit: `time in ms`. */
  readonly yLabel?: string;
  /** `log`: equal steps are equal factors, for 1, 2, 4, 8 ...; then every x is above 0. Default: `linear`. */
  readonly xScale?: 'linear' | 'log';
  /** Whose colours. Default: `auto`, those of the page. */
  readonly theme?: Theme;
}

const PLOT = 200;
const SMALL = 11;
/** Up to so many places on the width axis are all named; above, only round numbers are. */
const NAMED = 12;
/** Above so many points a curve has no marks: they would hide it. */
const MARKED = 24;
const COLUMNS = 32;

/**
 * A chart of curves.
 *
 * @param series - one curve or several; told apart by colour, mark and a name at their end
 * @param options - title and axes
 * @returns the chart; hand it to `show`
 * @throws {RangeError} if a point cannot be drawn: not finite, a negative height, a width that a log scale does not have
 *
 * @example
 * ```ts
 * const points = [[1, 2803], [2, 1411], [4, 742], [8, 640]] as const;
 * show(lineChart([{ name: 'threads', points }], { xLabel: 'workers', yLabel: 'ms', xScale: 'log' }));
 * ```
 */
export function lineChart(series: readonly Series[], options: LineChartOptions = {}): Picture {
  const log = options.xScale === 'log';
  for (const { name, points } of series) {
    for (const [x, y] of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y) || y < 0 || (log && x <= 0)) {
        const range = log ? 'x above 0 and y from 0' : 'x finite and y from 0';
        throw new RangeError(`Cannot draw point (${x}, ${y}) of "${name}": pass finite numbers, ${range}`);
      }
    }
  }
  const kept = series.map(({ name, points }) => ({ name, points: points.map(([x, y]) => [x, y] as const) }));
  return {
    toSvg: () => draw(kept, options),
    toText: () => write(kept, options),
    [inspect.custom]: () => `LineChart(${kept.map(({ name }) => name).join(', ')})`,
  } as Picture;
}

function widths(series: readonly Series[]): readonly number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
}

function draw(series: readonly Series[], options: LineChartOptions): string {
  const { title, xLabel, yLabel, xScale = 'linear', theme = 'auto' } = options;
  const xs = widths(series);
  const place = (x: number): number => (xScale === 'log' ? Math.log(x) : x);
  const named = xs.length <= NAMED ? xs : axisTo(xs.at(-1) ?? 1).ticks;
  const low = place(Math.min(xs[0] ?? 0, xScale === 'log' ? Infinity : (named[0] ?? 0)));
  const high = place(Math.max(xs.at(-1) ?? 1, xScale === 'log' ? 0 : (named.at(-1) ?? 1)));
  const yAxis = axisTo(Math.max(0, ...series.flatMap(({ points }) => points.map(([, y]) => y))), 4);

  const tags = series.length > 1 ? Math.max(...series.map(({ name }) => textWidth(name, SMALL))) + 14 : 8;
  const left = PAD + Math.max(...yAxis.ticks.map((tick) => textWidth(String(tick), SMALL)), 28) + 8;
  const right = WIDTH - PAD - Math.min(tags, 170) - 6;
  let top = PAD;
  const parts: string[] = [];
  if (title !== undefined) {
    parts.push(element('text', { class: 'title', x: PAD, y: top + 13 }, escapeText(title)));
    top += 24;
  }
  if (yLabel !== undefined) {
    parts.push(element('text', { class: 'soft small', x: PAD, y: top + 10 }, escapeText(yLabel)));
    top += 12;
  }
  top += 12;
  const bottom = top + PLOT;
  const x = (value: number): number =>
    high === low ? (left + right) / 2 : left + 12 + ((right - left - 24) * (place(value) - low)) / (high - low);
  const y = (value: number): number => bottom - (PLOT * value) / yAxis.end;

  const lines = yAxis.ticks.map((tick) => `M${short(left)} ${short(Math.round(y(tick)) + 0.5)}H${short(right)}`);
  parts.push(element('path', { class: 'grid', d: lines.join('') }));
  for (const tick of yAxis.ticks) {
    parts.push(element('text', { class: 'soft small end', x: left - 8, y: y(tick) + 4 }, String(tick)));
  }
  for (const value of named) {
    parts.push(element('text', { class: 'soft small mid', x: x(value), y: bottom + 18 }, valueText(value)));
  }
  let height = bottom + 22;
  if (xLabel !== undefined) {
    parts.push(element('text', { class: 'soft small mid', x: (left + right) / 2, y: height + 12 }, escapeText(xLabel)));
    height += 16;
  }
  const ends = spread(series.map(({ points }) => y(points.at(-1)?.[1] ?? 0)));
  series.forEach(({ name, points }, i) => {
    const path = points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${short(x(px))} ${short(y(py))}`).join('');
    if (points.length > 0) parts.push(element('path', { class: `line l${i % HUES}`, d: path }));
    for (const [px, py] of points.length > MARKED ? [] : points) {
      const tip = element('title', {}, escapeText(`${name}: ${valueText(px)}, ${valueText(py)}`));
      parts.push(element('path', { class: `m${i % HUES} halo`, d: mark(i, x(px), y(py)) }, tip));
    }
    if (series.length === 1 && points.length <= NAMED) {
      points.forEach(([px, py], at) => {
        // Beside a line that falls steeply, not on it.
        const aside = Math.min(16, Math.max(0, y(py) - y(points[at - 1]?.[1] ?? py) - 10));
        parts.push(element('text', { class: 'small mid halo', x: x(px) + aside, y: y(py) - 9 }, valueText(py)));
      });
    }
    if (series.length > 1) {
      parts.push(element('text', { class: 'small', x: right + 4, y: (ends[i] ?? 0) + 4 }, escapeText(name)));
    }
  });
  const description = series
    .map(({ name, points }) => `${name}: ${points.map(([px, py]) => `${valueText(px)} ${valueText(py)}`).join(', ')}`)
    .join('; ');
  return picture(height + PAD - 6, title ?? 'Line chart', description, theme, parts);
}

/** A mark of its own for each series: circle, square, diamond, triangle. */
function mark(series: number, x: number, y: number): string {
  const at = `${short(x)} ${short(y)}`;
  switch (series % 4) {
    case 0:
      return `M${at}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`;
    case 1:
      return `M${at}m-3.6 -3.6h7.2v7.2h-7.2z`;
    case 2:
      return `M${at}m0 -5l5 5l-5 5l-5 -5z`;
    default:
      return `M${at}m0 -4.8l4.8 8.2h-9.6z`;
  }
}

/** Moves heights apart until names at them do not overlap, keeping their order. */
function spread(heights: readonly number[], gap = 14): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  for (let pass = 0; pass < 8; pass++) {
    for (let k = 1; k < order.length; k++) {
      const [above, below] = [order[k - 1] ?? 0, order[k] ?? 0];
      const missing = gap - ((placed[below] ?? 0) - (placed[above] ?? 0));
      if (missing <= 0) continue;
      placed[above] = (placed[above] ?? 0) - missing / 2;
      placed[below] = (placed[below] ?? 0) + missing / 2;
    }
  }
  return placed;
}

function write(series: readonly Series[], options: LineChartOptions): string {
  const { title, xLabel = 'x', yLabel } = options;
  const cell = (points: Series['points'], x: number): string => {
    const found = points.find(([px]) => px === x);
    return found === undefined ? '' : valueText(found[1]);
  };
  const head = [xLabel, ...series.map(({ name }) => name)];
  const rows = widths(series).map((x) => [valueText(x), ...series.map(({ points }) => cell(points, x))]);
  const wide = head.map((_, at) => Math.max(...[head, ...rows].map((row) => [...(row[at] ?? '')].length)));
  const line = (row: readonly string[]): string => row.map((text, at) => text.padStart(wide[at] ?? 0)).join('  ');
  const [only] = series.length === 1 ? series : [];
  const most = Math.max(1e-9, ...(only?.points ?? []).map(([, y]) => y));
  const bar = (row: readonly string[]): string => {
    if (only === undefined) return '';
    const y = only.points.find(([px]) => valueText(px) === row[0])?.[1] ?? 0;
    return `  ${'█'.repeat(Math.max(1, Math.round((y / most) * COLUMNS)))}`;
  };
  return [
    ...(title === undefined ? [] : [title]),
    ...(yLabel === undefined ? [] : [yLabel]),
    line(head),
    ...rows.map((row) => line(row) + bar(row)),
  ].join('\n');
}
