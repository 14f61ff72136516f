export * as aio from './aio/index.js';
export * as gevent from './gevent/index.js';
export { loopClock } from './loop-clock.js';
