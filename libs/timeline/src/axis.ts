/** An axis from 0 to `end` with `steps` equal steps; `end` is a round number. */
export interface Axis {
  readonly end: number;
  readonly step: number;
  /** The values at the lines: 0, step, ... end. There are always as many, whatever was measured. */
  readonly ticks: readonly number[];
}

/** Round enough to read, close enough together to waste little room. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/**
 * The shortest axis with a set number of round steps that reaches `most`.
 *
 * The number of steps does not depend on the values, so a picture has the same elements on every run.
 *
 * @param most - the largest value that is drawn; 0 or less gives an axis to 1
 * @param steps - how many steps
 */
export function axisTo(most: number, steps = 5): Axis {
  const least = (most > 0 ? most : 1) / steps;
  const power = 10 ** Math.floor(Math.log10(least));
  // The little less keeps 2.0000001, which is what 0.2 / 0.1 may give, from becoming 2.5.
  const round = ROUND.find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  const digits = Math.max(0, 1 - Math.floor(Math.log10(power)));
  const step = Number((round * power).toFixed(Math.min(digits, 20)));
  const ticks = Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toFixed(Math.min(digits, 20))));
  return { end: ticks[steps] ?? 1, step, ticks };
}

/** A duration for people: `0.4 ms`, `82 ms`, `2803 ms`, `12.4 s`. */
export function durationText(ms: number): string {
  if (ms >= 10_000) return `${Number((ms / 1000).toFixed(1))} s`;
  return `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`;
}

/** A measured value for people: three digits that count, never an exponent for what fits a picture. */
export function valueText(value: number, unit?: string): string {
  const size = Math.abs(value);
  const text = size >= 100 || size === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return unit === undefined || unit === '' ? text : `${text} ${unit}`;
}
