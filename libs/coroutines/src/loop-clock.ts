import { systemClock, type Clock } from '@interleave/core';

/**
 * The clock of everything that waits on the event loop.
 */
export const loopClock: Clock = systemClock;
