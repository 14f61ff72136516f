export { Event } from './event.js';
export type { SharedOptions } from '@interleave/memory';
