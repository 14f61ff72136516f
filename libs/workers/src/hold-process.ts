/**
 * Keeps the process alive while there is work that somebody waits for.
 *
 * Workers are always unref'd, so that an idle one never keeps a program from ending. But Node drops an unref'd worker
 * together with what it still had to do, and a promise alone keeps nothing alive. So whoever has work outstanding holds
 * the process. One timer stands for all holders: switching it costs less than ref() and unref() on every worker.
 */
let holders = 0;
let timer: NodeJS.Timeout | undefined;

/** The longest interval that `setInterval` understands; it never has anything to do. */
const LONGEST = 2 ** 31 - 1;

/**
 * Keeps the process alive until the returned function is called. For building pools.
 *
 * @returns releases the hold; a second call does nothing
 */
export function holdProcess(): () => void {
  holders += 1;
  if (timer === undefined) timer = setInterval(() => {}, LONGEST);
  else if (holders === 1) timer.ref();
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) timer?.unref();
  };
}
