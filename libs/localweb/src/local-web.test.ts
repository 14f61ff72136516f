import { Agent, get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { AddressInUseError, ClosedError } from '@interleave/core';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalWeb, type LocalWebOptions } from './local-web.js';
import type { Page } from './page.js';
import { pageBody } from './page-body.js';

// Threads and connections need their time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const opened: LocalWeb[] = [];

async function start(pages: readonly Page[], options: Omit<LocalWebOptions, 'pages'> = {}): Promise<LocalWeb> {
  const web = await LocalWeb.start({ pages, ...options });
  opened.push(web);
  return web;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((web) => web.close()));
});

const read = async (url: string): Promise<string> => (await fetch(url)).text();

/** Asks the log until it is as wanted: a state, and not a time, is waited for. */
async function logged(web: LocalWeb, wanted: (outcome: string | undefined) => boolean): Promise<void> {
  while (!wanted((await web.log()).requests.at(-1)?.outcome));
}

test('pages have their sizes, their text and one address each', async () => {
  const web = await start([
    { name: 'www.ce.cn', bytes: 107_852 },
    { name: 'small', bytes: 10 },
    { name: 'empty', bytes: 0 },
    { name: 'www.ce.cn', bytes: 107_852 },
  ]);
  expect(web.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(web.urls).toHaveLength(4);
  expect(web.urls[0]).toBe(`${web.url}/www.ce.cn/`);
  expect(web.urls[3]).toBe(web.urls[0]);
  expect(web.urlOf('small')).toBe(web.urls[1]);
  expect(web.page('small').bytes).toBe(10);
  expect(await read(web.urlOf('www.ce.cn'))).toBe(pageBody('www.ce.cn', 107_852));
  expect(await read(web.urlOf('small'))).toHaveLength(10);
  expect(await read(web.urlOf('empty'))).toBe('');
  const response = await fetch(web.urlOf('www.ce.cn'));
  expect(response.headers.get('content-length')).toBe('107852');
  expect(response.headers.get('content-type')).toContain('text/html');
  await response.text();
});

test('a page that does not exist has no address', async () => {
  const web = await start([{ name: 'a', bytes: 1 }]);
  expect(() => web.urlOf('b')).toThrow(RangeError);
  expect(() => web.page('b')).toThrow(/there are a/);
  expect(() => web.urlOf('a', { delayMs: -1 })).toThrow(RangeError);
  expect((await fetch(`${web.url}/b/`)).status).toBe(404);
});

test('the root lists the pages', async () => {
  const web = await start([
    { name: 'a', bytes: 1 },
    { name: 'b/c', bytes: 1 },
  ]);
  expect(await read(web.url)).toBe('/a/\n/b/c/\n');
  expect(await read(`${web.url}/b/c`)).toHaveLength(1);
});

test('only GET and HEAD are answered', async () => {
  const web = await start([{ name: 'a', bytes: 1_000 }]);
  expect((await fetch(web.urlOf('a'), { method: 'POST', body: 'x' })).status).toBe(405);
  const head = await fetch(web.urlOf('a'), { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '1000', '']);
});

test('a page takes its delay and its bandwidth', async () => {
  const web = await start([{ name: 'a', bytes: 20_000, delayMs: 60, bytesPerSecond: 400_000 }]);
  await read(web.urlOf('a'));
  const { began, ended = 0 } = (await web.log()).requests[0] ?? { began: 0 };
  expect(ended - began).toBeGreaterThanOrEqual(109.9);
});

test('scale shortens every time, and 0 leaves none', async () => {
  const pages = [{ name: 'a', bytes: 20_000, delayMs: 3_000_000, bytesPerSecond: 1 }];
  const web = await start(pages, { scale: 0 });
  expect(await read(web.urlOf('a'))).toHaveLength(20_000);
  const half = await start([{ name: 'a', bytes: 10, delayMs: 100 }], { scale: 0.5 });
  await read(half.urlOf('a'));
  const { began, ended = 0 } = (await half.log()).requests[0] ?? { began: 0 };
  expect(ended - began).toBeGreaterThanOrEqual(49.9);
});

test('a request may set its own delay', async () => {
  const web = await start([{ name: 'a', bytes: 10, delayMs: 3_000_000 }]);
  expect(web.urlOf('a', { delayMs: 5 })).toBe(`${web.url}/a/?delay=5`);
  expect(await read(web.urlOf('a', { delayMs: 0 }))).toHaveLength(10);
  for (const bad of ['-1', 'soon', '3600001']) expect((await fetch(`${web.url}/a/?delay=${bad}`)).status).toBe(400);
});

test('the log says what was asked and what came of it', async () => {
  const web = await start([{ name: 'a', bytes: 500 }]);
  expect(await web.log()).toEqual({ requests: [], open: 0, mostAtOnce: 0, bytes: 0 });
  for (let i = 0; i < 3; i++) await read(web.urlOf('a'));
  const log = await web.log();
  expect(log).toMatchObject({ open: 0, mostAtOnce: 1, bytes: 1_500 });
  expect(log.requests).toHaveLength(3);
  for (const request of log.requests) {
    expect(request).toMatchObject({ page: 'a', path: '/a/', status: 200, bytes: 500, outcome: 'sent' });
    expect(request.ended).toBeGreaterThan(request.began);
  }
  expect(await web.clearLog()).toEqual(log);
  await read(web.urlOf('a'));
  expect(await web.log()).toMatchObject({ mostAtOnce: 1, requests: [{ outcome: 'sent' }] });
});

test('the log says how many were answered at once', async () => {
  const web = await start([{ name: 'a', bytes: 10, fault: 'hang' }]);
  const reader = new AbortController();
  const readers = [1, 2, 3].map(() => fetch(web.urlOf('a'), { signal: reader.signal }).catch(() => {}));
  while ((await web.log()).open < 3);
  expect(await web.clearLog()).toMatchObject({ open: 3, mostAtOnce: 3 });
  // What is open stays in the log, or its end would be lost.
  expect(await web.log()).toMatchObject({ open: 3, mostAtOnce: 3, requests: [{}, {}, {}] });
  reader.abort();
  await Promise.all(readers);
  while ((await web.log()).open > 0);
  await web.clearLog();
  expect(await web.log()).toEqual({ requests: [], open: 0, mostAtOnce: 0, bytes: 0 });
});

test('a reader that has a page finds it in the log as sent', async () => {
  const web = await start([{ name: 'a', bytes: 200_000 }]);
  for (let i = 1; i <= 30; i++) {
    await read(web.urlOf('a'));
    const { requests, open } = await web.log();
    expect([requests.length, open, requests.at(-1)?.outcome]).toEqual([i, 0, 'sent']);
  }
});

test('no more than capacity are answered at once', async () => {
  const web = await start([{ name: 'a', bytes: 10, delayMs: 30 }], { capacity: 2 });
  await Promise.all(Array.from({ length: 6 }, () => read(web.urlOf('a'))));
  const { requests } = await web.log();
  const began = Math.min(...requests.map((request) => request.began));
  expect(Math.max(...requests.map(({ ended = 0 }) => ended)) - began).toBeGreaterThanOrEqual(89.7);
});

test('who waits for a place is served first come, first served', async () => {
  const web = await start([{ name: 'a', bytes: 10, delayMs: 5 }], { capacity: 1 });
  await Promise.all(Array.from({ length: 6 }, () => read(web.urlOf('a'))));
  const ends = (await web.log()).requests.map(({ ended = 0 }) => ended);
  expect([...ends].sort((a, b) => a - b)).toEqual(ends);
});

test('a reader that gives up leaves the line', async () => {
  const web = await start([{ name: 'a', bytes: 10, delayMs: 3_000_000 }], { capacity: 1 });
  const first = new AbortController();
  const stuck = fetch(web.urlOf('a'), { signal: first.signal }).catch((error: Error) => error.name);
  await logged(web, (outcome) => outcome === 'open');
  const second = read(web.urlOf('a', { delayMs: 0 }));
  first.abort();
  expect(await second).toHaveLength(10);
  expect(await stuck).toBe('AbortError');
});

test('all pages share the bandwidth of the line', async () => {
  const web = await start([{ name: 'a', bytes: 20_000 }], { bytesPerSecond: 400_000 });
  await Promise.all([read(web.urlOf('a')), read(web.urlOf('a'))]);
  const { requests } = await web.log();
  const last = Math.max(...requests.map(({ ended = 0 }) => ended)) - Math.min(...requests.map(({ began }) => began));
  expect(last).toBeGreaterThanOrEqual(99.9);
});

test('fault reset: the connection is reset without a byte', async () => {
  const web = await start([{ name: 'a', bytes: 10, fault: 'reset' }]);
  await expect(fetch(web.urlOf('a'))).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect((await web.log()).requests).toMatchObject([{ outcome: 'faulted', bytes: 0, status: undefined }]);
});

test('fault hang: nothing comes until the reader gives up', async () => {
  const web = await start([{ name: 'a', bytes: 10, fault: 'hang' }]);
  const reader = new AbortController();
  const response = fetch(web.urlOf('a'), { signal: reader.signal });
  await logged(web, (outcome) => outcome === 'open');
  reader.abort();
  await expect(response).rejects.toThrow();
  await logged(web, (outcome) => outcome === 'abandoned');
  expect((await web.log()).open).toBe(0);
});

test('fault stall: half of the body comes, and the connection stays open', async () => {
  const web = await start([{ name: 'a', bytes: 1_000, fault: 'stall' }]);
  const reader = new AbortController();
  const response = await fetch(web.urlOf('a'), { signal: reader.signal });
  const { value } = (await response.body?.getReader().read()) ?? {};
  expect([response.status, value?.length]).toEqual([200, 500]);
  expect((await web.log()).requests).toMatchObject([{ outcome: 'open', bytes: 500, ended: undefined }]);
  reader.abort();
  await logged(web, (outcome) => outcome === 'abandoned');
});

test('fault truncate: half of the body comes, and the connection is closed', async () => {
  const web = await start([
    { name: 'a', bytes: 1_000, fault: 'truncate' },
    { name: 'one', bytes: 1, fault: 'truncate' },
  ]);
  const response = await fetch(web.urlOf('a'));
  await expect(response.text()).rejects.toThrow(/terminated/);
  await expect(fetch(web.urlOf('one')).then((each) => each.text())).rejects.toThrow(
    /terminated|other side|fetch failed/,
  );
  expect((await web.log()).requests).toMatchObject([{ outcome: 'faulted', bytes: 500 }, { outcome: 'faulted' }]);
});

test('fault slow: everything comes, ten times as late', async () => {
  const web = await start([{ name: 'a', bytes: 1_000, delayMs: 5, bytesPerSecond: 200_000, fault: 'slow' }]);
  expect(await read(web.urlOf('a'))).toHaveLength(1_000);
  const { began, ended = 0 } = (await web.log()).requests[0] ?? { began: 0 };
  expect(ended - began).toBeGreaterThanOrEqual(99.9);
});

test('fault garbage: the answer is not HTTP', async () => {
  const web = await start([{ name: 'a', bytes: 10, fault: 'garbage' }]);
  await expect(fetch(web.urlOf('a'))).rejects.toThrow(/fetch failed/);
  const error = await new Promise((resolve) => get(web.urlOf('a')).on('error', resolve));
  expect(error).toMatchObject({ code: expect.stringMatching(/^HPE_/) });
});

test('failTimes: the page recovers after so many requests', async () => {
  const web = await start([
    { name: 'busy', bytes: 10, status: 503, failTimes: 2 },
    { name: 'flaky', bytes: 10, fault: 'reset', failTimes: 1 },
    { name: 'never', bytes: 10, status: 404 },
  ]);
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await fetch(web.urlOf('busy'))).status);
  expect(statuses).toEqual([503, 503, 200, 200]);
  await expect(fetch(web.urlOf('flaky'))).rejects.toThrow();
  expect(await read(web.urlOf('flaky'))).toHaveLength(10);
  expect((await fetch(web.urlOf('never'))).status).toBe(404);
});

test('a status without a body has none', async () => {
  const web = await start([{ name: 'a', bytes: 10, status: 204 }]);
  const response = await fetch(web.urlOf('a'));
  expect([response.status, await response.text()]).toEqual([204, '']);
});

test('three hundred readers at once get their pages', async () => {
  const web = await start([{ name: 'a', bytes: 300, delayMs: 100 }]);
  const texts = await Promise.all(Array.from({ length: 300 }, () => read(web.urlOf('a'))));
  expect(new Set(texts)).toEqual(new Set([pageBody('a', 300)]));
  expect((await web.log()).requests).toHaveLength(300);
});

test('every answer closes its connection, also for a reader that would keep it', async () => {
  const web = await start([{ name: 'a', bytes: 10 }]);
  const agent = new Agent({ keepAlive: true });
  const connection = await new Promise((resolve, reject) => {
    get(web.urlOf('a'), { agent }, (response) => {
      response.resume().on('end', () => resolve(response.headers.connection));
    }).on('error', reject);
  });
  expect(connection).toBe('close');
  expect(Object.keys(agent.freeSockets)).toEqual([]);
  agent.destroy();
});

test("the web answers while the reader's own thread is blocked", async () => {
  const web = await start([{ name: 'a', bytes: 10_000, delayMs: 20 }]);
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { workerData: { url, flag } } = require('node:worker_threads');
    fetch(url).then((response) => response.text()).then((text) => {
      Atomics.store(flag, 0, text.length);
      Atomics.notify(flag, 0);
    });`;
  const reader = new Worker(code, { eval: true, workerData: { url: web.urlOf('a'), flag } });
  expect(Atomics.wait(flag, 0, 0, 25_000)).not.toBe('timed-out');
  expect(Atomics.load(flag, 0)).toBe(10_000);
  await reader.terminate();
});

test('close resets what is being answered and says so in the last log', async () => {
  const web = await start([{ name: 'a', bytes: 10, delayMs: 3_000_000 }]);
  const open = fetch(web.urlOf('a'));
  const refused = expect(open).rejects.toThrow(/fetch failed/);
  await logged(web, (outcome) => outcome === 'open');
  await Promise.all([web.close(), web.close()]);
  await refused;
  expect(web.closed).toBe(true);
  expect(await web.log()).toMatchObject({ open: 0, requests: [{ outcome: 'closed' }] });
  await expect(web.clearLog()).rejects.toThrow(ClosedError);
  await expect(fetch(web.urlOf('a'))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('questions that were asked before close are answered', async () => {
  const web = await start([{ name: 'a', bytes: 10 }]);
  const [log, cleared] = await Promise.all([web.log(), web.clearLog(), web.close()]);
  expect([log.open, cleared.open]).toEqual([0, 0]);
});

test('a port that is taken is refused by name', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(LocalWeb.start({ port })).rejects.toThrow(AddressInUseError);
  await new Promise((resolve) => other.close(resolve));
});

test.each<[string, unknown, new () => Error]>([
  ['scale', -1, RangeError],
  ['scale', NaN, RangeError],
  ['scale', '1', TypeError],
  ['capacity', 0, RangeError],
  ['capacity', 1.5, RangeError],
  ['bytesPerSecond', 0, RangeError],
  ['port', 65_536, RangeError],
  ['port', 0.5, RangeError],
])('an option that makes no sense is refused: %s %s', async (name, value, error) => {
  await expect(LocalWeb.start({ [name]: value })).rejects.toThrow(error);
});

test('it prints what it is', async () => {
  const web = await start([{ name: 'a', bytes: 1 }]);
  expect(String(web)).toMatch(/^LocalWeb\(http:\/\/127\.0\.0\.1:\d+, 1 page\)$/);
  await web[Symbol.asyncDispose]();
  expect(String(web)).toMatch(/closed\)$/);
});
