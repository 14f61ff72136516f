import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/**
 * What is printed about an error that ended a child: all of it, with its causes, but without the frames of this lib, which
 * tell its reader nothing.
 *
 * @internal
 */
export function uncaughtText(name: string, error: unknown): string {
  return `Uncaught error in ${name}: ${inspect(error).replace(ownFrames, '')}\n`;
}

/** Node writes the place of a frame as an address or as a path, by the kind of module. */
const here = new URL('.', import.meta.url);
const folder = [here.href, fileURLToPath(here)].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
/** A frame of this lib, with the one of Node's that stands between it and an async function. */
const ownFrames = new RegExp(
  `(\\n +at process\\.processTicksAndRejections \\([^\\n)]*\\))?\\n +at [^\\n]*(?:${folder})[^\\n)]*\\)?`,
  'g',
);
