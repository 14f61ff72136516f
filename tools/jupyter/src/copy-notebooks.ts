import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chapters } from './first-document.js';
import { diskProblem, StartProblem } from './start-problem.js';

/**
 * Copies the chapters, with everything that lies beside the notebooks except hidden files: those are reports and what
 * editors leave behind.
 *
 * @param notebooks - the notebooks folder
 * @param copy - made; a place inside the project, because a cell finds its packages from the notebook's folder upwards
 * @throws {StartProblem} if there is no chapter, or no space
 */
export function copyNotebooks(notebooks: string, copy: string): void {
  const names = existsSync(notebooks) ? chapters(notebooks) : [];
  if (names.length === 0) {
    throw new StartProblem('Cannot show the notebooks: there are none in the notebooks folder', {
      advice: ['Get a fresh copy of the project'],
    });
  }
  try {
    mkdirSync(copy, { recursive: true });
    for (const name of names) {
      const filter = (path: string): boolean => !basename(path).startsWith('.');
      cpSync(join(notebooks, name), join(copy, name), { recursive: true, filter });
    }
  } catch (error) {
    throw diskProblem('copy the notebooks to .jupyter', error) ?? error;
  }
}
