/**
 * Ends daemon processes together with this program, at the moment at which it ends and not when they notice.
 *
 * One listener serves them all, and is taken away with the last of them. A daemon thread needs none of this: it is a part
 * of its process.
 */
const stops = new Set<() => void>();

const onExit = (): void => {
  for (const stop of stops) stop();
};

/**
 * @internal
 * @param stop - called in the `exit` of this thread or process; what it starts must be done when it returns
 * @returns to be called when the daemon has ended
 */
export function stopAtExit(stop: () => void): () => void {
  if (stops.size === 0) process.on('exit', onExit);
  stops.add(stop);
  return () => {
    if (stops.delete(stop) && stops.size === 0) process.off('exit', onExit);
  };
}
