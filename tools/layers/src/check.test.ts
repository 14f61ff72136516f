import { expect, test } from 'vitest';
import { findingsWith, goodHouse, manifest, notebook } from './fixtures/scratch-house.js';

const pools = 'libs/pools/src/index.ts';

/** The good house with lines added to a file that exists, so that what it declares stays in use. */
function added(path: string, text: string): Record<string, string> {
  return { [path]: `${goodHouse()[path]}${text}\n` };
}

test('a house with every kind of allowed edge has no finding', () => {
  expect(findingsWith({})).toEqual([]);
});

test('an import of a layer above is found, at its line and at the package.json', () => {
  const changes = {
    ...added('libs/transfer/src/index.ts', "import '@interleave/pools';"),
    'libs/transfer/package.json': manifest('transfer', { dependencies: ['core', 'pools', '~acorn'] }),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/transfer/package.json: transfer (layer 1) imports pools (layer 5); imports go down, so move what is needed to a layer below transfer',
    'libs/transfer/src/index.ts:3: transfer (layer 1) imports pools (layer 5); imports go down, so move what is needed to a layer below transfer',
    'libs/transfer/src/index.ts:3: part of the cycle pools -> transfer -> pools, with libs/pools/src/index.ts:2; take one of these edges out',
  ]);
});

test('an import of the same layer is found', () => {
  const changes = {
    ...added('libs/transfer/src/index.ts', "import type { Words } from '@interleave/memory';"),
    'libs/transfer/package.json': manifest('transfer', { dependencies: ['core', 'memory', '~acorn'] }),
  };
  const message =
    'transfer (layer 1) imports memory (layer 1); libs of one layer do not know each other, so move what both need to a layer below';
  expect(findingsWith(changes)).toEqual([
    `libs/transfer/package.json: ${message}`,
    `libs/transfer/src/index.ts:3: ${message}`,
  ]);
});

test('tests go no further up than production code', () => {
  const changes = added('libs/core/src/deadline.test.ts', "import '@interleave/transfer';");
  expect(findingsWith(changes)).toContain(
    'libs/core/src/deadline.test.ts:3: core (layer 0) imports transfer (layer 1); imports go down, so move what is needed to a layer below core',
  );
});

test('production code that imports a side lib is found, and so is the dependency', () => {
  const changes = {
    ...added(pools, "import '@interleave/testing';"),
    'libs/pools/package.json': manifest('pools', { dependencies: ['core', 'transfer', 'testing'] }),
    'libs/pools/tsconfig.json': undefined,
  };
  const message =
    'pools (layer 5) imports testing (side); production code goes without testing, only tests and notebooks may use it';
  expect(findingsWith(changes)).toEqual([
    `libs/pools/package.json: ${message}`,
    `libs/pools/src/index.ts:3: ${message}`,
  ]);
});

test('a side lib imports its own list only', () => {
  const changes = {
    'libs/timeline/src/index.ts': "import '@interleave/transfer';",
    'libs/timeline/package.json': manifest('timeline', { dependencies: ['transfer'] }),
  };
  const message = 'timeline (side) imports transfer (layer 1); timeline may import core only';
  expect(findingsWith(changes)).toEqual([
    `libs/timeline/package.json: ${message}`,
    `libs/timeline/src/index.ts:1: ${message}`,
  ]);
});

test('a sub-path of a package of ours is found', () => {
  expect(findingsWith(added(pools, "import type { X } from '@interleave/core/dist/x.js';"))).toEqual([
    'libs/pools/src/index.ts:3: "@interleave/core/dist/x.js" is a sub-path; import from "@interleave/core" and export there what is missing',
  ]);
});

test('a relative import that leaves the package is found', () => {
  const changes = {
    ...added(pools, "import '../../core/src/deadline.js';"),
    ...added('tools/kernel/src/index.ts', "import '../../../libs/core/src/deadline.js';"),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/pools/src/index.ts:3: import of "../../core/src/deadline.js" leaves libs/pools; import a package by its name instead',
    'tools/kernel/src/index.ts:3: import of "../../../libs/core/src/deadline.js" leaves tools/kernel; import a package by its name instead',
  ]);
});

test('production code that imports test code is found', () => {
  expect(findingsWith(added(pools, "export * from './fixtures/task.js';"))).toEqual([
    'libs/pools/src/index.ts:3: production code imports "./fixtures/task.js", which is test code and not shipped; move what both need to a file of its own',
  ]);
});

test('a package that imports itself by name is found, except in tests', () => {
  expect(findingsWith(added(pools, "import '@interleave/pools';"))).toEqual([
    'libs/pools/src/index.ts:3: pools imports itself by name; use a relative path',
  ]);
});

test('an import that is not declared is found', () => {
  const changes = {
    ...added('libs/core/src/index.ts', "import 'acorn';"),
    ...added('libs/core/src/deadline.test.ts', "import 'fast-check';"),
    ...added('tools/runner/src/main.ts', "import 'vitest';"),
    'libs/pools/package.json': manifest('pools', { dependencies: ['core', 'transfer'] }),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/core/src/deadline.test.ts:3: "fast-check" is not declared; add it to devDependencies of libs/core/package.json',
    'libs/core/src/index.ts:3: "acorn" is not declared; add it to dependencies of libs/core/package.json',
    'libs/pools/src/pool.test.ts:1: "@interleave/testing" is not declared; add it to devDependencies of libs/pools/package.json',
    'tools/runner/src/main.ts:3: "vitest" is not declared; add it to dependencies of tools/runner/package.json',
  ]);
});

test('a devDependency that production code imports is found', () => {
  const changes = {
    ...added('libs/core/src/index.ts', "import 'acorn';"),
    'libs/core/package.json': manifest('core', { devDependencies: ['~acorn'] }),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/core/src/index.ts:3: production code imports "acorn", a devDependency of libs/core/package.json; move it to dependencies',
  ]);
});

test('a dependency that nothing uses is found, and one that only tests use', () => {
  const changes = {
    'libs/core/package.json': manifest('core', { dependencies: ['~acorn', '~left'], devDependencies: ['~right'] }),
    ...added('libs/core/src/deadline.test.ts', "import 'acorn';"),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/core/package.json: only tests use "acorn"; move it to devDependencies',
    'libs/core/package.json: "left" is declared and not used; remove it from dependencies',
    'libs/core/package.json: "right" is declared and not used; remove it from devDependencies',
  ]);
});

test('a package of ours with another version than it has is found', () => {
  const text = manifest('memory', { fields: { dependencies: { '@interleave/core': '^0.2.0' } } });
  expect(findingsWith({ 'libs/memory/package.json': text })).toEqual([
    'libs/memory/package.json: "@interleave/core" is declared as "^0.2.0" and is 0.1.0 here; declare "0.1.0"',
  ]);
});

test('a name of ours that is no package is found', () => {
  const changes = {
    ...added(pools, "import '@interleave/pipes';"),
    'libs/memory/package.json': manifest('memory', { dependencies: ['core', 'cores'] }),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/memory/package.json: "@interleave/cores" is not in the workspace; remove it, or correct the name',
    'libs/memory/package.json: "@interleave/cores" is declared and not used; remove it from dependencies',
    'libs/pools/src/index.ts:3: "@interleave/pipes" is not in the workspace; add it, or correct the name',
  ]);
});

test('a tool that imports a lib is found, in its tests too', () => {
  const changes = {
    'tools/kernel/src/index.test.ts': "import '@interleave/core';\n",
    'tools/runner/package.json': manifest('runner', {
      dependencies: ['kernel', 'core', '~markdown-it'],
      fields: { scripts: { check: '@interleave/core' } },
    }),
  };
  const message = 'imports core (layer 0); a tool judges libs and stands on none, so write what it needs in the tool';
  expect(findingsWith(changes)).toEqual([
    `tools/kernel/src/index.test.ts:1: kernel (tool) ${message}`,
    `tools/runner/package.json: runner (tool) ${message}`,
  ]);
});

test('the bench may run a lib, but not stand on it', () => {
  const changes = {
    'tools/bench/package.json': manifest('bench', { devDependencies: ['core'] }),
    'tools/bench/measured/ours.mjs': "import '@interleave/core';\n",
    'tools/bench/src/main.ts': "import '@interleave/core';\n",
  };
  const found = findingsWith(changes).filter((text) => text.includes('imports core'));
  expect(found).toEqual([expect.stringContaining('tools/bench/src/main.ts:1: bench (tool) imports core (layer 0)')]);
});

test('a lib that imports a tool is found, except in the set-up of its tests', () => {
  expect(findingsWith(added('libs/pools/src/pool.test.ts', "import '@interleave/kernel';"))).toContain(
    'libs/pools/src/pool.test.ts:4: pools (layer 5) imports kernel (tool); a lib must work without the workspace, so leave the tool out',
  );
});

test('a reserved name outside its place is found, in production code of libs', () => {
  expect(findingsWith(added(pools, 'globalThis.Atomics.notify(words, 0);'))).toEqual([
    'libs/pools/src/index.ts:3: Atomics is named outside memory, its one place; use what @interleave/memory offers',
  ]);
});

test('packages that need each other are found, at the edge that only tests need', () => {
  const changes = {
    'libs/core/package.json': manifest('core', { devDependencies: ['testing'] }),
    ...added('libs/core/src/deadline.test.ts', "import '@interleave/testing';"),
  };
  expect(findingsWith(changes)).toEqual([
    'libs/core/src/deadline.test.ts:3: part of the cycle core -> testing -> core, with libs/testing/src/index.ts:1; take one of these edges out',
  ]);
});

test('a lib without a layer, or with a name of its own, is found', () => {
  const changes = {
    'libs/attic/package.json': manifest('attic'),
    'libs/core/package.json': manifest('core', { fields: { name: '@interleave/kern' } }),
  };
  const found = findingsWith(changes);
  expect(found).toContain('libs/attic/package.json: attic has no layer; give it one in tools/layers');
  expect(found).toContain('libs/core/package.json: the name is "@interleave/kern"; call it "@interleave/core"');
});

test('references of tsconfig.json that differ from the dependencies are found', () => {
  const text = '{ "references": [{ "path": "../core" }, { "path": "../memory" }] }';
  expect(findingsWith({ 'libs/pools/tsconfig.json': text })).toEqual([
    'libs/pools/tsconfig.json: references lack transfer, a dependency; add { "path": "../transfer" }',
    'libs/pools/tsconfig.json: references name libs/memory, which is no dependency; remove it',
  ]);
});

test('imports of notebooks are checked, and named by the cell', () => {
  const page = 'notebooks/01-a/two.ipynb';
  const changes = {
    [page]: notebook({
      'sub-path': "import '@interleave/pools/sub';",
      tool: "1;\nimport '@interleave/kernel';",
      unknown: "import 'left'; import '@interleave/pipes';",
      outside: "import '../02-b/helper';",
      fine: "import './deep/helper';",
    }),
  };
  expect(findingsWith(changes)).toEqual([
    `${page}#outside:1: import of "../02-b/helper" leaves notebooks/01-a, where the kernel finds no file; put it into a lib`,
    `${page}#sub-path:1: "@interleave/pools/sub" is a sub-path, which the kernel cannot type; import from "@interleave/pools"`,
    `${page}#tool:2: a notebook imports kernel (tool); notebooks import libs only`,
    `${page}#unknown:1: "left" is not declared; add it to the package.json at the top`,
    `${page}#unknown:1: "@interleave/pipes" is not in the workspace; add it, or correct the name`,
  ]);
});

test('files that are not JSON are named', () => {
  const found = findingsWith({ 'notebooks/01-a/two.ipynb': '{', 'tools/broken/package.json': 'x' });
  expect(found).toEqual([
    expect.stringMatching(/^notebooks\/01-a\/two\.ipynb: cannot be read: .*; make it valid JSON$/),
    expect.stringMatching(/^tools\/broken\/package\.json: cannot be read: .*; make it valid JSON$/),
  ]);
});

test('a workspace without notebooks or tools can be checked', () => {
  const only = (path: string): boolean => !path.startsWith('notebooks/') && !path.startsWith('tools/');
  const gone = Object.fromEntries(Object.keys(goodHouse()).map((path) => [path, undefined]));
  const kept = Object.fromEntries(Object.entries(goodHouse()).filter(([path]) => only(path)));
  expect(findingsWith({ ...gone, ...kept, 'libs/pools/vitest.config.ts': undefined })).toEqual([]);
});
