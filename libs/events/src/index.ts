export { Event } from './event.js';
export type { SharedOptions } from '@interleave/memory';
export { DefaultSelector } from './default-selector.js';
export { EVENT_READ, EVENT_WRITE, type Ready, type SelectorData, type SelectorKey } from './selector.js';
export { takeMessage } from './port-readiness.js';
export { toReadiness, type Readiness, type Watchable, type WatchedObject } from './readiness.js';
export type { AnyStream } from './stream-readiness.js';
export type { BaseSelector } from './base-selector.js';
export type { SelectorMap } from './selector-map.js';
