import { afterAll, expect, test } from 'vitest';
import { chaptersOf } from './chapter.js';
import { notebook } from './fixtures/house.js';
import { ScratchWorkspace } from './fixtures/scratch-workspace.js';

const scratch = new ScratchWorkspace({
  'notebooks/a/one.ipynb': notebook(
    "import { p } from '@x/p';",
    "await import('@x/q'); // see './never.js'",
    "import { load } from './load';",
  ),
  'notebooks/a/load.ts': "import { r } from '@x/r';\nexport * from './deep/more.js';\n",
  'notebooks/a/deep/more.mts': "import '../load.js'; import 's/sub'; import 'node:fs'; import '../../b/outside.js';\n",
  'notebooks/a/unused.ts': "import '@x/unused';\n",
  'notebooks/b/outside.ts': "import '@x/outside';\n",
});
afterAll(() => scratch.dispose());

const chapters = (...paths: string[]): ReturnType<typeof chaptersOf> => chaptersOf(scratch.root, paths);

test('imports of cells and of the helpers they reach are collected with the file they stand in', () => {
  expect(chapters('notebooks/a/one.ipynb')[0]?.notebooks[0]?.imports).toEqual([
    { package: '@x/p', kind: 'static', file: 'notebooks/a/one.ipynb' },
    { package: '@x/q', kind: 'dynamic', file: 'notebooks/a/one.ipynb' },
    { package: '@x/r', kind: 'static', file: 'notebooks/a/load.ts' },
    { package: 's', kind: 'static', file: 'notebooks/a/deep/more.mts' },
  ]);
});

test('a folder directly under notebooks is a chapter, also for notebooks deeper down', () => {
  const found = chapters(
    'notebooks/b/z.ipynb',
    'notebooks/a/part/x y.ipynb',
    'notebooks/b/1.ipynb',
    'notebooks/loose.ipynb',
  );
  expect(found.map(({ name, root, notebooks }) => [name, root, notebooks.map(({ id }) => id)])).toEqual([
    ['a', 'notebooks/a', ['part--x-y']],
    ['b', 'notebooks/b', ['1', 'z']],
  ]);
});

test('checkpoints and hidden folders are no notebooks', () => {
  expect(chapters('notebooks/a/.ipynb_checkpoints/x.ipynb', 'notebooks/.jupyter/x.ipynb')).toEqual([]);
});

test('letters of any script stay in a name', () => {
  expect(chapters('notebooks/a/期货:один.ipynb')[0]?.notebooks[0]?.id).toBe('期货-один');
});

test('two notebooks that would share their targets are refused', () => {
  expect(() => chapters('notebooks/a/x y.ipynb', 'notebooks/a/x-y.ipynb')).toThrow(
    'Cannot name the targets of notebooks/a/x-y.ipynb: notebooks/a/x y.ipynb has the name "x-y" already; rename one of them',
  );
});

test('a notebook that vanished reads as an empty one', () => {
  expect(chapters('notebooks/a/gone.ipynb')[0]?.notebooks[0]).toMatchObject({ id: 'gone', code: [], imports: [] });
});
