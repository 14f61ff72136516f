import type { TargetConfiguration } from '@nx/devkit';
import type { Chapter, ChapterNotebook } from './chapter.js';
import type { PluginOptions } from './plugin-options.js';
import type { Reach, Workspace } from './workspace.js';

/** Targets by name. */
export type Targets = Record<string, TargetConfiguration>;

/** What the targets are made from. */
export interface TargetsContext {
  readonly workspace: Workspace;
  readonly options: PluginOptions;
  /** Path of `bin/notebook-source.mjs` from the workspace root. */
  readonly sourceHash: string;
}

/**
 * The cached targets of one notebook: `test--<id>` and `execute--<id>`.
 *
 * Their inputs are what the notebook can reach and nothing else, so that a change in a lib reruns the notebooks that
 * import it and leaves the others of the chapter in the cache:
 *
 * - the notebook (for `execute` without its outputs, which it writes itself);
 * - the other files of the chapter: helpers and data;
 * - the production files of every lib its imports lead to, through `dependencies`;
 * - the kernel and the runner, tests apart, and the installed packages all of these stand on;
 * - the version of Node.
 */
export function notebookTargets(chapter: Chapter, notebook: ChapterNotebook, context: TargetsContext): Targets {
  const { options, workspace, sourceHash } = context;
  const reach = workspace.reach([...options.runtime, ...notebook.imports.map((found) => found.package)]);
  const path = shellWord(notebook.path);
  const report = `.reports/${notebook.id}.json`;
  const projects = builtProjects(reach);
  const shared = {
    executor: 'nx:run-commands',
    cache: true,
    ...(projects.length > 0 ? { dependsOn: [{ target: 'build', projects }] } : {}),
    // Measurements beside other work measure the other work.
    ...(notebook.alone ? { parallelism: false } : {}),
  };
  const what = notebook.title ?? notebook.id;
  return {
    [`test--${notebook.id}`]: {
      ...shared,
      options: { command: `${options.runner} test ${path} --json ${shellWord(`${chapter.root}/${report}`)}` },
      inputs: [`{workspaceRoot}/${notebook.path}`, ...notebookInputs(reach)],
      outputs: [`{projectRoot}/${report}`],
      metadata: {
        description: `Runs every cell and compares with the saved outputs: ${what}`,
        technologies: ['tslab'],
      },
    },
    [`execute--${notebook.id}`]: {
      ...shared,
      options: { command: `${options.runner} execute ${path}` },
      inputs: [{ runtime: `node ${shellWord(sourceHash)} ${path}` }, ...notebookInputs(reach)],
      outputs: [`{workspaceRoot}/${notebook.path}`],
      metadata: { description: `Runs every cell and saves the outputs: ${what}`, technologies: ['tslab'] },
    },
  };
}

/**
 * The targets of a chapter as a whole: `test` and `execute` stand for those of its notebooks, `html` and `clean` take
 * the folder at once. Pages are a product like a report, so they go beside the reports and not among the sources.
 */
export function chapterTargets(chapter: Chapter, { options, workspace }: TargetsContext): Targets {
  const each = (verb: string): string[] => chapter.notebooks.map((notebook) => `${verb}--${notebook.id}`);
  const folder = shellWord(chapter.root);
  return {
    test: {
      executor: 'nx:noop',
      dependsOn: each('test'),
      metadata: { description: 'Tests every notebook of the chapter' },
    },
    execute: {
      executor: 'nx:noop',
      dependsOn: each('execute'),
      metadata: { description: 'Runs every notebook of the chapter and saves the outputs' },
    },
    html: {
      executor: 'nx:run-commands',
      cache: true,
      options: { command: `${options.runner} html ${folder} --out ${shellWord(`${chapter.root}/.reports/html`)}` },
      inputs: ['{projectRoot}/**/*', '!{projectRoot}/.reports/**', ...toolInputs(workspace.reach(options.runtime))],
      outputs: ['{projectRoot}/.reports/html'],
      metadata: { description: 'Renders the chapter as web pages, as saved' },
    },
    clean: {
      executor: 'nx:run-commands',
      options: { command: `${options.runner} clean ${folder}` },
      metadata: { description: 'Removes the saved outputs' },
    },
  };
}

type Inputs = NonNullable<TargetConfiguration['inputs']>;

function notebookInputs(reach: Reach): Inputs {
  const built = builtProjects(reach);
  return [
    // The patterns of one root are read together: `!` takes away from all of them, also from a notebook named on its
    // own. So the notebook is named from the workspace root, and these, which leave out all notebooks, from here.
    '{projectRoot}/**/*',
    '!{projectRoot}/**/*.ipynb',
    '!{projectRoot}/.reports/**',
    '!{projectRoot}/README.md',
    ...(built.length > 0 ? [{ input: 'production', projects: built }] : []),
    ...toolInputs(reach),
  ];
}

/** Packages that run from their sources, all that is installed, and Node. */
function toolInputs({ packages, external }: Reach): Inputs {
  const fromSource = packages.filter((found) => !found.built).map((found) => found.root);
  return [
    ...fromSource.flatMap((root) => [
      `{workspaceRoot}/${root}/**/*`,
      `!{workspaceRoot}/${root}/**/*.test.*`,
      `!{workspaceRoot}/${root}/vitest.config.*`,
      `!{workspaceRoot}/${root}/tsconfig.test.json`,
      `!{workspaceRoot}/${root}/**/fixtures/**`,
      `!{workspaceRoot}/${root}/**/*.md`,
    ]),
    { externalDependencies: [...external] },
    { runtime: 'node --version' },
  ];
}

function builtProjects({ packages }: Reach): string[] {
  return packages.filter((found) => found.built).map((found) => found.project);
}

/** A path as one word of a shell command, in `sh` and in `cmd`. */
function shellWord(path: string): string {
  if (/^[\w./@+=-]+$/.test(path)) return path;
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
