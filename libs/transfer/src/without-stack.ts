/** Makes errors without looking at the call stack, which takes most of the time and is replaced anyway. */
export function withoutStack<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
