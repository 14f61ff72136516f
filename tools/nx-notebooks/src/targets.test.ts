import { afterAll, expect, test } from 'vitest';
import { chaptersOf } from './chapter.js';
import { house, notebook, notebookFile } from './fixtures/house.js';
import { ScratchWorkspace } from './fixtures/scratch-workspace.js';
import { pluginOptions } from './plugin-options.js';
import { chapterTargets, notebookTargets, type Targets } from './targets.js';
import { Workspace } from './workspace.js';

const scratch = new ScratchWorkspace({
  ...house(),
  'notebooks/03-odd/it is $HOME.ipynb': notebook('1'),
  'notebooks/03-odd/beside.ipynb': notebookFile([], { interleave: { alone: false } }),
});
afterAll(() => scratch.dispose());

function targetsOf(path: string, options = {}): Targets {
  const [chapter] = chaptersOf(scratch.root, [path]);
  const context = { options: pluginOptions(options), workspace: new Workspace(scratch.root), sourceHash: 'hash.mjs' };
  const [found] = chapter?.notebooks ?? [];
  if (!chapter || !found) throw new Error(`no chapter for ${path}`);
  return { ...notebookTargets(chapter, found, context), ...chapterTargets(chapter, context) };
}

const commandOf = (targets: Targets, name: string): unknown => targets[name]?.options.command;

test('the runner is told what to do, with which file, and where the report goes', () => {
  const targets = targetsOf('notebooks/01-basics/beta.ipynb', { runner: 'run' });
  expect(commandOf(targets, 'test--beta')).toBe(
    'run test notebooks/01-basics/beta.ipynb --json notebooks/01-basics/.reports/beta.json',
  );
  expect(commandOf(targets, 'execute--beta')).toBe('run execute notebooks/01-basics/beta.ipynb');
  expect(commandOf(targets, 'html')).toBe('run html notebooks/01-basics --out notebooks/01-basics/.reports/html');
  expect(commandOf(targets, 'clean')).toBe('run clean notebooks/01-basics');
});

test('what a run writes is an output of its target, and no input of another', () => {
  const targets = targetsOf('notebooks/01-basics/beta.ipynb');
  expect(targets['test--beta']?.outputs).toEqual(['{projectRoot}/.reports/beta.json']);
  expect(targets['execute--beta']?.outputs).toEqual(['{workspaceRoot}/notebooks/01-basics/beta.ipynb']);
  expect(targets['html']?.outputs).toEqual(['{projectRoot}/.reports/html']);
  for (const name of ['test--beta', 'execute--beta', 'html']) {
    expect(targets[name]?.inputs).toContain('!{projectRoot}/.reports/**');
  }
});

test('only the libs that are reached are built first', () => {
  const builds = (path: string, name: string): unknown => targetsOf(path)[name]?.dependsOn;
  expect(builds('notebooks/01-basics/beta.ipynb', 'test--beta')).toEqual([
    { target: 'build', projects: ['@interleave/alpha', '@interleave/beta'] },
  ]);
  expect(builds('notebooks/02-none/none.ipynb', 'test--none')).toBeUndefined();
});

test('removing outputs is never answered from the cache', () => {
  expect(targetsOf('notebooks/01-basics/beta.ipynb')['clean']?.cache).toBeUndefined();
});

test('a notebook runs alone, for it measures, unless it says that it does not mind', () => {
  expect(targetsOf('notebooks/01-basics/beta.ipynb')['test--beta']?.parallelism).toBe(false);
  expect(targetsOf('notebooks/03-odd/beside.ipynb')['test--beside']?.parallelism).toBeUndefined();
});

test.skipIf(process.platform === 'win32')('a name with spaces and signs of the shell stays one word', () => {
  const targets = targetsOf('notebooks/03-odd/it is $HOME.ipynb', { runner: 'run' });
  expect(commandOf(targets, 'execute--it-is--HOME')).toBe("run execute 'notebooks/03-odd/it is $HOME.ipynb'");
});
