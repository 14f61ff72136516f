/**
 * Nx plugin: a folder of notebooks is a project, a notebook is a pair of cached targets.
 *
 *     notebooks/05-futures/01-series.ipynb          import { Future } from '@interleave/pools'
 *           │ folder                                        │ import lines of the code cells
 *           ▼                                               ▼
 *     project 05-futures ── test ──► test--01-series    edge 05-futures ──► @interleave/pools
 *                        └─ execute ► execute--01-series    inputs: pools and all it depends on
 *
 * Everything is read from the files; nothing is configured and nothing is written.
 *
 * A chapter is one project, so the *project* graph says that a chapter depends on every lib that one of its notebooks
 * imports. The *inputs* of each target are narrower: only what that notebook reaches. `nx affected` picks the chapter,
 * and the cache answers for the notebooks that the change cannot reach.
 */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
// Types only: loading the devkit would cost every command of Nx more than all the rest of this plugin.
import type {
  CreateDependencies,
  CreateNodes,
  CreateNodesResultArray,
  DependencyType,
  NxJsonConfiguration,
  ProjectConfiguration,
  RawProjectGraphDependency,
} from '@nx/devkit';
import { chaptersOf, type Chapter } from './chapter.js';
import { pluginOptions, type PluginOptions } from './plugin-options.js';
import { chapterTargets, notebookTargets } from './targets.js';
import { Workspace } from './workspace.js';

/** Name under which Nx reports on the plugin. */
export const name = '@interleave/nx-notebooks';

/** Infers the projects and targets of all chapters. */
export const createNodes: CreateNodes<Partial<PluginOptions>> = [
  'notebooks/*/**/*.ipynb',
  (files, given, { workspaceRoot, nxJsonConfiguration }): CreateNodesResultArray => {
    const options = pluginOptions(given);
    refuseReplacedParents(nxJsonConfiguration);
    const workspace = new Workspace(workspaceRoot);
    refuseUnknownRuntime(options, workspace);
    const context = { options, workspace, sourceHash: sourceHashFrom(workspaceRoot) };
    return chaptersOf(workspaceRoot, slashed(files)).flatMap((chapter) => [
      // One result per notebook, so that Nx can say which file a target comes from.
      ...chapter.notebooks.map((notebook) =>
        resultOf(notebook.path, { root: chapter.root, targets: notebookTargets(chapter, notebook, context) }),
      ),
      resultOf(chapter.notebooks[0]?.path ?? chapter.root, {
        root: chapter.root,
        name: chapter.name,
        projectType: 'application',
        tags: ['notebooks'],
        metadata: { description: chapter.notebooks[0]?.title ?? chapter.name, technologies: ['jupyter'] },
        targets: chapterTargets(chapter, context),
      }),
    ]);
  },
];

/** Draws the edges from chapters to what their cells import, and to the kernel and the runner. */
export const createDependencies: CreateDependencies<Partial<PluginOptions>> = (given, context) => {
  const { runtime } = pluginOptions(given);
  const projects = new Map<string, string>();
  for (const [project, { metadata }] of Object.entries(context.projects)) {
    const packageName = metadata?.js?.packageName;
    if (packageName) projects.set(packageName, project);
  }
  const targetOf = (packageName: string): string | undefined =>
    projects.get(packageName) ?? (context.externalNodes?.[`npm:${packageName}`] ? `npm:${packageName}` : undefined);

  const files = Object.values(context.fileMap.projectFileMap).flatMap((list) => list.map(({ file }) => file));
  const notebooks = files.filter((file) => file.startsWith('notebooks/') && file.endsWith('.ipynb'));
  return chaptersOf(context.workspaceRoot, notebooks).flatMap((chapter) => edgesOf(chapter, targetOf, runtime));
};

function edgesOf(
  chapter: Chapter,
  targetOf: (packageName: string) => string | undefined,
  runtime: readonly string[],
): RawProjectGraphDependency[] {
  const source = chapter.name;
  const edges = new Map<string, RawProjectGraphDependency>();
  for (const { package: packageName, kind, file } of chapter.notebooks.flatMap(({ imports }) => imports)) {
    const target = targetOf(packageName);
    if (target === undefined) continue;
    edges.set(`${target} ${kind} ${file}`, { source, target, type: kind as DependencyType, sourceFile: file });
  }
  for (const packageName of runtime) {
    const target = targetOf(packageName);
    if (target !== undefined) edges.set(target, { source, target, type: 'implicit' as DependencyType.implicit });
  }
  return [...edges.values()];
}

function resultOf(file: string, project: ProjectConfiguration): CreateNodesResultArray[number] {
  return [file, { projects: { [project.root]: project } }];
}

/**
 * `targetDefaults.test` is meant for libs and would replace what `test` of a chapter depends on: the run would be green
 * and empty. Nx prefers defaults for the executor to defaults for the name, so an entry for "nx:noop" keeps them away.
 */
function refuseReplacedParents({ targetDefaults }: NxJsonConfiguration): void {
  const taken = ['test', 'execute'].find((target) => targetDefaults?.[target] !== undefined);
  if (taken !== undefined && targetDefaults?.['nx:noop'] === undefined) {
    throw new Error(
      `Cannot infer ${taken} of the chapters: targetDefaults.${taken} in nx.json would replace what it depends on; ` +
        'add "nx:noop": { "cache": true } to targetDefaults',
    );
  }
}

function refuseUnknownRuntime({ runtime }: PluginOptions, workspace: Workspace): void {
  const unknown = runtime.find((packageName) => !workspace.packages.has(packageName));
  if (unknown !== undefined) {
    throw new Error(
      `Cannot infer the inputs of notebooks: "${unknown}" is not a package of the workspace; ` +
        'set "runtime" in the options of the plugin in nx.json to the packages that notebooks run on',
    );
  }
}

function sourceHashFrom(workspaceRoot: string): string {
  const file = fileURLToPath(new URL('../bin/notebook-source.mjs', import.meta.url));
  return relative(workspaceRoot, file).split(sep).join('/');
}

function slashed(paths: readonly string[]): string[] {
  return paths.map((path) => path.split(sep).join('/'));
}
