import { createRequire } from 'node:module';
import type { StartWorkerOptions } from '@interleave/workers';

/** What is started, where it finds what it needs, and that what is sent to it has been encoded. */
type WorkerEntry = Required<Pick<StartWorkerOptions, 'entry' | 'packages' | 'ownLists'>>;

/** The packages that the entry loads in any case. */
const PACKAGES = ['@interleave/transfer', '@interleave/workers'];

let known: WorkerEntry | undefined;

/**
 * The compiled entry of pool workers. Workers always run compiled code, also when this file is run from its source by
 * a test. It lies beside the root entry, because there the address is the same in a bundle.
 *
 * @internal
 */
export function workerEntry(): WorkerEntry {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = fromSource ? '../dist/entry/pool-worker.cjs' : './entry/pool-worker.js';
  known ??= { entry: new URL(file, import.meta.url), packages, ownLists: true };
  return known;
}

/** This program has loaded them, so that it knows where they are. Asked now, and not in the middle of the first start. */
const packages = ((): Record<string, string> => {
  try {
    const { resolve } = createRequire(import.meta.url);
    return Object.fromEntries(PACKAGES.map((name) => [name, resolve(name)]));
  } catch {
    // Joined into one file by somebody's bundler, for example. The entry looks for them itself.
    return {};
  }
})();
