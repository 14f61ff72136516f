import { expect, test } from 'vitest';
import { readNotebook } from './notebook.js';
import { notebookFile } from './fixtures/house.js';

test('code cells are read, from a string or from lines', () => {
  const text = JSON.stringify({
    cells: [
      { cell_type: 'code', source: 'let a;' },
      { cell_type: 'markdown', source: '# not code' },
      { cell_type: 'code', source: ['let b;\n', 'let c;'] },
      { cell_type: 'raw', source: 'neither' },
      { cell_type: 'code' },
    ],
  });
  expect(readNotebook(text).code).toEqual(['let a;', 'let b;\nlet c;', '']);
});

test('the title is the first heading, without its marks', () => {
  expect(readNotebook(notebookFile([])).title).toBe('A small question');
  expect(readNotebook('{"cells": []}').title).toBeUndefined();
});

test('a notebook runs alone unless its metadata says otherwise', () => {
  expect(readNotebook(notebookFile([], { interleave: { alone: false } })).alone).toBe(false);
  expect(readNotebook(notebookFile([], { interleave: { alone: 'no' } })).alone).toBe(true);
  expect(readNotebook(notebookFile([])).alone).toBe(true);
});

test.each(['', '{', 'null', '[]', '"text"', '{"cells": 1}', '{"cells": [null, 1, []], "metadata": null}'])(
  'what is no notebook reads as an empty one: %s',
  (text) => {
    expect(readNotebook(text)).toEqual({ code: [], title: undefined, alone: true });
  },
);
