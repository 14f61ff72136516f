import { findSourceMap } from 'node:module';

/** A line of a stack: what stands before the place, file, line, column, and what closes it. */
const PLACE = /^(\s+at (?:.*\(|async )?)(\S.*?):(\d+):(\d+)(\)?)$/gm;

/**
 * A stack of the other side, with the lines of the sources where it has those of compiled text.
 *
 * Functions travel as the text that Node has: compiled, and on a single line where a loader makes it so. The other side knows
 * no source map for that, here it is known. A line that the map does not cover stays: it was a source's line already.
 *
 * @internal
 */
export function sourceLines<S extends string | undefined>(stack: S): S | string {
  if (stack === undefined || process.sourceMapsEnabled !== true) return stack;
  return stack.replace(
    PLACE,
    (whole: string, before: string, file: string, line: string, column: string, after: string) => {
      const at = Number(line) - 1;
      try {
        const entry = findSourceMap(file)?.findEntry(at, Number(column) - 1);
        if (entry === undefined || !('originalSource' in entry) || entry.generatedLine !== at) return whole;
        return `${before}${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}${after}`;
      } catch {
        return whole;
      }
    },
  );
}
