/** Every message between `LocalWeb` and its thread. */
import type { ServedPage } from './page.js';
import type { WebLog } from './web-log.js';

/** What the thread is started with. */
export interface ServerData {
  readonly pages: readonly ServedPage[];
  readonly port: number;
  /** Every time of every page is multiplied by this. */
  readonly scale: number;
  /** How many requests are answered at once; the others wait in line. */
  readonly capacity: number;
  /** What all open pages share, in bytes a second, before scaling. */
  readonly bytesPerSecond: number;
}

/** To the thread. Each is answered by exactly one message, in order. */
export type ToServer = { readonly kind: 'log' } | { readonly kind: 'clear' } | { readonly kind: 'close' };

/** From the thread. */
export type FromServer =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'log' | 'cleared' | 'closed'; readonly log: WebLog };
