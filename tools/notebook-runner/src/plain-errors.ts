/**
 * Errors as plain tslab tells them: text on stderr, and a status that says only that there was one.
 */
import { withoutNumbers } from './compare.js';
import type { CellError, Output } from './outputs.js';

/** Reads name, message and traceback out of what a cell printed. */
export function errorFromText(outputs: readonly Output[]): CellError {
  const text = outputs.map((output) =>
    output.output_type === 'stream' && output.name === 'stderr' ? output.text : '',
  );
  const traceback = text.join('').trimEnd().split('\n');
  const head = traceback.map((line) => /^(?:Uncaught )?([A-Z]\w*Error|Error): (.*)$/.exec(line)).find(Boolean);
  return { ename: head?.[1] ?? 'Error', evalue: head?.[2] ?? traceback[0] ?? '', traceback };
}

/**
 * Puts the saved error in the place of a text that tells the same, so that the two can be compared.
 *
 * @param varies - whether numbers may differ
 * @returns `now` as it is when nothing of it tells the saved error
 */
export function withSavedError(saved: readonly Output[], now: readonly Output[], varies: boolean): Output[] {
  const error = saved.find((output) => output.output_type === 'error');
  if (!error) return [...now];
  const plain = (text: string): string => (varies ? withoutNumbers(text) : text);
  // The first line of the first finding: what follows is laid out differently.
  const message = plain(error.evalue.split('\n')[0]!.replace(/ \(and \d+ more\)$/, ''));
  return now.map((output) =>
    output.output_type === 'stream' && output.name === 'stderr' && plain(output.text).includes(message)
      ? error
      : output,
  );
}
