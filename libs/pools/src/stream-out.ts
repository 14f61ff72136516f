/**
 * The inside end of a stream: takes values out of what a task returned, as long as there is room for them outside.
 *
 * @internal
 */
export class StreamOut {
  #room: number;
  #wake: (() => void) | undefined;

  /** @param window - how many values may be on their way or unread */
  constructor(window: number) {
    this.#room = window;
  }

  /** So many values were read. */
  allow(count: number): void {
    this.#room += count;
    this.#wake?.();
  }

  /**
   * Sends one value after another. Ends early, and closes the iterator, when the signal aborts.
   *
   * @throws {TypeError} if `returned` cannot be iterated; whatever the iterator or `send` throws
   */
  async run(returned: unknown, name: string, send: (value: unknown) => void, signal: AbortSignal): Promise<void> {
    if (!isIterable(returned)) {
      throw new TypeError(
        `Cannot stream from task "${name}": it returned nothing to iterate; pass a generator function`,
      );
    }
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      for await (const value of returned) {
        if (signal.aborted) return;
        this.#room -= 1;
        send(value);
        while (this.#room <= 0 && !signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'string')) return false;
  const { [Symbol.asyncIterator]: forAwait, [Symbol.iterator]: forOf } = value as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >;
  return typeof forAwait === 'function' || typeof forOf === 'function';
}
