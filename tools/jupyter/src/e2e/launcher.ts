import { EventEmitter } from 'node:events';
import type { ProjectFolders } from '../project-folders.js';
import { runCommand } from '../run-command.js';
import { start } from '../start.js';
import { StartProblem } from '../start-problem.js';

/** The options with which the tests start JupyterLab: any port, and Lab's application object within reach. */
export const LAB_OPTIONS = ['--no-browser', '--port=0', '--LabApp.expose_app_in_browser=True'] as const;

/** What `npm start` does, in this process, on other folders. */
export class Launcher {
  readonly #folders: ProjectFolders;
  readonly #signals = new EventEmitter();
  #ended: Promise<number> | undefined;

  constructor(folders: ProjectFolders) {
    this.#folders = folders;
  }

  /**
   * Starts JupyterLab.
   *
   * @param signal - stops a start that is under way
   * @returns the address that the launcher printed
   * @throws {StartProblem} if it prints none: no Python, no network for the first installation
   */
  async start(signal: AbortSignal): Promise<string> {
    let printed = '';
    const url = new Promise<string>((found, fail) => {
      const write = (text: string): void => {
        printed += text;
        const address = /Open {3}(\S+)/.exec(printed)?.[1];
        if (address !== undefined) found(address);
        // Pages are of no use here.
        if (printed.includes('Until then')) fail(undefined);
      };
      this.#ended = start(LAB_OPTIONS, {
        folders: this.#folders,
        cwd: this.#folders.root,
        env: process.env,
        platform: process.platform,
        nodeVersion: process.versions.node,
        output: { write },
        run: runCommand,
        signals: this.#signals,
      });
      this.#ended.then(fail, fail);
    });
    const stop = (): void => void this.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await url;
    } catch (reason) {
      await this.stop();
      signal.throwIfAborted();
      if (reason instanceof Error) throw reason;
      throw new StartProblem('Cannot open the notebooks in JupyterLab', {
        output: printed.replace(/Until then[\s\S]*/, ''),
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Does what Ctrl-C does, and waits for the end. */
  async stop(): Promise<void> {
    this.#signals.emit('SIGINT', 'SIGINT');
    await this.#ended?.catch(() => {});
  }
}
