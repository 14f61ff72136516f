/**
 * Notebook files: read and validated, and written so that the same notebook is always the same bytes.
 *
 * The layout is nbformat's own (one space of indent, sorted keys, texts as lines, a newline at the end), so that a
 * notebook that was saved by Jupyter differs only where its content does. Execution counts are never written.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { notebookSchema } from './notebook-schema.js';
import type { MimeBundle, Output } from './outputs.js';

/** A cell; texts are whole strings. */
export interface Cell {
  readonly type: 'code' | 'markdown' | 'raw';
  readonly id: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attachments?: Readonly<Record<string, MimeBundle>>;
  outputs: Output[];
}

/** A notebook in memory. */
export interface Notebook {
  /** Absolute path. */
  readonly path: string;
  /** `chapter/notebook`: how it is called in reports. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/** The file is no notebook, or none of nbformat 4.5. */
export class InvalidNotebookError extends Error {
  override readonly name = 'InvalidNotebookError';
}

/** The name of a notebook in reports: the folder it is in, and the file without its ending. */
export function notebookName(path: string): string {
  const full = resolve(path);
  return `${basename(dirname(full))}/${basename(full, '.ipynb')}`;
}

/**
 * Reads and validates a notebook.
 *
 * @throws {InvalidNotebookError} naming the place that is wrong
 */
export async function readNotebook(path: string): Promise<Notebook> {
  return parseNotebook(await readFile(path, 'utf8'), path);
}

/**
 * Reads a notebook from its text.
 *
 * @param path - where the text is from; names the notebook in messages
 * @throws {InvalidNotebookError} naming the place that is wrong
 */
export function parseNotebook(text: string, path: string): Notebook {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new InvalidNotebookError(`Cannot read the notebook: it is not JSON (${(error as Error).message})`);
  }
  if (!validate()(raw)) throw new InvalidNotebookError(describeInvalid(raw, validate().errors ?? []));
  const { metadata, cells } = raw as { metadata: Record<string, unknown>; cells: RawCell[] };
  const seen = new Set<string>();
  for (const { id } of cells) {
    if (seen.has(id))
      throw new InvalidNotebookError(`Cannot read the notebook: two cells have the id "${id}"; rename one`);
    seen.add(id);
  }
  return { path: resolve(path), name: notebookName(path), metadata, cells: cells.map(readCell) };
}

/** The text of a notebook file. */
export function formatNotebook(notebook: Notebook): string {
  const file = {
    cells: notebook.cells.map(formatCell),
    metadata: notebook.metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(sortKeys(file), undefined, 1)}\n`;
}

/**
 * Writes a notebook if that changes anything.
 *
 * The new text takes the old one's place at once, so that nobody reads a half-written file.
 *
 * @returns whether the file changed
 */
export async function writeNotebook(notebook: Notebook): Promise<boolean> {
  const text = formatNotebook(notebook);
  if ((await readFile(notebook.path, 'utf8')) === text) return false;
  const temporary = join(dirname(notebook.path), `.${basename(notebook.path)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, text);
    await rename(temporary, notebook.path);
  } finally {
    await rm(temporary, { force: true });
  }
  return true;
}

interface RawCell {
  cell_type: Cell['type'];
  id: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  attachments?: Record<string, MimeBundle>;
  outputs?: (Record<string, unknown> & { output_type: string })[];
}

let compiled: ValidateFunction | undefined;

function validate(): ValidateFunction {
  // Strict types would refuse the format's own unions.
  compiled ??= new Ajv({ discriminator: true, allowUnionTypes: true }).compile(notebookSchema);
  return compiled;
}

function describeInvalid(raw: unknown, errors: readonly ErrorObject[]): string {
  const error = errors[0];
  const minor = (raw as { nbformat_minor?: unknown } | null)?.nbformat_minor;
  if (error?.instancePath === '/nbformat' || error?.instancePath === '/nbformat_minor') {
    const major = (raw as { nbformat?: unknown }).nbformat;
    return `Cannot read the notebook: it has format ${String(major)}.${String(minor)}; save it as 4.5`;
  }
  const place = error?.instancePath ? ` at ${error.instancePath.slice(1)}` : '';
  const extra = error?.keyword === 'additionalProperties' ? ` "${String(error.params['additionalProperty'])}"` : '';
  return `Cannot read the notebook: it is not nbformat 4.5${place}: it ${error?.message ?? 'differs'}${extra}`;
}

function readCell(raw: RawCell): Cell {
  const tags = raw.metadata['tags'];
  return {
    type: raw.cell_type,
    id: raw.id,
    source: joined(raw.source),
    tags: Array.isArray(tags) ? (tags as string[]) : [],
    metadata: raw.metadata,
    ...(raw.attachments ? { attachments: raw.attachments } : {}),
    outputs: (raw.outputs ?? []).map(readOutput),
  };
}

function readOutput(raw: Record<string, unknown> & { output_type: string }): Output {
  switch (raw.output_type) {
    case 'stream':
      return { output_type: 'stream', name: raw['name'] === 'stderr' ? 'stderr' : 'stdout', text: joined(raw['text']) };
    case 'error':
      return { output_type: 'error', ...(raw as unknown as { ename: string; evalue: string; traceback: string[] }) };
    default: {
      const data = Object.fromEntries(
        Object.entries(raw['data'] as MimeBundle).map(([mime, value]) => [mime, isJson(mime) ? value : joined(value)]),
      );
      const metadata = raw['metadata'] as Record<string, unknown>;
      return raw.output_type === 'execute_result'
        ? { output_type: 'execute_result', data, metadata, execution_count: null }
        : { output_type: 'display_data', data, metadata };
    }
  }
}

function formatCell(cell: Cell): object {
  // When and by whom a cell was run is nobody's business, and would change the file on every run.
  const { execution: _execution, ...metadata } = cell.metadata;
  const common = { cell_type: cell.type, id: cell.id, metadata, source: lines(cell.source) };
  if (cell.type !== 'code') return cell.attachments ? { ...common, attachments: cell.attachments } : common;
  return { ...common, execution_count: null, outputs: cell.outputs.map(formatOutput) };
}

function formatOutput(output: Output): object {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  if (output.output_type === 'error') return output;
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    typeof value === 'string' && !isJson(mime) ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) as MimeBundle };
}

/** Data of these types is any JSON value; all other data is text. */
function isJson(mime: string): boolean {
  return /^application\/(?:.*\+)?json$/.test(mime);
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join('') : String(value);
}

/** Every line keeps its newline, as the format has it. */
function lines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
