/**
 * Where errors go that nobody asked for: a done-callback that throws, a worker's stray timer, a task whose result was
 * dropped. They never become an unhandled rejection and never break the library's own work.
 */

/** Where an error came up. */
export interface UncaughtContext {
  /** What was running, for people: `done-callback of Future "download"`. */
  readonly where: string;
}

/** Receives errors that nobody asked for. */
export type UncaughtHandler = (error: unknown, context: UncaughtContext) => void;

const toStderr: UncaughtHandler = (error, { where }) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`Uncaught error in ${where}: ${text}\n`);
};

let current: UncaughtHandler = toStderr;

/**
 * Sets who receives errors that nobody asked for. Without one they are written to stderr, once each.
 *
 * @param handler - called synchronously; if it throws, both errors go to stderr and nothing else happens
 * @returns the handler before, to put it back
 * @throws {TypeError} if it is not a function
 *
 * @example
 * ```ts
 * const before = setUncaughtHandler((error, { where }) => logger.error({ error, where }));
 * ```
 */
export function setUncaughtHandler(handler: UncaughtHandler): UncaughtHandler {
  if (typeof handler !== 'function')
    throw new TypeError(`Cannot set ${typeof handler} as the handler: pass a function`);
  const before = current;
  current = handler;
  return before;
}

/** Hands an error to the handler of {@link setUncaughtHandler}. Never throws. For the libs themselves. */
export function reportUncaught(error: unknown, context: UncaughtContext): void {
  try {
    current(error, context);
  } catch (second) {
    toStderr(error, context);
    toStderr(second, { where: 'the uncaught handler itself' });
  }
}
