import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeFailure, Progress } from './progress.js';
import type { CellRecord } from './record.js';
import { summarise, summaryLine } from './record.js';
import { writeJsonReport } from './report-json.js';
import { formatJunit } from './report-junit.js';

const failed: CellRecord = {
  id: 'c/n#b',
  notebook: 'c/n',
  cell: 'b',
  status: 'failed',
  kind: 'check',
  message: 'Check failed: 1 < 2 & "so"\n  actual: \u0007',
  source: "check('1 < 2', true);\nmore();",
  ms: 20,
};
const records: CellRecord[] = [
  { id: 'c/n#a', notebook: 'c/n', cell: 'a', status: 'passed', ms: 5 },
  failed,
  { id: 'c/n#c', notebook: 'c/n', cell: 'c', status: 'aborted', kind: 'not-run', message: 'not run: b failed', ms: 0 },
  { id: 'c/m#s', notebook: 'c/m', cell: 's', status: 'skipped', kind: 'slow', message: 'left out by --fast', ms: 0 },
];

test('the summary counts cells', () => {
  expect(summarise(records)).toEqual({ passed: 1, failed: 1, aborted: 1, skipped: 1 });
  expect(summaryLine(summarise(records))).toBe('1 cell passed, 1 failed, 1 aborted, 1 skipped');
  expect(summaryLine({ passed: 3, failed: 0, aborted: 0, skipped: 0 })).toBe('3 cells passed, 0 failed');
});

test('the JSON report has one record per cell, in folders that are made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  const file = join(folder, 'new/r.json');
  await writeJsonReport(file, records);
  const report: any = JSON.parse(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
  expect(report.summary).toEqual({ passed: 1, failed: 1, aborted: 1, skipped: 1 });
  expect(report.cells[0]).toEqual({
    id: 'c/n#a',
    notebook: 'c/n',
    cell: 'a',
    status: 'passed',
    kind: null,
    message: null,
    ms: 5,
  });
  expect(report.cells[1]).toMatchObject({ status: 'failed', kind: 'check' });
});

test('the JUnit report has a suite per notebook and escapes what XML forbids', () => {
  const xml = formatJunit(records);
  expect(xml).toContain('<testsuites tests="4" failures="1" errors="0" skipped="2" time="0.025">');
  expect(xml).toContain('<testsuite name="c/n" tests="3" failures="1" errors="0" skipped="1" time="0.025">');
  expect(xml).toContain('message="Check failed: 1 &lt; 2 &amp; &quot;so&quot;"');
  expect(xml).not.toContain('\u0007');
  expect(xml.match(/<testcase /g)).toHaveLength(4);
});

test('a failure shows its name, the sentence and the cell', () => {
  const shown = describeFailure(failed);
  for (const part of ['c/n#b  check', 'Check failed: 1 < 2', "│ check('1 < 2', true);", '│ more();']) {
    expect(shown).toContain(part);
  }
});

test('plain lines where there is no terminal, a bar where there is one', () => {
  const write = (isTTY: boolean): string => {
    let text = '';
    const progress = new Progress({ isTTY, columns: 60, write: (piece) => (text += piece) }, 1);
    progress.start('c/n', 3);
    for (const record of records.slice(0, 3)) progress.cell(record);
    progress.end(records.slice(0, 3));
    progress.close();
    return text;
  };
  expect(write(false)).toMatch(/^✗ c\/n {2}1 passed, 1 failed, 1 aborted/);
  expect(write(false)).not.toContain('\u001b');
  expect(write(true)).toContain('█');
  expect(
    write(true)
      .split('\r')
      .every((line) => line.split('\n')[0]!.length < 80),
  ).toBe(true);
});
