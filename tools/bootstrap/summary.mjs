// Counts what the test tasks reported: vitest's JSON reports of the libs and tools, the runner's of the notebooks.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { root } from './build.mjs';

/**
 * The report files of the test tasks of all projects.
 *
 * @param {string} [folder] - the project's folder
 * @returns {string[]} absolute paths, sorted
 */
export function reportFiles(folder = root) {
  const files = [];
  for (const group of ['libs', 'tools', 'notebooks']) {
    if (!existsSync(join(folder, group))) continue;
    for (const project of readdirSync(join(folder, group))) {
      const reports = join(folder, group, project, '.reports');
      if (!existsSync(reports)) continue;
      for (const name of readdirSync(reports)) if (name.endsWith('.json')) files.push(join(reports, name));
    }
  }
  return files.sort();
}

/** Removes old reports, so that a task that dies before it reports is not counted with yesterday's figures. */
export function clearReports(folder = root) {
  for (const file of reportFiles(folder)) rmSync(file);
}

/**
 * @typedef {object} Row what one report says
 * @property {string} name - the project, with the notebook's name where it is one
 * @property {string} project - the project's folder, as `libs/pools`
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} failures - name and first line of the message of everything that failed
 */

/**
 * @param {string} [folder] - the project's folder
 * @returns {{ passed: number, failed: number, skipped: number, rows: Row[] }} cells of notebooks and tests of libs and
 *   tools; an aborted cell counts as failed
 */
export function summarize(folder = root) {
  const rows = reportFiles(folder).map((file) => {
    const path = relative(folder, file).replaceAll('\\', '/');
    return { name: nameOf(path), project: path.split('/').slice(0, 2).join('/'), ...read(file) };
  });
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), rows };
}

function nameOf(path) {
  return path
    .replace(/\/\.reports\/test\.json$/, '')
    .replace('/.reports/', '/')
    .replace(/\.json$/, '');
}

function firstLine(text) {
  return String(text ?? '').split('\n', 1)[0];
}

function read(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ['the task ended while it wrote its report'] };
  }
  if (report.summary) {
    const { passed = 0, failed = 0, aborted = 0, skipped = 0 } = report.summary;
    const bad = (report.cells ?? []).filter((cell) => cell.status === 'failed');
    const failures = bad.map((cell) => `${cell.id}: ${firstLine(cell.message)}`);
    return { passed, failed: failed + aborted, skipped, failures };
  }
  const suites = report.testResults ?? [];
  // A test file that cannot be loaded is a failed suite without a failed test.
  const broken = suites.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
  const bad = suites.flatMap((suite) => suite.assertionResults).filter((result) => result.status === 'failed');
  return {
    passed: report.numPassedTests ?? 0,
    failed: (report.numFailedTests ?? 0) + broken.length,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    failures: [
      ...broken.map((suite) => `${basename(suite.name)}: ${firstLine(suite.message)}`),
      ...bad.map((result) => `${result.fullName}: ${firstLine(result.failureMessages?.[0])}`),
    ],
  };
}
