/**
 * A progress bar for anything that takes longer than a glance.
 *
 * In a cell it is one output that is updated in place, in a terminal one line that is written over, and in a file or a
 * pipe one line at the end. However fast the ticks come, it is drawn at most ten times a second.
 */
import { inspect } from 'node:util';
import { systemClock, type StopTimer } from '@interleave/core';
import { escapeText } from './svg.js';
import { openDisplay, type LiveDisplay } from './kernel-display.js';

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** What is being done. Default: `progress`. */
  readonly label?: string;
}

const COLUMNS = 30;
/** At least so many milliseconds between two drawings. */
const INTERVAL = 100;

/** A progress bar; see {@link progress}. */
export class Progress {
  /** How many steps there are. */
  readonly total: number;
  readonly label: string;
  #count = 0;
  #drawn = -Infinity;
  #finished = false;
  #later: StopTimer | undefined;
  readonly #display: LiveDisplay | undefined;

  constructor(total: number, options: ProgressOptions = {}) {
    if (typeof total !== 'number')
      throw new TypeError(`Cannot show progress of ${typeof total}: pass a number of steps`);
    if (!(total >= 0) || total === Infinity) {
      throw new RangeError(`Cannot show progress of ${total} steps: pass a finite number from 0`);
    }
    this.total = total;
    this.label = options.label ?? 'progress';
    this.#display = openDisplay();
    this.#draw();
  }

  /** How many steps are done; never more than `total`. */
  get count(): number {
    return this.#count;
  }

  /**
   * Some steps are done. After `done()` it does nothing.
   *
   * @param steps - how many; default 1
   */
  tick(steps = 1): void {
    if (this.#finished) return;
    this.#count = Math.min(this.total, this.#count + steps);
    const wait = this.#drawn + INTERVAL - systemClock.now();
    if (wait <= 0) this.#draw();
    // The last state of a burst is drawn too, without keeping the process alive for it.
    else this.#later ??= systemClock.setTimer(wait, () => this.#draw(), { keepAlive: false });
  }

  /** Draws the last state; the bar stays as it is, full or not. */
  done(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#draw();
  }

  [Symbol.dispose](): void {
    this.done();
  }

  /**
   * Passes the items of an iterable on and counts them. Leaving the loop early is fine: the bar stops where it is.
   *
   * @example
   * ```ts
   * for await (const future of progress(futures.length).over(asCompleted(futures))) console.log(await future.result());
   * ```
   */
  async *over<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      for await (const item of items) {
        yield item;
        this.tick();
      }
    } finally {
      this.done();
    }
  }

  /** `downloads  ██████████░░░░░░░░░░  6 of 12`. */
  toString(): string {
    const filled = this.total === 0 ? COLUMNS : Math.floor((COLUMNS * this.#count) / this.total);
    const bar = '█'.repeat(filled) + '░'.repeat(COLUMNS - filled);
    return `${this.label}  ${bar}  ${this.#count} of ${this.total}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #draw(): void {
    this.#later?.();
    this.#later = undefined;
    this.#drawn = systemClock.now();
    const text = this.toString();
    if (this.#display !== undefined) {
      this.#display.update({ 'text/html': this.#html(), 'text/plain': text });
    } else if (process.stdout.isTTY) {
      process.stdout.write(`\r\u001b[K${text}${this.#finished ? '\n' : ''}`);
    } else if (this.#finished) {
      process.stdout.write(`${text}\n`);
    }
  }

  #html(): string {
    const { label, total } = this;
    const bar = `<progress max="${total || 1}" value="${total === 0 ? 1 : this.#count}" style="width:16em"></progress>`;
    return `<label style="font-variant-numeric:tabular-nums">${escapeText(label)} ${bar} ${this.#count} of ${total}</label>`;
  }
}

/**
 * Shows a progress bar.
 *
 * @param total - how many steps there are
 * @param options - what to call it
 * @throws {RangeError} if `total` is not a finite number from 0
 *
 * @example
 * ```ts
 * const bar = progress(urls.length, { label: 'downloads' });
 * for (const url of urls) {
 *   await download(url);
 *   bar.tick();
 * }
 * bar.done();
 * ```
 */
export function progress(total: number, options: ProgressOptions = {}): Progress {
  return new Progress(total, options);
}
