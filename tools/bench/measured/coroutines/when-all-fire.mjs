/**
 * Sets a timer for each delay, and resolves when all have fired.
 *
 * @param late - is told how late each was; without it they share one function, and nobody looks at a clock
 * @param set - sets one timer
 */
export const whenAllFire = (delays, late, set) =>
  new Promise((resolve) => {
    let left = delays.length;
    const fired = () => {
      if (--left === 0) resolve();
    };
    for (const delay of delays) {
      if (!late) {
        set(fired, delay);
        continue;
      }
      const due = performance.now() + delay;
      const timed = () => {
        late(performance.now() - due);
        fired();
      };
      set(timed, delay);
    }
  });
