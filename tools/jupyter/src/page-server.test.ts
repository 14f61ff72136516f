import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { servePageFolder, type PageServer } from './page-server.js';

let folder: string;
let server: PageServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jupyter-pages-'));
  const html = join(folder, 'html');
  mkdirSync(join(html, 'a b'), { recursive: true });
  writeFileSync(join(html, 'index.html'), '<h1>Interleave</h1>');
  writeFileSync(join(html, 'a b', 'ü.svg'), '<svg/>');
  writeFileSync(join(html, '.hidden'), 'secret');
  writeFileSync(join(folder, 'outside.txt'), 'secret');
  symlinkSync(join(folder, 'outside.txt'), join(html, 'link.txt'));
  server = await servePageFolder(html, { port: 0, ip: undefined });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A request with the path exactly as it is written; `fetch` would tidy it. */
function ask(path: string, method = 'GET'): Promise<{ status: number; type: string; body: string }> {
  return new Promise((done, fail) => {
    const { port } = new URL(server.url);
    request({ port, host: '127.0.0.1', path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }),
      );
    })
      .on('error', fail)
      .end();
  });
}

test('serves the files of its folder with their types', async () => {
  expect(await ask('/')).toEqual({ status: 200, type: 'text/html; charset=utf-8', body: '<h1>Interleave</h1>' });
  expect(await ask('/index.html?x=1')).toMatchObject({ status: 200 });
  expect(await ask('/a%20b/%C3%BC.svg')).toEqual({ status: 200, type: 'image/svg+xml', body: '<svg/>' });
  expect(await ask('/', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test.each([
  '/none.html',
  '/a%20b',
  '/a%20b/',
  '/../outside.txt',
  '/%2e%2e/outside.txt',
  '/..%2foutside.txt',
  '/link.txt',
])('%s is not found', async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, body: 'There is no such page\n' });
});

test.each(['/.hidden', '/%00', '/%', '//', '/a%20b/..%5c..%5coutside.txt'])('%s is not found either', async (path) => {
  expect((await ask(path)).status).toBe(404);
});

test('is read-only', async () => {
  expect((await ask('/', 'POST')).status).toBe(405);
});

test('a port that was asked for is taken or refused, any other is tried in turn', async () => {
  const { port } = new URL(server.url);
  await expect(servePageFolder(folder, { port: Number(port), ip: undefined })).rejects.toThrow(
    `Cannot listen on port ${port} of 127.0.0.1: it is in use`,
  );
  const first = await servePageFolder(folder, { port: undefined, ip: undefined });
  const second = await servePageFolder(folder, { port: undefined, ip: undefined });
  expect(first.url).not.toBe(second.url);
  await Promise.all([first.close(), second.close()]);
});

test('closing ends connections that are idle', async () => {
  const kept = await servePageFolder(join(folder, 'html'), { port: 0, ip: 'localhost' });
  const response = await fetch(kept.url);
  await response.text();
  await kept.close();
  await expect(fetch(kept.url)).rejects.toThrow();
});
