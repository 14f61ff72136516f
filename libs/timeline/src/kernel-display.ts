/**
 * How to show something in a notebook cell, without depending on the kernel.
 *
 * tslab's own `display` sends one form at a time. A picture needs two, SVG for eyes and text for everything else, and a
 * viewer chooses; so the message is made here and handed to the function that tslab keeps for its `display`. That
 * function belongs to the cell that runs, and is found in the module cache of this process: nothing is imported, so a
 * program that is no kernel pays one search and prints text.
 *
 * Rejected: `require('tslab')` from the notebook's folder. It may be another copy than the one that runs the kernel, and
 * its `display` throws "Not ready" there.
 */
import { createRequire } from 'node:module';
import { sep } from 'node:path';

/** Forms of the same thing by MIME type. */
export type MimeBundle = Readonly<Record<string, string>>;

/** What Jupyter's `display_data` message holds. */
interface DisplayData {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly transient: Readonly<Record<string, string | undefined>>;
}

type Write = (data: DisplayData, update?: boolean) => void;

/** The part of tslab's `dist/jupyter.js` that is used. */
interface KernelModule {
  readonly lastWriteDisplayData: Write | null;
}

/** Something shown that can be replaced by something newer, in the same place. */
export interface LiveDisplay {
  /** Shows the first form, or puts a newer one in its place. */
  update(bundle: MimeBundle): void;
}

const SUFFIX = ['', 'tslab', 'dist', 'jupyter.js'].join(sep);
let kernelModule: KernelModule | undefined;

/**
 * The function that shows things in the cell that runs now, or `undefined` if this program is no kernel. Ask anew for
 * each cell.
 */
function currentWrite(): Write | undefined {
  if (kernelModule === undefined) {
    const { cache } = createRequire(import.meta.url);
    for (const path of Object.keys(cache)) {
      if (!path.endsWith(SUFFIX)) continue;
      const exports = cache[path]?.exports as KernelModule | undefined;
      // A second copy of tslab may be loaded and idle; the one that has run a cell is the kernel.
      if (typeof exports?.lastWriteDisplayData === 'function') kernelModule = exports;
    }
  }
  return kernelModule?.lastWriteDisplayData ?? undefined;
}

/** Whether this program is a kernel that has begun with a cell. */
export function inKernel(): boolean {
  return currentWrite() !== undefined;
}

/**
 * Shows a bundle in the cell that runs.
 *
 * @returns false if this program is no kernel; nothing has been shown then
 */
export function displayBundle(bundle: MimeBundle): boolean {
  const write = currentWrite();
  write?.({ data: bundle, metadata: {}, transient: {} });
  return write !== undefined;
}

let lastDisplay = 0;

/**
 * A place in the cell that runs now, which can be updated later, also when other cells run.
 *
 * @returns `undefined` if this program is no kernel
 */
export function openDisplay(): LiveDisplay | undefined {
  // Kept, not looked up again: it says which cell the updates belong to.
  const write = currentWrite();
  if (write === undefined) return undefined;
  const display_id = `interleave-${process.pid}-${++lastDisplay}`;
  let shown = false;
  return {
    update(bundle) {
      write({ data: bundle, metadata: {}, transient: { display_id } }, shown);
      shown = true;
    },
  };
}
