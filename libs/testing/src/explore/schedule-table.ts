import type { FailureData } from './failure.js';
import { stepText } from './step-text.js';

/** Longer schedules lose their middle. */
const MOST_LINES = 120;

/** A schedule as text: a line for each step, with the words it changed. */
export function scheduleTable(failure: FailureData): string {
  const { trace, threads, words, start, message, kind, execution, choices } = failure;
  const rows = trace.map((step) => [
    `${step.step}`,
    `${threads[step.thread]}${step.preempts ? ' *' : ''}`,
    stepText(step, failure),
    step.word === undefined || step.before === step.after || step.operation === 'timeout'
      ? ''
      : `${words[step.word]}: ${step.before} -> ${step.after}`,
  ]);
  const header = ['step', 'thread', 'operation', 'change'];
  const lines = table([header, ...rows]);
  const cut = lines.length > MOST_LINES ? lines.length - MOST_LINES : 0;
  const shown =
    cut === 0 ? lines : [...lines.slice(0, MOST_LINES / 2), `  ... ${cut} steps`, ...lines.slice(cut + MOST_LINES / 2)];
  const began = start.some((value) => value !== 0)
    ? [`begins with ${start.map((value, at) => `${words[at]} ${value}`).join(', ')}`]
    : [];
  const preempted = trace.some(({ preempts }) => preempts)
    ? ['* takes over from a thread that could have gone on']
    : [];
  return [
    `${kind} in execution ${execution}: ${message}`,
    ...began,
    ...shown,
    ...preempted,
    `replay: '${choices}'`,
  ].join('\n');
}

/** Lines with columns as wide as they must be; the first is of numbers. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
