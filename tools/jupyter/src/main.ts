import { runCommand } from './run-command.js';
import { projectFolders, projectRoot } from './project-folders.js';
import { start } from './start.js';

/**
 * What `npm start` calls: opens the notebooks of this project, on this machine.
 *
 * @param args - the command line after `npm start --`
 * @returns the exit code, as {@link start} gives it
 */
export async function main(args: readonly string[]): Promise<number> {
  return start(args, {
    folders: projectFolders(projectRoot()),
    // npm runs scripts in the project's folder and tells where the person was.
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    env: process.env,
    platform: process.platform,
    nodeVersion: process.versions.node,
    output: process.stdout,
    run: runCommand,
    signals: process,
  });
}
