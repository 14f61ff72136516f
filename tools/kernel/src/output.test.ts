import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const { Output, createWrite } = createRequire(import.meta.url)('./output.cjs');

interface Sent {
  cell: unknown;
  type: string;
  content: { name?: string; text?: string };
}

function collect(): { output: any; sent: Sent[] } {
  const sent: Sent[] = [];
  const output = new Output((cell: unknown, type: string, content: Sent['content']) =>
    sent.push({ cell, type, content }),
  );
  return { output, sent };
}

test('a few pieces leave at once, a flood is merged, and nothing is lost', () => {
  const { output, sent } = collect();
  for (let line = 0; line < 10; line++) output.write('cell', 'stdout', `${line}\n`);
  expect(sent).toHaveLength(10);
  for (let line = 10; line < 100_000; line++) output.write('cell', 'stdout', `${line}\n`);
  output.flush();
  expect(sent.length).toBeLessThan(512);
  const all = sent.map(({ content }) => content.text).join('');
  expect(all).toBe(Array.from({ length: 100_000 }, (_, line) => `${line}\n`).join(''));
});

test('the order across streams, cells and displays is kept', () => {
  const { output, sent } = collect();
  for (let round = 0; round < 200; round++) {
    output.write('a', 'stdout', `o${round}`);
    output.write('a', 'stderr', `e${round}`);
    output.write('b', 'stderr', `b${round}`);
    output.publish('a', 'display_data', { text: `d${round}` });
  }
  output.flush();
  expect(sent.map(({ content }) => content.text).join(' ')).toBe(
    Array.from({ length: 200 }, (_, n) => `o${n} e${n} b${n} d${n}`).join(' '),
  );
  expect(sent.filter(({ content }) => content.text?.startsWith('b')).every(({ cell }) => cell === 'b')).toBe(true);
});

test('what is collected leaves by itself after a moment', async () => {
  const { output, sent } = collect();
  for (let line = 0; line < 200; line++) output.write('cell', 'stdout', 'x');
  const length = (): number => sent.map(({ content }) => content.text).join('').length;
  while (length() < 200) await new Promise((resolve) => setImmediate(resolve));
  expect(length()).toBe(200);
});

test('a write takes strings and bytes in any form, and calls back', async () => {
  let text = '';
  const write = createWrite((piece: string) => (text += piece));
  const euro = Buffer.from('€');
  expect(write(euro.subarray(0, 1))).toBe(true);
  write(new Uint8Array(euro.subarray(1)));
  write('Zm9v', 'base64');
  await new Promise((resolve) => write('!', resolve));
  await new Promise((resolve) => write('?', 'utf8', resolve));
  expect(text).toBe('€foo!?');
});
