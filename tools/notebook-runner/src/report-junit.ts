/** The JUnit report: a suite per notebook, a case per cell. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { summarise } from './record.js';
import type { CellRecord } from './record.js';

/** Writes the report; folders that are missing are made. */
export async function writeJunitReport(file: string, records: readonly CellRecord[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, formatJunit(records));
}

/**
 * The report's text.
 *
 * A cell that was aborted counts as skipped: the failure is the cell before it.
 */
export function formatJunit(records: readonly CellRecord[]): string {
  const notebooks = [...new Set(records.map((record) => record.notebook))];
  const suites = notebooks.map((notebook) =>
    suite(
      notebook,
      records.filter((record) => record.notebook === notebook),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts(records)}>\n${suites.join('')}</testsuites>\n`;
}

function suite(notebook: string, records: readonly CellRecord[]): string {
  return `  <testsuite name="${escapeXml(notebook)}" ${counts(records)}>\n${records.map(testcase).join('')}  </testsuite>\n`;
}

function testcase({ notebook, cell, status, kind, message, ms }: CellRecord): string {
  const head = `    <testcase classname="${escapeXml(notebook)}" name="${escapeXml(cell || '(notebook)')}" time="${seconds(ms)}"`;
  if (status === 'passed') return `${head}/>\n`;
  const first = escapeXml((message ?? '').split('\n')[0] ?? '');
  const inner =
    status === 'failed'
      ? `<failure type="${escapeXml(kind ?? 'error')}" message="${first}">${escapeXml(message ?? '')}</failure>`
      : `<skipped message="${first}"/>`;
  return `${head}>\n      ${inner}\n    </testcase>\n`;
}

function counts(records: readonly CellRecord[]): string {
  const { failed, aborted, skipped } = summarise(records);
  const time = seconds(records.reduce((sum, record) => sum + record.ms, 0));
  return `tests="${records.length}" failures="${failed}" errors="0" skipped="${aborted + skipped}" time="${time}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML forbids most control characters, even escaped. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
