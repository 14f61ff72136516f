/**
 * Saved outputs against new ones.
 *
 * Outputs are compared as the lines that a reader sees. In a cell tagged `varies` every number counts as the same
 * number, and so does the length of a bar and of the space before a number: what has to stay is the text around them.
 */
import type { Output } from './outputs.js';

/** The first place where two outputs differ. */
export interface Difference {
  /** What is there, for people: `stdout`, `image/svg+xml`, ... */
  readonly where: string;
  /** Line of that output, from 1. */
  readonly line: number;
  /** The saved line; undefined when there is none. */
  readonly saved: string | undefined;
  /** The line of this run; undefined when there is none. */
  readonly now: string | undefined;
}

/**
 * Finds the first difference.
 *
 * @param varies - whether numbers may differ
 * @returns undefined when they are equal
 */
export function compareOutputs(
  saved: readonly Output[],
  now: readonly Output[],
  varies: boolean,
): Difference | undefined {
  const [left, right] = [flatten(saved), flatten(now)];
  const count = Math.max(left.length, right.length);
  for (let at = 0; at < count; at++) {
    const a = left[at];
    const b = right[at];
    if (a && b && a.where === b.where && same(a.text, b.text, varies)) continue;
    // One kind of output in the place of another: both are shown from their first line.
    if (!a || !b || a.where !== b.where) {
      const where = a && b ? `${a.where}, now ${b.where}` : (a ?? b)!.where;
      return { where, line: 1, saved: a?.text.split('\n')[0], now: b?.text.split('\n')[0] };
    }
    return firstLine(a.where, a.text, b.text, varies);
  }
  return undefined;
}

/**
 * Leaves out what may differ from run to run: numbers, the length of bars, and the width of gaps.
 *
 * @example
 * ```ts
 * withoutNumbers('threads  ▇▇▇▇ 12.5 ms') === withoutNumbers('threads  ▇▇  9.75 ms'); // true
 * ```
 */
export function withoutNumbers(text: string): string {
  return (
    text
      // A bar may have no length at all, so bars go altogether.
      .replace(/[▀-▟■-◿⠀-⣿]+/g, ' ')
      .replace(/[─-╿]+/g, '─')
      .replace(/[-+−]?(?:\d+(?:[,_]\d+)*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?/gi, '0')
      .replace(/[#=*~_|.-]{2,}/g, '-')
      .replace(/[ \t]+/g, ' ')
      .replace(/ +$/gm, '')
  );
}

function same(a: string, b: string, varies: boolean): boolean {
  return a === b || (varies && withoutNumbers(a) === withoutNumbers(b));
}

function firstLine(where: string, saved: string, now: string, varies: boolean): Difference {
  const [a, b] = [saved.split('\n'), now.split('\n')];
  let at = 0;
  while (
    at < Math.max(a.length, b.length) &&
    a[at] !== undefined &&
    b[at] !== undefined &&
    same(a[at]!, b[at]!, varies)
  ) {
    at++;
  }
  return { where, line: at + 1, saved: a[at], now: b[at] };
}

/** Every output as named texts, in order. */
function flatten(outputs: readonly Output[]): { where: string; text: string }[] {
  return outputs.flatMap((output) => {
    switch (output.output_type) {
      case 'stream':
        return [{ where: output.name, text: output.text }];
      case 'error':
        return [{ where: 'error', text: `${output.ename}: ${output.evalue}` }];
      case 'display_data':
      case 'execute_result':
        return Object.entries(output.data)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([mime, value]) => ({ where: mime, text: typeof value === 'string' ? value : JSON.stringify(value) }));
    }
  });
}
