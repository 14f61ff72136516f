/**
 * Writes a worker's output where this program prints.
 *
 * `process.stdout.write` is looked up at every call: a notebook kernel replaces it for each cell, and output must go to
 * the cell that is running, not to the one that started the worker.
 *
 * @internal
 */
export function forwardOutput(fd: 1 | 2, text: string): void {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (!stream.writable) return;
  stream.write(text, (error) => {
    // A program that has closed its stdout lets its workers print into the void, as `console.log` does. Without a listener
    // the 'error' event that follows would end it.
    if (error && stream.listenerCount('error') === 0) stream.once('error', () => {});
  });
}
