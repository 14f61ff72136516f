import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanNotebook } from './clean.js';
import {
  formatNotebook,
  InvalidNotebookError,
  notebookName,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from './notebook-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function notebook(cells: unknown[], metadata: unknown = {}): string {
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

const code = { cell_type: 'code', id: 'first', metadata: {}, source: 'a', execution_count: null, outputs: [] };

// What Python's nbformat 5 writes for this content, byte for byte.
const asJupyterWritesIt = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "title",
   "metadata": {},
   "source": [
    "# Größe\\n",
    "\\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "prints",
   "metadata": {
    "tags": [
     "varies"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "one\\n",
      "two\\n"
     ]
    },
    {
     "data": {
      "application/json": {
       "b": [
        1
       ]
      },
      "text/plain": [
       "x"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "1"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "TypeScript (Interleave)",
   "language": "typescript",
   "name": "tslab"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

describe('writing', () => {
  test('reads and writes what Jupyter wrote, byte for byte', () => {
    expect(formatNotebook(parseNotebook(asJupyterWritesIt, 'c/n.ipynb'))).toBe(asJupyterWritesIt);
  });

  test('leaves an unchanged file alone, and replaces a changed one as a whole', async () => {
    const path = join(folder, 'n.ipynb');
    await writeFile(path, asJupyterWritesIt);
    const read = await readNotebook(path);
    expect(await writeNotebook(read)).toBe(false);
    read.cells[1]!.outputs = [];
    expect(await writeNotebook(read)).toBe(true);
    expect(await readdir(folder)).toEqual(['n.ipynb']);
  });

  test('never writes execution counts, nor when a cell ran', () => {
    const text = notebook([
      {
        ...code,
        execution_count: 7,
        metadata: { execution: { iopub: 'now' }, tags: ['slow'] },
        outputs: [{ output_type: 'execute_result', execution_count: 7, data: { 'text/plain': 'x' }, metadata: {} }],
      },
    ]);
    const written = formatNotebook(parseNotebook(text, 'n.ipynb'));
    expect(written).not.toMatch(/7|iopub/);
    expect(written).toContain('"execution_count": null');
    expect(written).toContain('"slow"');
  });

  test('clean removes every output, and a second clean changes nothing', async () => {
    const path = join(folder, 'n.ipynb');
    await writeFile(path, asJupyterWritesIt);
    expect(await cleanNotebook(path)).toBe(true);
    expect(await readFile(path, 'utf8')).not.toContain('stdout');
    expect(await cleanNotebook(path)).toBe(false);
  });
});

describe('reading', () => {
  test('texts may be strings or lines', () => {
    const cells = parseNotebook(notebook([{ ...code, source: ['a\n', 'b'] }]), 'n.ipynb').cells;
    expect(cells[0]?.source).toBe('a\nb');
  });

  test('a notebook is called after its folder and its file', () => {
    expect(notebookName('/x/05-futures/01-series.ipynb')).toBe('05-futures/01-series');
  });

  for (const [what, text, message] of [
    ['no JSON', '{', /^Cannot read the notebook: it is not JSON/],
    [
      'an older format',
      '{"cells":[],"metadata":{},"nbformat":3,"nbformat_minor":0}',
      /it has format 3\.0; save it as 4\.5$/,
    ],
    ['a cell without id', notebook([{ ...code, id: undefined }]), /at cells\/0: it must have required property 'id'$/],
    ['an id with a space', notebook([{ ...code, id: 'a b' }]), /at cells\/0\/id: it must match pattern/],
    ['two cells of one id', notebook([code, code]), /two cells have the id "first"; rename one$/],
    [
      'an unknown cell type',
      notebook([{ ...code, cell_type: 'chart' }]),
      /at cells\/0: it value of tag "cell_type" must be/,
    ],
    ['an unknown field', notebook([{ ...code, author: 'me' }]), /must NOT have additional properties "author"$/],
    [
      'an output without data',
      notebook([{ ...code, outputs: [{ output_type: 'display_data' }] }]),
      /at cells\/0\/outputs\/0/,
    ],
  ] as const) {
    test(`refuses ${what}, and says where`, () => {
      expect(() => parseNotebook(text, 'n.ipynb')).toThrow(InvalidNotebookError);
      expect(() => parseNotebook(text, 'n.ipynb')).toThrow(message);
    });
  }
});
