import type { Timeline } from './timeline.js';

/** What the spans of a timeline are called in a picture, in their order. */
export interface SpanNames {
  /** Where there is room for a name: a row's label, a line of text, a tooltip. */
  readonly long: readonly string[];
  /** Inside a bar, where room is short. */
  readonly short: readonly string[];
}

/**
 * The names that were given for a picture, or else the spans' own. Tasks of one `map` all have the name of its function,
 * which tells nothing apart, so they are numbered.
 */
export function spanNames(timeline: Timeline, given: readonly string[] | undefined): SpanNames {
  const own = timeline.spans.map(({ name }, i) => given?.[i] ?? name);
  if (own.length < 2 || new Set(own).size > 1) return { long: own, short: own };
  return { long: own.map((name, i) => `${name} ${i + 1}`), short: own.map((_, i) => String(i + 1)) };
}
