import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unbuiltLibs } from './build.mjs';
import { lintShares } from './check.mjs';
import { missingPackages, nodeIsNewEnough } from './install.mjs';
import { clearReports, reportFiles, summarize } from './summary.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootstrap-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path, content = {}) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('Node 20.19 is the oldest', () => {
  expect(['18.20.0', '20.18.3', '20.19.0', '20.20.2', '22.1.0', '26.0.0'].map(nodeIsNewEnough)).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
});

test('a package counts as missing when it is absent or has another version; platform packages do not count', () => {
  const a = { version: '1.0.0' };
  put('package-lock.json', {
    packages: {
      '': {},
      'libs/x': { version: '9.9.9' },
      'node_modules/a': a,
      'node_modules/b': a,
      'node_modules/for-another-system': { ...a, optional: true },
      'node_modules/@interleave/x': { link: true },
    },
  });
  expect(missingPackages(folder)).toEqual(['a', 'b', '@interleave/x']);
  put('node_modules/.package-lock.json', { packages: { 'node_modules/a': a, 'node_modules/b': { version: '0.9.0' } } });
  put('node_modules/@interleave/x/package.json');
  expect(missingPackages(folder)).toEqual(['b']);
});

test('a lib is unbuilt when its dist is missing, was cut off, or is older than a source', () => {
  for (const name of ['fresh', 'stale', 'none', 'cut']) {
    put(`libs/${name}/tsconfig.json`);
    utimesSync(put(`libs/${name}/src/deep/a.ts`, ''), 100, name === 'stale' ? 300 : 100);
  }
  put('libs/tsconfig.json');
  put('libs/cut/dist/index.js', '');
  for (const name of ['fresh', 'stale']) utimesSync(put(`libs/${name}/dist/.built`), 200, 200);
  expect(unbuiltLibs(folder).sort()).toEqual(['cut', 'none', 'stale']);
});

test('every package that has a lint script is linted, and once', () => {
  for (const path of ['libs/a', 'libs/b', 'tools/c']) put(`${path}/package.json`, { scripts: { lint: 'lint' } });
  put('tools/d/package.json', { scripts: { test: 'test' } });
  put('libs/tsconfig.json');
  const shares = lintShares(folder);
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.every((share) => share.length > 0)).toBe(true);
  expect(shares.flat().sort()).toEqual(['libs/a', 'libs/b', 'tools/c'].map((path) => join(folder, path)));
});

test('the summary adds up tests and cells, and counts what died as failed', () => {
  put('libs/a/.reports/test.json', {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 0,
    testResults: [
      {
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'fine' },
          { status: 'failed', fullName: 'counts', failureMessages: ['expected 2 to be 1\n  at a place'] },
        ],
      },
    ],
  });
  put('libs/b/.reports/test.json', {
    numPassedTests: 0,
    numFailedTests: 0,
    testResults: [{ name: '/x/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] }],
  });
  put('notebooks/05/.reports/one.json', {
    summary: { passed: 10, failed: 1, aborted: 4, skipped: 1 },
    cells: [{ id: '05/one#sum', status: 'failed', message: 'Check failed: five\nmore' }],
  });
  put('tools/t/.reports/test.json', '{"numPassed');
  const { passed, failed, skipped, rows } = summarize(folder);
  expect([passed, failed, skipped]).toEqual([13, 8, 3]);
  expect(rows.map((row) => row.name)).toEqual(['libs/a', 'libs/b', 'notebooks/05/one', 'tools/t']);
  expect(rows.map((row) => row.project)).toEqual(['libs/a', 'libs/b', 'notebooks/05', 'tools/t']);
  expect(rows.flatMap((row) => row.failures)).toEqual([
    'counts: expected 2 to be 1',
    'b.test.ts: no such module',
    '05/one#sum: Check failed: five',
    'the task ended while it wrote its report',
  ]);
  clearReports(folder);
  expect(reportFiles(folder)).toEqual([]);
});
