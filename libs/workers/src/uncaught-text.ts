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

const folder = new URL('.', import.meta.url).href.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A frame of this lib, with the one of Node's that stands between it and an async function. */
const ownFrames = new RegExp(
  `(\\n +at process\\.processTicksAndRejections \\([^\\n)]*\\))?\\n +at [^\\n]*${folder}[^\\n)]*\\)?`,
  'g',
);
