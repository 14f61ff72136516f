import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseNotebook } from '../notebook-file.js';
import { highlightCode } from './highlight.js';
import { renderNotebook } from './notebook-page.js';
import { renderNotebooks } from './render-notebooks.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'html-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const markdown = (id: string, source: string): object => ({ cell_type: 'markdown', id, metadata: {}, source });
const code = (id: string, source: string, outputs: object[] = [], tags: string[] = []): object => ({
  cell_type: 'code',
  id,
  metadata: { tags },
  source,
  execution_count: null,
  outputs,
});
const display = (data: object): object => ({ output_type: 'display_data', data, metadata: {} });

function notebook(...cells: object[]): string {
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

function render(...cells: object[]): string {
  return renderNotebook(parseNotebook(notebook(...cells), join(folder, 'n.ipynb')), {});
}

test('code is highlighted, and nothing in it can become markup', () => {
  const html = render(code('a', "const x: string = '<script>';"));
  expect(html).toContain('<span class="hljs-keyword">const</span>');
  expect(html).toContain('&lt;script&gt;');
  expect(highlightCode('<b>', 'unknown')).toBe('&lt;b&gt;');
});

test('cells and headings can be linked to', () => {
  const html = render(markdown('intro', '# Title\n\n## Why\n\n## Why\n'), code('naive-counter', '1'));
  for (const id of ['intro', 'naive-counter', 'title', 'why', 'why-2']) expect(html).toContain(`id="${id}"`);
  expect(html).toContain('<title>Title</title>');
  expect(html).toContain('<nav class="contents"');
});

test('outputs: the richest form, its text twin beside it, errors and streams as text', () => {
  const html = render(
    code('a', '1', [
      { output_type: 'stream', name: 'stdout', text: '1 < 2\n' },
      display({ 'image/svg+xml': '<?xml version="1.0"?>\n<svg><title>lanes</title></svg>', 'text/plain': 'a |--|' }),
      display({ 'image/png': 'aGk=\n' }),
      display({ 'text/html': '<b>bold</b>', 'text/plain': 'bold' }),
      display({ 'text/markdown': '*slanted*' }),
      display({ 'application/json': { a: 1 } }),
      { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['E: <v>'] },
    ]),
  );
  expect(html).toContain('<pre class="stream stdout">1 &lt; 2\n</pre>');
  expect(html).toContain('<figure class="picture"><svg><title>lanes</title></svg></figure>');
  expect(html).toContain('a |--|');
  expect(html).toContain('src="data:image/png;base64,aGk="');
  expect(html).toContain('<b>bold</b>');
  expect(html).toContain('<em>slanted</em>');
  expect(html).toContain('&quot;a&quot;: 1');
  expect(html).toContain('<pre class="error">E: &lt;v&gt;</pre>');
});

test('tags are told to the reader, and solutions are folded', () => {
  const html = render(
    code('fails', 'throw 1', [], ['raises-exception']),
    code('answer', '42', [], ['solution']),
    code('measured', '1', [{ output_type: 'stream', name: 'stdout', text: '5 ms' }], ['varies']),
  );
  expect(html).toContain('this cell is meant to fail');
  expect(html).toContain('the numbers are different on every run');
  expect(html).toMatch(/<details class="solution"><summary>Solution<\/summary><pre class="source">/);
});

test('a page needs nothing from anywhere, and runs no script', async () => {
  await writeFile(join(folder, 'picture.svg'), '<svg/>');
  const attachment = { ...markdown('b', '![c](attachment:c.png)'), attachments: { 'c.png': { 'image/png': 'aGk=' } } };
  const html = render(
    markdown('a', '![x](picture.svg) [next](02-b.ipynb#cell) [web](https://x.org/a.ipynb)'),
    attachment,
  );
  expect(html).toContain(`src="data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}"`);
  expect(html).toContain('src="data:image/png;base64,aGk="');
  expect(html).toContain('href="02-b.html#cell"');
  expect(html).toContain('href="https://x.org/a.ipynb"');
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<link|src="http/);
});

test('an index leads to all pages of all chapters, and pages to their neighbours', async () => {
  for (const chapter of ['one', 'two']) await mkdir(join(folder, chapter));
  await writeFile(join(folder, 'one/README.md'), '# Chapter One\n\nAbout *this*.\n\nMore.');
  const paths = ['one/01-a.ipynb', 'one/02-b.ipynb', 'two/01-c.ipynb'].map((path) => join(folder, path));
  for (const path of paths) await writeFile(path, notebook(markdown('t', `# Of ${path.slice(-8, -6)}\n\nA question?`)));
  const out = join(folder, 'out');
  expect(await renderNotebooks(paths, out)).toBe(join(out, 'index.html'));
  const index = await readFile(join(out, 'index.html'), 'utf8');
  for (const href of ['one/01-a.html', 'one/02-b.html', 'two/01-c.html']) expect(index).toContain(`href="${href}"`);
  for (const part of ['Chapter One', 'About <em>this</em>.', 'A question?']) expect(index).toContain(part);
  const second = await readFile(join(out, 'one/02-b.html'), 'utf8');
  expect(second).toContain('href="01-a.html"');
  expect(second).toContain('href="../index.html"');
  expect(second).not.toContain('01-c.html');
  const alone = join(folder, 'alone');
  expect(await renderNotebooks([paths[0]!], alone)).toBe(join(alone, '01-a.html'));
});
