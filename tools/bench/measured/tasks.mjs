// The tasks of all contenders. Those that load a file get this one; ours gets the functions themselves.

/** Nothing: what is left is the way there and back. */
export function noop(value) {
  return value;
}

/** Keeps a processor busy for so many microseconds. */
export function burn(microseconds) {
  const end = performance.now() + microseconds / 1000;
  while (performance.now() < end);
  return 0;
}

/** Gives back what it got, as a new value. */
export function echo(value) {
  return value;
}
