/**
 * Knows whether the process has begun to exit: from then on no event loop turns and no task can run.
 *
 * One listener serves all open executors and is taken away with the last of them. It goes to the front, so that an
 * 'exit' handler of the user that submits is refused and does not get a future that never settles.
 */
let open = 0;
let begun = false;

const onExit = (): void => {
  begun = true;
};

/**
 * @internal
 * @returns to be called when the executor has closed
 */
export function watchExit(): () => void {
  if (open++ === 0) process.prependListener('exit', onExit);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    if (--open === 0) process.off('exit', onExit);
  };
}

/** @internal Whether 'exit' has begun. */
export function exiting(): boolean {
  return begun;
}
