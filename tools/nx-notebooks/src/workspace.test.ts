import { afterAll, expect, test } from 'vitest';
import { house } from './fixtures/house.js';
import { ScratchWorkspace } from './fixtures/scratch-workspace.js';
import { Workspace } from './workspace.js';

const scratch = new ScratchWorkspace(house());
afterAll(() => scratch.dispose());

test('reach() follows dependencies through the workspace to installed packages', () => {
  const { packages, external } = new Workspace(scratch.root).reach(['@interleave/beta', 'node:fs', 'never-installed']);
  expect(packages.map(({ root }) => root)).toEqual(['libs/alpha', 'libs/beta']);
  expect(external).toEqual(['acorn']);
});

test('a copy that a package has for itself is named with its version, as Nx does', () => {
  const workspace = new Workspace(scratch.root);
  expect(workspace.reach(['@interleave/notebook-runner']).external).toEqual(['ajv@8.0.0', 'tslab', 'zeromq']);
  expect(workspace.reach(['ajv']).external).toEqual(['ajv']);
});

test('libs are used as built, tools as written', () => {
  const { packages } = new Workspace(scratch.root).reach(['@interleave/alpha', '@interleave/kernel']);
  expect(packages.map(({ root, built }) => [root, built])).toEqual([
    ['libs/alpha', true],
    ['tools/kernel', false],
  ]);
});

test('packages that need each other end', () => {
  const manifest = scratch.read('libs/alpha/package.json');
  scratch.write(
    'libs/alpha/package.json',
    manifest.replace('"dependencies": {', '"dependencies": {"@interleave/beta": "*"'),
  );
  const { packages } = new Workspace(scratch.root).reach(['@interleave/alpha']);
  expect(packages.map(({ root }) => root)).toEqual(['libs/alpha', 'libs/beta']);
  scratch.write('libs/alpha/package.json', manifest);
});

test('a name given to Nx goes before the name of the package', () => {
  scratch.write('libs/delta/package.json', JSON.stringify({ name: '@interleave/delta', nx: { name: 'delta' } }));
  expect(new Workspace(scratch.root).packages.get('@interleave/delta')?.project).toBe('delta');
});

test('a broken package.json is named', () => {
  scratch.write('libs/broken/package.json', '{');
  expect(() => new Workspace(scratch.root)).toThrow(
    /Cannot read .*libs\/broken\/package\.json: .*; make it valid JSON/,
  );
  scratch.remove('libs/broken');
});
