import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chapters, firstDocument, notebooksIn } from './first-document.js';

let notebooks: string;
beforeEach(() => (notebooks = mkdtempSync(join(tmpdir(), 'jupyter-first-'))));
afterEach(() => rmSync(notebooks, { recursive: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(notebooks, path)), { recursive: true });
    writeFileSync(join(notebooks, path), '');
  }
}

test('no notebooks: the folder itself', () => {
  expect(firstDocument(notebooks)).toBe('');
  expect(firstDocument(join(notebooks, 'absent'))).toBe('');
});

test('the first notebook, then a map of its chapter, then the map of all chapters', () => {
  put('05-futures/02-b.ipynb', '05-futures/01-a.ipynb', '06-empty/notes.txt', '.hidden/01.ipynb', '.e2e/x.ipynb');
  expect(chapters(notebooks)).toEqual(['05-futures']);
  expect(notebooksIn(join(notebooks, '05-futures'))).toEqual(['01-a.ipynb', '02-b.ipynb']);
  expect(firstDocument(notebooks)).toBe('05-futures/01-a.ipynb');
  put('05-futures/README.md');
  expect(firstDocument(notebooks)).toBe('05-futures/README.md');
  put('README.md');
  expect(firstDocument(notebooks)).toBe('README.md');
});
