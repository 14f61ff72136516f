import { stripVTControlCharacters } from 'node:util';
import type { Progress } from '../progress.js';

/** Thrown by a check; its message says what was expected and what was seen. */
export class CheckProblem extends Error {
  /** One line for each thing that is wrong. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'CheckProblem';
    this.problems = problems;
  }
}

/** Throws unless the list is empty. */
export function assertNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new CheckProblem(problems);
}

/** Counts what passed and what failed, and prints a line for each. */
export class Report {
  readonly #progress: Progress;
  readonly #stop: AbortSignal;
  readonly #wanted: (title: string) => boolean;
  readonly #onFailure: (title: string) => Promise<void>;
  #passed = 0;
  readonly #failed: string[] = [];

  /**
   * @param stop - once aborted, checks are left out, and what fails then is not counted
   * @param wanted - picks checks by their titles
   * @param onFailure - takes a picture of what is to be seen; its own failure is ignored
   */
  constructor(
    progress: Progress,
    stop: AbortSignal,
    wanted: (title: string) => boolean,
    onFailure: (title: string) => Promise<void>,
  ) {
    this.#progress = progress;
    this.#stop = stop;
    this.#wanted = wanted;
    this.#onFailure = onFailure;
  }

  get failed(): number {
    return this.#failed.length;
  }

  /**
   * Runs one check; a failure is printed and counted, and the next one goes on.
   *
   * @param body - gives what is worth a remark in the line, such as `31 cells, 4 pictures`
   */
  async check(title: string, body: () => Promise<string>): Promise<void> {
    if (this.#stop.aborted || !this.#wanted(title)) return;
    try {
      await this.#progress.step(title, body, (remark) => (remark === '' ? title : `${title}: ${remark}`));
      this.#passed += 1;
    } catch (error) {
      if (this.#stop.aborted) return;
      this.#failed.push(title);
      await this.#onFailure(title).catch(() => {});
      const lines =
        error instanceof CheckProblem ? error.problems : [String(error instanceof Error ? error.message : error)];
      // Playwright colours what it says.
      lines.forEach((text) => this.#progress.say(stripVTControlCharacters(text).trimEnd().replace(/^/gm, '      ')));
    }
  }

  /** Prints the last line. */
  end(): void {
    this.#progress.say(`\n${this.#passed} passed, ${this.#failed.length} failed`);
    this.#failed.forEach((title) => this.#progress.say(`  ✗ ${title}`));
  }
}
