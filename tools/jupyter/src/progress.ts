/** Where progress is printed to; tests give one that keeps the lines. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One step under way. */
export interface Step {
  /** Says what the step is doing at the moment; shown on a terminal only. */
  detail(text: string): void;
}

/**
 * Prints what is being done and how long it took, one line a step. On a terminal the line is alive while the step
 * lasts; elsewhere (CI, a file) it is printed when the step begins to take long and when it ends.
 */
export class Progress {
  readonly #output: ProgressOutput;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Prints a line as it is. */
  say(line = ''): void {
    this.#output.write(`${line}\n`);
  }

  /**
   * Runs one step and prints its line.
   *
   * @param title - what is done, such as `Starting JupyterLab`
   * @param body - does it; its result may name what was found, for the line
   * @param ended - the text of the line when it is done; the title if absent
   * @returns what `body` returned
   */
  async step<T>(title: string, body: (step: Step) => Promise<T>, ended?: (result: T) => string): Promise<T> {
    const begun = performance.now();
    let detail = '';
    const live = this.#output.isTTY === true;
    const draw = (): void => {
      const text = `  … ${title}${detail === '' ? '' : `: ${detail}`} (${seconds(begun)})`;
      this.#output.write(`\r\x1b[2K${text.slice(0, (this.#output.columns ?? 80) - 1)}`);
    };
    if (live) draw();
    // In a log, a step that is over within a moment needs one line, not two.
    const timer = live ? setInterval(draw, 200) : setTimeout(() => this.say(`  … ${title}`), 1000);
    let mark = '✗';
    let line = title;
    try {
      const result = await body({
        detail: (text) => {
          detail = text;
        },
      });
      mark = '✓';
      line = ended?.(result) ?? title;
      return result;
    } finally {
      clearTimeout(timer);
      if (live) this.#output.write('\r\x1b[2K');
      this.say(`  ${mark} ${line} (${seconds(begun)})`);
    }
  }
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
