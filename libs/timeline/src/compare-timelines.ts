import { inspect } from 'node:util';
import { drawTimelines, type PictureOptions, type TimelineGroup } from './draw-timeline.js';
import type { Picture } from './picture.js';
import type { Timeline } from './timeline.js';
import { writeTimelines } from './write-timeline.js';

/**
 * Several timelines in one picture, below each other on the same time axis, so that lengths can be compared by eye.
 *
 * @param timelines - the timelines by the line that stands above each; in the order of the keys
 * @param options - as for one timeline
 * @throws {RangeError} if there are none
 *
 * @example
 * ```ts
 * show(compareTimelines({ 'one after another': series, 'five threads': threads }));
 * ```
 */
export function compareTimelines(timelines: Readonly<Record<string, Timeline>>, options: PictureOptions = {}): Picture {
  const groups: TimelineGroup[] = Object.entries(timelines).map(([heading, timeline]) => ({ heading, timeline }));
  if (groups.length === 0) throw new RangeError('Cannot compare no timelines: pass at least one');
  return {
    toSvg: () => drawTimelines(groups, options),
    toText: () => writeTimelines(groups, options),
    [inspect.custom]: () => `Picture(${groups.map(({ heading }) => heading).join(', ')})`,
  } as Picture;
}
