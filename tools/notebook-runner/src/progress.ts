/** What is seen while notebooks run: a bar on a terminal, plain lines elsewhere, and every failure in full. */
import type { CellRecord } from './record.js';

/** A place to write to; only a terminal can take a line back. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  readonly #screen: Screen;
  readonly #notebooks: number;
  #notebooksDone = 0;
  #cells = 0;
  #cellsDone = 0;
  #current = '';
  #drawn = false;

  constructor(screen: Screen, notebooks: number) {
    this.#screen = screen;
    this.#notebooks = notebooks;
  }

  /** A notebook begins. */
  start(notebook: string, cells: number): void {
    this.#cells += cells;
    this.#current = notebook;
    this.#draw();
  }

  /** A cell came out. */
  cell(record: CellRecord): void {
    this.#cellsDone = Math.min(this.#cells, this.#cellsDone + 1);
    this.#current = record.id;
    this.#draw();
  }

  /** A notebook is done: one line for it, and all that went wrong. */
  end(records: readonly CellRecord[]): void {
    this.#notebooksDone++;
    const name = records[0]?.notebook ?? '(a notebook without code)';
    const failed = records.filter((record) => record.status === 'failed');
    const count = (status: CellRecord['status']): number => records.filter((each) => each.status === status).length;
    const ms = records.reduce((sum, record) => sum + record.ms, 0);
    const parts = [
      `${count('passed')} passed`,
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ...(count('aborted') > 0 ? [`${count('aborted')} aborted`] : []),
      ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
    ];
    this.#line(`${failed.length === 0 ? '✓' : '✗'} ${name}  ${parts.join(', ')}  (${(ms / 1000).toFixed(1)} s)`);
    for (const record of failed) this.#line(describeFailure(record));
    this.#draw();
  }

  /** Takes the bar away. */
  close(): void {
    this.#erase();
  }

  #line(text: string): void {
    this.#erase();
    this.#screen.write(`${text}\n`);
  }

  #erase(): void {
    if (this.#drawn) this.#screen.write('\r\u001b[2K');
    this.#drawn = false;
  }

  #draw(): void {
    if (!this.#screen.isTTY) return;
    const width = 24;
    const share = this.#cells === 0 ? 0 : this.#cellsDone / this.#cells;
    const full = Math.round(share * width);
    const bar = '█'.repeat(full) + '░'.repeat(width - full);
    const text = `${bar} ${this.#cellsDone}/${this.#cells} cells, ${this.#notebooksDone}/${this.#notebooks} notebooks  ${this.#current}`;
    this.#erase();
    this.#screen.write(text.slice(0, (this.#screen.columns ?? 80) - 1));
    this.#drawn = true;
  }
}

/** A failure for people: where, what, and the cell. */
export function describeFailure({ id, kind, message, source }: CellRecord): string {
  const cell = source === undefined ? [] : ['', ...source.split('\n').map((line) => `  │ ${line}`)];
  return ['', `  ${id}  ${kind ?? ''}`, ...(message ?? '').split('\n').map((line) => `  ${line}`), ...cell, ''].join(
    '\n',
  );
}
