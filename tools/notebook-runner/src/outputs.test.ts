import { expect, test } from 'vitest';
import { NotebookOutputs } from './outputs.js';
import type { CellOutputs } from './outputs.js';
import { createRequest } from './wire.js';

function start(): {
  outputs: NotebookOutputs;
  cell: CellOutputs;
  say: (type: string, content: object, parent?: string) => void;
} {
  const outputs = new NotebookOutputs();
  const cell = outputs.expect('one');
  const say = (type: string, content: object, parent = 'one'): void => {
    outputs.apply({ ...createRequest('s', type, { ...content }), parent: { msg_id: parent } });
  };
  return { outputs, cell, say };
}

const display = (text: string, id?: string): object => ({
  data: { 'text/plain': text },
  metadata: {},
  transient: id === undefined ? {} : { display_id: id },
});

test('text of one stream is one output, until something comes between', () => {
  const { cell, say } = start();
  for (const text of ['a', 'b\n']) say('stream', { name: 'stdout', text });
  say('stream', { name: 'stderr', text: 'e' });
  say('stream', { name: 'stdout', text: 'c' });
  expect(cell.finished()).toEqual([
    { output_type: 'stream', name: 'stdout', text: 'ab\n' },
    { output_type: 'stream', name: 'stderr', text: 'e' },
    { output_type: 'stream', name: 'stdout', text: 'c' },
  ]);
});

test('a line that is overwritten shows what was written last', () => {
  const { cell, say } = start();
  say('stream', { name: 'stdout', text: '10 %\r20 %\r' });
  say('stream', { name: 'stdout', text: '100 %\ndone\r\n' });
  expect(cell.finished()).toMatchObject([{ text: '100 %\ndone\n' }]);
});

test('an update changes the display wherever it is shown, also from another cell', () => {
  const { outputs, cell, say } = start();
  const other = outputs.expect('two');
  say('display_data', display('0 %', 'bar'));
  say('display_data', display('0 %', 'bar'), 'two');
  say('update_display_data', display('50 %', 'bar'), 'two');
  for (const each of [cell, other]) expect(each.outputs).toMatchObject([{ data: { 'text/plain': '50 %' } }]);
  say('update_display_data', display('x', 'unknown'));
  expect(cell.outputs).toHaveLength(1);
});

test('clear_output clears at once, or with the next output', () => {
  const { cell, say } = start();
  say('display_data', display('one'));
  say('clear_output', { wait: true });
  expect(cell.outputs).toHaveLength(1);
  say('display_data', display('two'));
  expect(cell.outputs).toMatchObject([{ data: { 'text/plain': 'two' } }]);
  say('clear_output', { wait: false });
  expect(cell.outputs).toEqual([]);
});

test('an error is an output and the failure of its cell; the first one counts', () => {
  const { cell, say } = start();
  say('error', { ename: 'RangeError', evalue: 'far', traceback: ['RangeError: far'] });
  say('error', { ename: 'Error', evalue: 'later', traceback: [] });
  expect(cell.error).toMatchObject({ ename: 'RangeError', evalue: 'far' });
  expect(cell.outputs).toHaveLength(2);
});

test('what belongs to no cell is left out', () => {
  const { outputs, cell } = start();
  const message = { ...createRequest('s', 'stream', { name: 'stdout', text: 'x' }), parent: { msg_id: 'other' } };
  expect(outputs.apply(message)).toBe(false);
  expect(cell.outputs).toEqual([]);
});
