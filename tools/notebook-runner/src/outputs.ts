/**
 * The outputs of a notebook while it runs: messages become nbformat outputs of the cell that caused them.
 */
import type { Message } from './wire.js';

/** Data of one output, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** One output of a cell, as nbformat 4.5 has it. Texts are whole strings here; a file holds them as lines. */
export type Output =
  | { output_type: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | { output_type: 'display_data'; data: MimeBundle; metadata: Record<string, unknown> }
  | { output_type: 'execute_result'; data: MimeBundle; metadata: Record<string, unknown>; execution_count: null }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

/** A failure that a cell reported. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** What one cell has shown so far. */
export class CellOutputs {
  outputs: Output[] = [];
  /** The first failure, also one that came after the cell had ended. */
  error: CellError | undefined;
  #clearFirst = false;

  add(output: Output): void {
    if (this.#clearFirst) {
      this.#clearFirst = false;
      this.outputs = [];
    }
    const last = this.outputs.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      last.text += output.text;
    } else {
      this.outputs.push(output);
    }
  }

  clear(wait: boolean): void {
    if (wait) this.#clearFirst = true;
    else this.outputs = [];
  }

  /** The outputs as they are saved: overwritten lines are gone. */
  finished(): Output[] {
    return this.outputs.map((output) =>
      output.output_type === 'stream' ? { ...output, text: applyReturns(output.text) } : output,
    );
  }
}

/** The outputs of all cells of one run. A display can be updated from any cell, so they belong together. */
export class NotebookOutputs {
  readonly #cells = new Map<string, CellOutputs>();
  readonly #displays = new Map<string, { data: MimeBundle; metadata: Record<string, unknown> }[]>();

  /** Registers the request that runs a cell. */
  expect(requestId: string): CellOutputs {
    const cell = new CellOutputs();
    this.#cells.set(requestId, cell);
    return cell;
  }

  /** Applies one message; false when it is no output, or of no cell. */
  apply(message: Message): boolean {
    const { content } = message;
    const cell = this.#cells.get(message.parent.msg_id ?? '');
    switch (message.header.msg_type) {
      case 'stream':
        cell?.add({
          output_type: 'stream',
          name: content['name'] === 'stderr' ? 'stderr' : 'stdout',
          text: text(content['text']),
        });
        break;
      case 'display_data':
      case 'execute_result':
        if (cell) this.#display(cell, message);
        break;
      case 'update_display_data':
        this.#update(content);
        break;
      case 'clear_output':
        cell?.clear(content['wait'] === true);
        break;
      case 'error':
        if (cell) this.#error(cell, content);
        break;
      default:
        return false;
    }
    return cell !== undefined;
  }

  #display(cell: CellOutputs, { header, content }: Message): void {
    const shown = { data: record(content['data']), metadata: record(content['metadata']) };
    const output: Output =
      header.msg_type === 'display_data'
        ? { output_type: 'display_data', ...shown }
        : { output_type: 'execute_result', ...shown, execution_count: null };
    cell.add(output);
    const id = record(content['transient'])['display_id'];
    if (typeof id !== 'string') return;
    const all = this.#displays.get(id) ?? [];
    this.#displays.set(id, [...all, output]);
  }

  #update(content: Message['content']): void {
    const id = record(content['transient'])['display_id'];
    for (const output of this.#displays.get(typeof id === 'string' ? id : '') ?? []) {
      output.data = record(content['data']);
      output.metadata = record(content['metadata']);
    }
  }

  #error(cell: CellOutputs, content: Message['content']): void {
    const traceback = Array.isArray(content['traceback']) ? content['traceback'].map(text) : [];
    const error = { ename: text(content['ename']), evalue: text(content['evalue']), traceback };
    cell.error ??= error;
    cell.add({ output_type: 'error', ...error });
  }
}

/** A carriage return goes back to the beginning of its line: only what was written last is seen. */
function applyReturns(written: string): string {
  if (!written.includes('\r')) return written;
  return written
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.split('\r').reduce((seen, part) => (part === '' ? seen : part + seen.slice(part.length))))
    .join('\n');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
