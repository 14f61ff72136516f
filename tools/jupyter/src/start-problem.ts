/** How {@link StartProblem} is made. */
export interface StartProblemOptions {
  /** What to do about it, one line each; shell commands are lines of their own. */
  readonly advice?: readonly string[];
  /** What a program printed, last lines first wanted: shown indented under the message. */
  readonly output?: string;
  /** True when the notebooks can still be read as pages without JupyterLab. */
  readonly pagesHelp?: boolean;
  readonly cause?: unknown;
}

/**
 * A prerequisite is missing or broken: something that the person at the keyboard can mend. It is printed as a sentence
 * with advice, never with a stack trace; any other error is a bug of the launcher and keeps its trace.
 *
 * @example
 * ```ts
 * throw new StartProblem('Cannot listen on port 8888 of localhost: it is in use', {
 *   advice: ['Choose another with --port, or leave --port out to take the next free one'],
 * });
 * ```
 */
export class StartProblem extends Error {
  readonly advice: readonly string[];
  readonly output: string;
  readonly pagesHelp: boolean;

  constructor(message: string, options: StartProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StartProblem';
    this.advice = options.advice ?? [];
    this.output = options.output ?? '';
    this.pagesHelp = options.pagesHelp ?? false;
  }
}

/** The lines that a terminal shows for a problem: the sentence, what a program printed, and the advice. */
export function describeProblem(problem: StartProblem): string[] {
  const printed = problem.output.trim() === '' ? [] : problem.output.trimEnd().split('\n');
  return [problem.message, ...printed.map((line) => `    ${line}`), ...problem.advice.map((line) => `  ${line}`)];
}

/**
 * The sentence for an error of the file system, or undefined when it is another error.
 *
 * @param doing - what could not be done, such as `write .jupyter/share`
 */
export function diskProblem(doing: string, error: unknown): StartProblem | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const seen: Record<string, [string, string]> = {
    ENOSPC: ['no space is left on the disk', 'Free some space (JupyterLab needs about 300 MB) and start again'],
    EDQUOT: ['the disk quota is used up', 'Free some space (JupyterLab needs about 300 MB) and start again'],
    EACCES: ['permission denied', 'Make the project folder writable for this user, or clone it where it is'],
    EPERM: ['permission denied', 'Make the project folder writable for this user, or clone it where it is'],
    EEXIST: ['a file is in the way', 'Move it away and start again'],
    ENOTDIR: ['a file is in the way', 'Move it away and start again'],
    EROFS: ['the disk is read-only', 'Clone the project to a disk that can be written'],
  };
  const found = code === undefined ? undefined : seen[code];
  return found && new StartProblem(`Cannot ${doing}: ${found[0]}`, { advice: [found[1]], cause: error });
}
