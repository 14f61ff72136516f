/** Where the workspace is: the folder above `tools`. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of the workspace's folder. */
export const workspaceRoot: string = join(dirname(fileURLToPath(import.meta.url)), '../../..');
