/** The JSON report: a summary, and one record per cell. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { summarise } from './record.js';
import type { CellRecord } from './record.js';

/**
 * Writes `{ "summary": {passed, failed, aborted, skipped}, "cells": [{id, notebook, cell, status, kind, message, ms}] }`.
 *
 * `kind` and `message` are null for a cell that passed.
 */
export async function writeJsonReport(file: string, records: readonly CellRecord[]): Promise<void> {
  const cells = records.map(({ id, notebook, cell, status, kind, message, ms }) => ({
    id,
    notebook,
    cell,
    status,
    kind: kind ?? null,
    message: message ?? null,
    ms,
  }));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ summary: summarise(records), cells }, undefined, 2)}\n`);
}
