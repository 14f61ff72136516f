import { displayBundle } from './kernel-display.js';
import type { Picture } from './picture.js';
import type { PictureOptions } from './draw-timeline.js';
import { Timeline } from './timeline.js';

/**
 * Shows a picture: in a notebook cell as SVG with its text twin, anywhere else the text twin on the console.
 *
 * @param timeline - a recording
 * @param options - how to draw it
 *
 * @example
 * ```ts
 * show(await record(() => downloadAll(urls)), { title: 'twelve pages, five threads' });
 * ```
 */
export function show(timeline: Timeline, options?: PictureOptions): void;
/**
 * Shows a chart, a comparison, or anything else with `toSvg()` and `toText()`.
 *
 * @throws {TypeError} if it has neither
 */
export function show(picture: Picture): void;
export function show(picture: Picture | Timeline, options: PictureOptions = {}): void {
  if (typeof picture?.toSvg !== 'function' || typeof picture.toText !== 'function') {
    throw new TypeError(`Cannot show ${typeof picture}: pass a timeline, a chart, or an object with toSvg and toText`);
  }
  const text = picture instanceof Timeline ? picture.toText(options) : picture.toText();
  const svg = (): string => (picture instanceof Timeline ? picture.toSvg(options) : picture.toSvg());
  if (!displayBundle({ 'image/svg+xml': svg(), 'text/plain': text })) console.log(text);
}
