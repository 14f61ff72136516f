export { sleep, type SleepOptions } from '../sleep.js';
export { spawn } from './spawn.js';
export { spawnLater } from './spawn-later.js';
export { getCurrent, Greenlet, type KillOptions, type LinkTarget } from './greenlet.js';
export { type ErrorLike } from './to-error.js';
export { isGreenletExit } from './greenlet-exit.js';
export { AsyncResult } from './async-result.js';
