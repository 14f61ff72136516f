/**
 * A few measured values side by side, as lying bars with their numbers, for instance how long each way of doing the
 * same took. A reference value, say of a book, can stand beside each as a mark.
 */
import { inspect } from 'node:util';
import { valueText } from './axis.js';
import type { Picture } from './picture.js';
import { element, escapeText, fitText, short, textWidth } from './svg.js';
import { HUES, PAD, picture, WIDTH, type Theme } from './theme.js';

/** One bar of a {@link barChart}. */
export interface Bar {
  readonly label: string;
  /** A finite number from 0. */
  readonly value: number;
  /** What to compare it with, drawn as a mark across the bar. */
  readonly reference?: number;
}

/** Options of {@link barChart}. */
export interface BarChartOptions {
  readonly title?: string;
  /** Stands behind every value: `ms`, `MB/s`. */
  readonly unit?: string;
  /** What the references are: `the source`. Default: `reference`. */
  readonly reference?: string;
  /** Whose colours. Default: `auto`, those of the page. */
  readonly theme?: Theme;
}

const ROW = 30;
const BAR = 17;
const FONT = 12;
const COLUMNS = 32;

/**
 * A chart of values with names.
 *
 * @param bars - from top to bottom
 * @param options - title, unit, what the references are
 * @returns the chart; hand it to `show`
 * @throws {RangeError} if a value is negative or not finite
 *
 * @example
 * ```ts
 * show(barChart([{ label: 'one after another', value: 2803 }, { label: 'five threads', value: 655 }], { unit: 'ms' }));
 * ```
 */
export function barChart(bars: readonly Bar[], options: BarChartOptions = {}): Picture {
  for (const { label, value, reference = 0 } of bars) {
    for (const each of [value, reference]) {
      if (typeof each !== 'number') throw new TypeError(`Cannot draw ${typeof each} as bar "${label}": pass a number`);
      if (!(each >= 0) || each === Infinity) {
        throw new RangeError(`Cannot draw ${each} as bar "${label}": pass a finite number from 0`);
      }
    }
  }
  const kept = bars.map((bar) => ({ ...bar }));
  return {
    toSvg: () => draw(kept, options),
    toText: () => write(kept, options),
    [inspect.custom]: () => `BarChart(${kept.map(({ label }) => label).join(', ')})`,
  } as Picture;
}

function draw(bars: readonly Bar[], options: BarChartOptions): string {
  const { title, unit, reference = 'reference', theme = 'auto' } = options;
  const compared = bars.some((bar) => bar.reference !== undefined);
  const most = Math.max(1e-9, ...bars.flatMap((bar) => [bar.value, bar.reference ?? 0]));
  // Columns: names, bars, values, references. The widths do not depend on what was measured, or numbers would dance.
  const names = Math.min(210, Math.max(40, ...bars.map(({ label }) => textWidth(label, FONT))));
  const values = Math.max(52, textWidth(`00000 ${unit ?? ''}`, FONT));
  const references = compared ? Math.max(textWidth(reference, FONT) * 1.1 + 10, values) + 16 : 0;
  const left = PAD + names + 14;
  const right = WIDTH - PAD - values - references - 10;
  const x = (value: number): number => left + ((right - left) * value) / most;

  const parts: string[] = [];
  let y = PAD;
  if (title !== undefined) {
    parts.push(element('text', { class: 'title', x: PAD, y: y + 13 }, escapeText(title)));
    y += 26;
  }
  if (compared) {
    parts.push(element('text', { class: 'soft end', x: WIDTH - PAD - references, y: y + 10 }, 'here'));
    parts.push(element('text', { class: 'soft end', x: WIDTH - PAD, y: y + 10 }, escapeText(reference)));
    parts.push(
      element('path', {
        class: 'base',
        'stroke-width': 2,
        d: `M${short(WIDTH - PAD - textWidth(reference, FONT) * 1.1 - 7)} ${y}v13`,
      }),
    );
    y += 18;
  }
  bars.forEach(({ label, value, reference: other }, i) => {
    const middle = y + ROW / 2;
    parts.push(
      element('text', { x: PAD, y: middle + 4 }, escapeText(fitText(label, FONT, names + 4))),
      element('rect', {
        class: `h${i % HUES}`,
        x: left + 0.5,
        y: middle - BAR / 2,
        width: Math.max(1, x(value) - left - 1),
        height: BAR,
        rx: Math.min(3, Math.max(0.5, (x(value) - left) / 3)),
      }),
      element('text', { class: 'end', x: WIDTH - PAD - references, y: middle + 4 }, escapeText(valueText(value, unit))),
    );
    if (other !== undefined) {
      parts.push(
        element('path', {
          class: 'base',
          'stroke-width': 2,
          d: `M${short(x(other))} ${short(middle - BAR / 2 - 3)}v${BAR + 6}`,
        }),
        element('text', { class: 'soft end', x: WIDTH - PAD, y: middle + 4 }, escapeText(valueText(other, unit))),
      );
    }
    y += ROW;
  });
  const description = bars.map(({ label, value }) => `${label}: ${valueText(value, unit)}`).join('; ');
  return picture(y + PAD - 6, title ?? 'Bar chart', description, theme, parts);
}

function write(bars: readonly Bar[], options: BarChartOptions): string {
  const { title, unit, reference = 'reference' } = options;
  const most = Math.max(1e-9, ...bars.map(({ value }) => value));
  const width = Math.max(0, ...bars.map(({ label }) => [...label].length));
  const lines = bars.map(({ label, value, reference: other }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((value / most) * COLUMNS))).padEnd(COLUMNS);
    const beside = other === undefined ? '' : `, ${reference} ${valueText(other, unit)}`;
    return `${label.padEnd(width)}  ${bar}  ${valueText(value, unit)}${beside}`;
  });
  return [...(title === undefined ? [] : [title]), ...lines].join('\n');
}
