import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { house, notebookFile } from './fixtures/house.js';
import { ScratchWorkspace } from './fixtures/scratch-workspace.js';

// The other tests use a runner that only writes down what it was asked. This one has the real runner, a real kernel and
// a built lib, to see that the three fit together: commands, working folder, module paths, report and exit code.
const runner = fileURLToPath(new URL('../../notebook-runner/bin/notebook.mjs', import.meta.url));
const path = 'notebooks/03-real/sum.ipynb';
const report = 'notebooks/03-real/.reports/sum.json';

const scratch = new ScratchWorkspace({
  ...house({ runner: `node "${runner}"` }),
  [path]: notebookFile([
    { source: "import { alpha } from '@interleave/alpha';" },
    { source: 'console.log(alpha + 1)', outputs: [{ output_type: 'stream', name: 'stdout', text: ['2\n'] }] },
  ]),
});
scratch.link('@interleave/alpha', 'libs/alpha');
afterAll(() => scratch.dispose());

interface Report {
  readonly summary: { readonly passed: number; readonly failed: number };
  readonly cells: readonly { readonly cell: string; readonly status: string }[];
}

test(
  'a notebook passes on the built lib, is cached, and fails when the lib says something else',
  {
    timeout: 180_000,
  },
  async () => {
    const run = (): ReturnType<ScratchWorkspace['nx']> => scratch.nx('test', '03-real', '--output-style=static');
    const lastReport = (): Report => JSON.parse(scratch.read(report)) as Report;

    const first = await run();
    expect(first.output).toContain('Successfully ran target test');
    expect(lastReport().summary).toMatchObject({ passed: 2, failed: 0 });

    const second = await run();
    expect(second.output).toContain('3 out of 3 tasks');

    scratch.write('libs/alpha/src/index.js', 'export const alpha = 41;\n');
    const third = await run();
    expect(third.ok).toBe(false);
    expect(third.output).toContain('03-real/sum#cell-1');
    expect(lastReport().cells.map(({ cell, status }) => `${cell} ${status}`)).toEqual([
      'cell-0 passed',
      'cell-1 failed',
    ]);
  },
);
