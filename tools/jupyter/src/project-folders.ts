import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: the one that holds `notebooks` and `tools`. */
export function projectRoot(): string {
  return fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');
}

/** Where the launcher keeps things; everything it writes, besides `.venv`, is below `state`. */
export interface ProjectFolders {
  readonly root: string;
  readonly notebooks: string;
  /** This tool's folder, with the settings and the requirements. */
  readonly tool: string;
  /** `.jupyter`: settings, workspaces, kernels, logs. Never under the user's home. */
  readonly state: string;
}

/** The folders of a project at `root`. */
export function projectFolders(root: string): ProjectFolders {
  return {
    root,
    notebooks: join(root, 'notebooks'),
    tool: join(root, 'tools', 'jupyter'),
    state: join(root, '.jupyter'),
  };
}
