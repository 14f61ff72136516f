import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kernelSpec } from '@interleave/kernel';
import type { ProjectFolders } from './project-folders.js';
import { diskProblem } from './start-problem.js';

/**
 * Registers the TypeScript kernel for this project alone: writes `kernel.json` below `.jupyter`, where only a Jupyter
 * that was started with {@link labEnvironment} looks. Its name is `tslab`, the name in the notebooks, so that they open
 * with a plain tslab too.
 *
 * @returns the path of the file
 * @throws {StartProblem} if it cannot be written
 */
export function registerKernel(folders: ProjectFolders): string {
  const file = join(folders.state, 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Written aside and moved: a Jupyter that is running reads it at any time.
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, `${JSON.stringify(kernelSpec(folders.root), null, 2)}\n`);
    renameSync(aside, file);
  } catch (error) {
    throw diskProblem('register the kernel in .jupyter', error) ?? error;
  }
  return file;
}
