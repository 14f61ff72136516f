// The kernel without the preload: tslab as it comes.
import { join } from 'node:path';
import { kernelSpec } from '@interleave/kernel';
import { expect, test } from 'vitest';
import type { Output } from './outputs.js';
import { withSavedError } from './plain-errors.js';
import { runNotebook } from './run-notebook.js';
import { workspaceRoot } from './workspace.js';

const saved: Output = { output_type: 'error', ename: 'RangeError', evalue: 'took 12 ms', traceback: [] };
const stderr = (text: string): Output => ({ output_type: 'stream', name: 'stderr', text });

// Plain tslab refuses a cell ("Unexpected pending rebuildTimer") if a file that its compiler watches has changed since the one
// before, as it may while other tests run.
const plain = { retry: 2 };

test('a notebook of the chapter runs on plain tslab: every cell passes, and shows what is saved', plain, async () => {
  const records = await runNotebook(join(workspaceRoot, 'notebooks/05-futures/04-as-they-finish.ipynb'), {
    mode: 'test',
    timeout: 60_000,
    spec: kernelSpec(workspaceRoot, { plain: true }),
  });
  expect(records.length).toBeGreaterThan(20);
  expect(records.filter(({ status }) => status !== 'passed')).toEqual([]);
});

test('an error that is told as text counts as the saved one when it says the same', () => {
  const told = stderr('file.js:1\n\nRangeError: took 12 ms\n    at x');
  expect(withSavedError([saved], [stderr('before'), told], false)).toEqual([stderr('before'), saved]);
  const other = stderr('RangeError: took 13 ms\n');
  expect(withSavedError([saved], [other], false)).toEqual([other]);
  expect(withSavedError([saved], [other], true)).toEqual([saved]);
  expect(withSavedError([stderr('x')], [told], false)).toEqual([told]);
});
