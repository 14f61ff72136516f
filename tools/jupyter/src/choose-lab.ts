import type { Progress } from './progress.js';
import { findPythons, hasLab, isNewEnough, OLDEST_PYTHON, type Python } from './python.js';
import { StartProblem } from './start-problem.js';
import {
  inspectEnvironment,
  installEnvironment,
  type EnvironmentState,
  type VirtualEnvironmentOptions,
} from './virtual-environment.js';

/** What is needed to find or make a JupyterLab. */
export interface LabChoice extends VirtualEnvironmentOptions {
  /** The Python that was asked for; undefined looks on the PATH. */
  readonly command: string | undefined;
  readonly progress: Progress;
  /** Interpreters whose JupyterLab turned out not to start. */
  readonly except: readonly string[];
}

/**
 * Finds an interpreter with JupyterLab 4, or makes `.venv` with one: first `.venv` if it is ready, then an installed
 * JupyterLab, then a fresh `.venv`.
 *
 * @throws {StartProblem} with `pagesHelp` if there is no Python, or the installation is impossible
 */
export async function chooseLab(choice: LabChoice): Promise<Python> {
  const { progress } = choice;
  let state: EnvironmentState = await inspectEnvironment(choice);
  if ('python' in state && choice.except.includes(state.python.executable)) {
    state = state.kind === 'foreign' ? state : { kind: 'broken', reason: 'its JupyterLab does not start' };
  }
  const own = state.kind === 'ready' || state.kind === 'foreign' ? state.python : undefined;
  if (choice.command === undefined && own !== undefined && hasLab(own) && !choice.except.includes(own.executable)) {
    progress.say(`  ✓ JupyterLab ${own.jupyterlab} in .venv`);
    return own;
  }
  const found = await findPythons({ ...choice, command: choice.command });
  const installed = found.find((python) => hasLab(python) && !choice.except.includes(python.executable));
  if (installed !== undefined && state.kind !== 'outdated') {
    progress.say(`  ✓ JupyterLab ${installed.jupyterlab} of ${installed.executable}`);
    return installed;
  }
  const base = found.find(isNewEnough);
  if (base === undefined) throw withoutPython(choice, found);
  if (state.kind === 'foreign') {
    throw new StartProblem('Cannot install JupyterLab into .venv: it was not made here, and has no JupyterLab 4', {
      advice: [
        'Install it there yourself:  .venv/bin/python -m pip install -r tools/jupyter/requirements.txt',
        'Or move that folder away and start again',
      ],
      pagesHelp: true,
    });
  }
  if (state.kind === 'broken') progress.say(`  ! .venv is of no use, ${state.reason}; it is made again`);
  return progress.step(
    state.kind === 'outdated' ? 'Bringing JupyterLab in .venv up to date' : 'Installing JupyterLab into .venv',
    (step) => installEnvironment(base, state, choice, step),
    (python) => `JupyterLab ${python.jupyterlab} installed into .venv, with Python ${python.version}`,
  );
}

function withoutPython(choice: LabChoice, found: readonly Python[]): StartProblem {
  const needed = OLDEST_PYTHON.join('.');
  const [seen] = found;
  const what = choice.command ?? 'python3';
  const message =
    seen === undefined
      ? `Cannot run JupyterLab: there is no ${choice.command === undefined ? 'Python' : what} on this machine that starts`
      : `Cannot run JupyterLab: Python ${needed} or newer is needed, and ${seen.executable} is ${seen.version}`;
  return new StartProblem(message, {
    advice: [
      `Get Python ${needed} or newer:`,
      '    Debian, Ubuntu   sudo apt-get install python3 python3-venv',
      '    macOS            brew install python3',
      '    any system       https://www.python.org/downloads/',
      'Or name one that is not on the PATH with --python',
    ],
    pagesHelp: true,
  });
}
