import { afterAll, beforeAll, expect, test } from 'vitest';
import { house, lock, notebook, notebookFile } from './fixtures/house.js';
import { ScratchWorkspace, type NxRun } from './fixtures/scratch-workspace.js';

// Each test starts from a workspace whose last run is all in the cache, changes one thing, looks at what really ran,
// and puts the thing back. So none depends on another, although all share the workspace.
const timeout = 120_000;
const beta = 'notebooks/01-basics/beta.ipynb';
const all = ['beta', 'gamma', 'helper'].map((id) => `test notebooks/01-basics/${id}.ipynb`);
const everything = [...all, 'test notebooks/02-none/none.ipynb'];

let scratch: ScratchWorkspace;
let first: NxRun;
const runTests = (): Promise<NxRun> => scratch.nx('run-many', '-t', 'test');
const testsOf = (run: NxRun): string[] => run.ran.filter((call) => call.startsWith('test '));

beforeAll(async () => {
  // Plugins in Nx's own process take half the time; how Nx keeps them apart is for the test with the real runner to see.
  scratch = new ScratchWorkspace(house(), { NX_ISOLATE_PLUGINS: 'false' });
  await scratch.git('init', '-q');
  await scratch.git('add', '.');
  await scratch.git('commit', '-qm', 'scratch: lay out');
  first = await runTests();
}, timeout);

afterAll(() => scratch.dispose());

test('run-many runs every notebook, after the libs it imports, and writes a report for each', () => {
  expect(first.output).toContain('Successfully ran target test for 2 projects');
  expect(first.ran).toEqual(['build alpha', 'build beta', 'build gamma', ...everything]);
  expect(scratch.has('notebooks/01-basics/.reports/beta.json')).toBe(true);
});

test('the second run is all cache, and brings back reports that were removed', { timeout }, async () => {
  scratch.remove('notebooks/01-basics/.reports');
  const second = await runTests();
  expect(second.ran).toEqual([]);
  expect(second.output).toContain('9 out of 9 tasks');
  expect(scratch.has('notebooks/01-basics/.reports/gamma.json')).toBe(true);
});

test.each([
  ['a changed cell', (text: string) => text.replace('from', ' from')],
  // The saved output and the heading do not change what runs, but the one is compared and the other names the target.
  ['a changed output and heading', (text: string) => text.replace('[]', '[{}]').replace('small', 'big')],
  ['an import of another lib', (text: string) => text.replaceAll('beta', 'gamma')],
])('%s reruns its notebook alone', { timeout }, async (_, change) => {
  const text = change(scratch.read(beta));
  expect(text).not.toBe(scratch.read(beta));
  expect((await scratch.changed(beta, text, runTests)).ran).toEqual([`test ${beta}`]);
});

test('a changed lib reruns the notebooks that reach it, through other libs too', { timeout }, async () => {
  const run = await scratch.changed('libs/alpha/src/index.js', '// changed', runTests);
  expect(run.ran).toEqual(['build alpha', 'build beta', `test ${beta}`]);
});

test('an import of types and an import in a helper count like any other', { timeout }, async () => {
  const run = await scratch.changed('libs/gamma/src/index.js', '// changed', runTests);
  expect(testsOf(run)).toEqual(all.slice(1));
});

test.each(['tools/kernel/src/preload.cjs', 'tools/notebook-runner/src/run.ts'])(
  'a change in %s reruns every notebook and builds nothing',
  { timeout },
  async (path) => {
    expect((await scratch.changed(path, '// changed', runTests)).ran).toEqual(everything);
  },
);

test('helpers and data of a chapter rerun that chapter', { timeout }, async () => {
  const run = await scratch.changed('notebooks/01-basics/work/sizes.csv', '1,2', runTests);
  expect(run.ran).toEqual(all);
});

test('tests, documents and what no notebook reaches rerun nothing', { timeout }, async () => {
  const paths = [
    'libs/alpha/src/index.test.ts',
    'libs/delta/package.json',
    'notebooks/01-basics/README.md',
    'notebooks/01-basics/.ipynb_checkpoints/beta-checkpoint.ipynb',
    'tools/kernel/README.md',
    'tools/kernel/src/preload.test.ts',
    'tools/kernel/src/fixtures/a.ts',
    'tools/kernel/vitest.config.ts',
    'tools/kernel/tsconfig.test.json',
    'README.md',
  ];
  const nested = paths.reduceRight<() => Promise<NxRun>>(
    (body, path) => () => scratch.changed(path, path.endsWith('.json') ? '{"name": "delta"}' : '# changed', body),
    runTests,
  );
  expect((await nested()).ran).toEqual([]);
});

test.each([
  ['the kernel', { tslab: '1.0.1' }, everything],
  ['a lib', { acorn: '8.0.1' }, [`test ${beta}`]],
])(
  'another installed version of what %s stands on reruns what stands on it',
  { timeout },
  async (_, bump, expected) => {
    const text = lock({ tslab: '1.0.0', zeromq: '6.0.0', acorn: '8.0.0', ...bump });
    expect(testsOf(await scratch.changed('package-lock.json', text, runTests))).toEqual(expected);
  },
);

test('nx affected reruns what a change in a lib can reach', { timeout }, async () => {
  const path = 'libs/alpha/src/index.js';
  const run = await scratch.changed(path, '// affected', () => scratch.nx('affected', '-t', 'test'));
  expect(run.output).toContain('Running target test for project 01-basics');
  expect(run.ran).toEqual(['build alpha', 'build beta', `test ${beta}`]);
});

test('nx affected picks the chapter of a changed notebook and no other', { timeout }, async () => {
  const path = 'notebooks/02-none/none.ipynb';
  const run = await scratch.changed(path, notebook('2'), () => scratch.nx('affected', '-t', 'test'));
  expect(run.ran).toEqual([`test ${path}`]);
});

test('the graph has the chapters, and their edges to libs and tools', { timeout }, async () => {
  await scratch.nx('graph', '--file=.nx/graph.json');
  const { graph } = JSON.parse(scratch.read('.nx/graph.json')) as {
    graph: { nodes: Record<string, unknown>; dependencies: Record<string, { target: string; type: string }[]> };
  };
  const edges = (name: string): string[] =>
    (graph.dependencies[name] ?? []).map(({ target, type }) => `${target} ${type}`).sort();
  const tools = ['@interleave/kernel implicit', '@interleave/notebook-runner implicit'];
  expect(Object.keys(graph.nodes).filter((name) => !name.startsWith('@'))).toEqual(['01-basics', '02-none']);
  expect(edges('01-basics')).toEqual(['@interleave/beta static', '@interleave/gamma static', ...tools].sort());
  expect(edges('02-none')).toEqual(tools);
});

test('a notebook that is not JSON fails its own test and leaves the others alone', { timeout }, async () => {
  const path = 'notebooks/02-none/none.ipynb';
  const run = await scratch.changed(path, '{ "cells": [', runTests);
  expect(run.ok).toBe(false);
  expect(run.output).toContain(`Cannot read ${path}: it is not JSON`);
  expect(run.output).toMatch(/Failed tasks:\s+- 02-none:test--none\n/);
  expect(run.ran).toEqual([`test ${path}`]);
});

test('a new chapter is a project without a word in any file', { timeout }, async () => {
  const path = 'notebooks/03-new/deep/er one.ipynb';
  const run = await scratch.changed(path, notebook("import '@interleave/alpha';"), () =>
    scratch.nx('run-many', '-t', 'test', '-p', '03-new', '--output-style=static'),
  );
  expect(run.ran).toEqual([`test ${path}`]);
  expect(run.output).toContain('03-new:test--deep--er-one');
  scratch.remove('notebooks/03-new');
});

test(
  'execute is cached by the source: it settles at once, and a hit writes the outputs back',
  { timeout },
  async () => {
    const fresh = notebookFile([{ source: "import '@interleave/alpha';" }]);
    const execute = (): Promise<NxRun> => scratch.nx('run-many', '-t', 'execute', '-p', '02-none');
    const path = 'notebooks/02-none/none.ipynb';
    await scratch.changed(path, fresh, async () => {
      expect((await execute()).ran).toEqual([`execute ${path}`]);
      const executed = scratch.read(path);
      expect(executed).not.toBe(fresh);
      expect((await execute()).ran).toEqual([]);
      scratch.write(path, fresh);
      expect((await execute()).ran).toEqual([]);
      expect(scratch.read(path)).toBe(executed);
    });
  },
);

test('defaults that would empty the parent target are refused with what to do', { timeout }, async () => {
  const text = scratch.read('nx.json').replace('"nx:noop"', '"other"');
  const run = await scratch.changed('nx.json', text, runTests);
  expect(run.ok).toBe(false);
  expect(run.output).toContain('add "nx:noop": { "cache": true } to targetDefaults');
});
