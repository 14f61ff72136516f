import { inspect } from 'node:util';

/**
 * Where an error was thrown on the other side: the last cause of every error that comes from a worker.
 *
 * Its `stack` and its message are the text of the stack there. Printed as part of the error that it explains, it is short,
 * because that error's own stack shows the same lines.
 */
export class RemoteTraceback extends Error {
  override readonly name = 'RemoteTraceback';

  /** @param text - the stack on the other side, with its first line */
  constructor(text: string) {
    super(text);
    Object.defineProperty(this, 'name', { enumerable: false });
    Object.defineProperty(this, 'stack', { value: `RemoteTraceback: ${text}`, writable: true, configurable: true });
  }

  [inspect.custom](depth: number): string {
    return depth < 2 ? '[RemoteTraceback: the stack above is that of the worker]' : (this.stack ?? this.message);
  }
}
