/**
 * Milliseconds on a clock that never goes back.
 *
 * Not `performance.now()`: Node loads nine modules for it when it is first asked, a millisecond of every worker's start.
 */
export function instant(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** What has to be added to an {@link instant} to make it milliseconds since 1970, on the clock of `performance`. */
let origin: number | undefined;

/** An {@link instant} as milliseconds since 1970. */
export function sinceEpoch(time: number): number {
  origin ??= performance.timeOrigin + performance.now() - instant();
  return origin + time;
}
