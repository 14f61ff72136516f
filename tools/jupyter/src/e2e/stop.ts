/** Ctrl-C on the real `npm start`, from outside, with a notebook open whose pool has processes. */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { processTree, stillRunning } from '../process-tree.js';
import type { ProjectFolders } from '../project-folders.js';
import { LabPage } from './lab-page.js';
import { LAB_OPTIONS } from './launcher.js';
import { NpmStart } from './npm-start.js';
import { assertNone } from './report.js';
import { writeScratchNotebook } from './scratch-notebook.js';

/**
 * Starts `npm start`, opens a notebook with a pool of processes, signals, and looks for what is left.
 *
 * @param name - the signal; SIGINT goes to the whole process group, as a terminal sends it
 */
export async function checkStop(
  context: BrowserContext,
  folders: ProjectFolders,
  name: 'SIGINT' | 'SIGTERM',
): Promise<string> {
  const path = `scratch/${name}.ipynb`;
  writeScratchNotebook(join(folders.notebooks, path), [
    "import { ProcessPoolExecutor } from '@interleave/pools';\nconst pool = new ProcessPoolExecutor({ maxWorkers: 2 });",
    "console.log('worker', (await pool.submit(() => process.pid).result()) !== process.pid);",
    "import { spawn } from 'node:child_process';\nconst child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });",
    "console.log('begun');\nawait new Promise(() => {});",
  ]);
  const launcher = new NpmStart(folders.root, [...LAB_OPTIONS, `--ServerApp.root_dir=${folders.notebooks}`]);
  try {
    const lab = await LabPage.open(context, await launcher.address('Open'));
    await lab.openNotebook(path);
    await lab.runAll();
    await lab.untilPrinted(3, 'begun');
    // The launcher, JupyterLab, the kernel, a worker of the pool, and the child that is detached.
    const tree = await processTree((process) => process.pid === launcher.pid);
    await lab.page.close();
    const begun = performance.now();
    const end = await launcher.stop(name);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const left = await stillRunning(tree);
    const { printed } = launcher;
    assertNone([
      ...(end === 0 ? [] : [`npm start ended with ${end}, not with 0:\n${printed}`]),
      ...(printed.includes('JupyterLab and its kernels have ended') ? [] : [`it said:\n${printed}`]),
      ...(tree.length >= 5 ? [] : [`only ${tree.length} processes ran, so the check shows nothing`]),
      ...left.map((process) => `still running: ${process.command}`),
    ]);
    return `${tree.length} processes ended in ${seconds} s`;
  } finally {
    await launcher.stop('SIGTERM');
  }
}
