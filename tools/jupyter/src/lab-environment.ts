import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ProjectFolders } from './project-folders.js';
import { diskProblem } from './start-problem.js';

/**
 * The environment that JupyterLab is started with: every place it writes to is below `.jupyter`, so that nothing is
 * written, and nothing read, under the user's home. The project's defaults come from `tools/jupyter/config`; what a
 * reader changes in Lab's settings goes to `.jupyter` and wins.
 *
 * @param runtime - the folder for connection files and the server's own record; one for each start
 * @param env - the environment of the launcher
 */
export function labEnvironment(folders: ProjectFolders, runtime: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { state, tool } = folders;
  const config = join(tool, 'config');
  const placed: Record<string, string> = {
    JUPYTER_CONFIG_DIR: join(state, 'config'),
    JUPYTER_DATA_DIR: join(state, 'data'),
    JUPYTER_RUNTIME_DIR: runtime,
    JUPYTERLAB_SETTINGS_DIR: join(state, 'lab', 'user-settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(state, 'lab', 'workspaces'),
    IPYTHONDIR: join(state, 'ipython'),
  };
  try {
    // The connection files in there hold keys: for this user's eyes only.
    for (const folder of Object.values(placed)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw diskProblem('write .jupyter', error) ?? error;
  }
  const path = (own: string, inherited: string | undefined): string =>
    inherited === undefined || inherited === '' ? own : `${own}${delimiter}${inherited}`;
  const result: NodeJS.ProcessEnv = {
    ...env,
    ...placed,
    JUPYTER_PATH: path(join(state, 'share', 'jupyter'), env['JUPYTER_PATH']),
    JUPYTER_CONFIG_PATH: path(config, env['JUPYTER_CONFIG_PATH']),
    PYTHONUNBUFFERED: '1',
  };
  // A task runner's wish for colours would end up in the outputs of cells.
  delete result['FORCE_COLOR'];
  return result;
}
