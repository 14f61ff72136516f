import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '@interleave/core';
import { MAX_PAGE_MS, type PageFault, type ServedPage } from '../page.js';
import type { LogEntry, Recorder } from './recorder.js';
import type { Link } from './link.js';

/** What an answer needs of the server around it. */
export interface Site {
  readonly pages: ReadonlyMap<string, ServedPage>;
  readonly scale: number;
  readonly link: Link;
  readonly recorder: Recorder;
  /** Waits for a place among those that are answered; the returned function gives it back or leaves the line. */
  readonly enter: (proceed: () => void) => () => void;
  /** The body of a page. */
  readonly body: (page: ServedPage) => Buffer;
  /** Counts a request of a page and says how many there were before it. */
  readonly count: (page: ServedPage) => number;
}

/** How much longer a page with the fault `slow` takes. */
const SLOW = 10;

/** What one request gets. */
interface Plan {
  readonly status: number;
  readonly delayMs: number;
  /** In bytes a millisecond. */
  readonly rate: number;
  readonly body: Buffer;
  readonly fault: PageFault | undefined;
}

/** Answers one request, from its arrival to its last byte or its fault. */
export function answer(site: Site, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  const url = new URL(path, 'http://localhost');
  const name = url.pathname.replace(/^\/|\/$/g, '');
  const page = site.pages.get(name);
  const entry = site.recorder.begin(page?.name, path);
  request.resume();

  // Whatever happens to the connection, nothing of this request stays: no timer, no place in line, no body on its way.
  const undo: (() => void)[] = [];
  const finish = (outcome: LogEntry['outcome']): void => {
    site.recorder.end(entry, outcome);
    for (const step of undo.splice(0)) step();
  };
  response.on('close', () => finish('abandoned'));

  const plan = planFor(site, page, name, url, request.method);
  undo.push(
    site.enter(() => {
      undo.push(
        systemClock.setTimer(plan.delayMs, () =>
          send(site, plan, request.method === 'HEAD', response, entry, undo, finish),
        ),
      );
    }),
  );
}

function planFor(site: Site, page: ServedPage | undefined, name: string, url: URL, method: string | undefined): Plan {
  const plain = (status: number, text: string): Plan => ({
    status,
    delayMs: 0,
    rate: Infinity,
    body: Buffer.from(`${text}\n`),
    fault: undefined,
  });
  if (method !== 'GET' && method !== 'HEAD') return plain(405, `Cannot ${method}: pages can be read with GET and HEAD`);
  if (page === undefined) {
    if (name === '') return plain(200, [...site.pages.keys()].map((each) => `/${each}/`).join('\n'));
    return plain(404, `Cannot find ${name}: the pages are listed at /`);
  }
  const asked = url.searchParams.get('delay');
  const delay = asked === null || asked.trim() === '' ? page.delayMs : Number(asked);
  if (!(delay >= 0 && delay <= MAX_PAGE_MS)) {
    return plain(400, `Cannot delay by ${asked}: pass milliseconds from 0 to ${MAX_PAGE_MS}`);
  }
  const failing = site.count(page) < page.failTimes;
  const fault = failing ? page.fault : undefined;
  const scale = site.scale * (fault === 'slow' ? SLOW : 1);
  return {
    status: failing ? page.status : 200,
    delayMs: delay * scale,
    rate: scale === 0 ? Infinity : page.bytesPerSecond / 1000 / scale,
    body: site.body(page),
    fault,
  };
}

function send(
  site: Site,
  plan: Plan,
  headOnly: boolean,
  response: ServerResponse,
  entry: LogEntry,
  undo: (() => void)[],
  finish: (outcome: LogEntry['outcome']) => void,
): void {
  const { socket } = response;
  const { body, fault, status } = plan;
  if (fault === 'hang') return;
  if (fault === 'reset') {
    finish('faulted');
    socket?.resetAndDestroy();
    return;
  }
  if (fault === 'garbage') {
    finish('faulted');
    socket?.end('This is not HTTP\r\n\r\n');
    return;
  }
  const bodiless = status === 204 || status === 304;
  entry.status = status;
  response.sendDate = false;
  response.writeHead(status, {
    'content-type': body.subarray(0, 9).toString('latin1') === '<!doctype' ? 'text/html; charset=utf-8' : 'text/plain',
    'cache-control': 'no-store',
    // A connection serves one page, so that nothing is left over when a reader is done.
    connection: 'close',
    ...(bodiless ? {} : { 'content-length': body.length }),
  });
  if (headOnly || bodiless) {
    finish('sent');
    response.end();
    return;
  }
  const cut = fault === 'stall' || fault === 'truncate';
  const length = cut ? body.length >> 1 : body.length;
  // The end is logged before it is sent: a reader that has the whole page finds it in the log.
  const end = (rest: Buffer): void => {
    entry.bytes += rest.length;
    if (!cut) {
      finish('sent');
      response.end(rest);
      return;
    }
    if (rest.length > 0) response.write(rest);
    else response.flushHeaders();
    if (fault === 'stall') return;
    finish('faulted');
    socket?.end();
  };
  if (length === 0) {
    end(body.subarray(0, 0));
    return;
  }
  let sent = 0;
  undo.push(
    site.link.add({
      left: length,
      rate: plan.rate,
      send: (count, last) => {
        const piece = body.subarray(sent, (sent += count));
        if (last) {
          end(piece);
          return;
        }
        entry.bytes += count;
        response.write(piece);
      },
    }),
  );
}
