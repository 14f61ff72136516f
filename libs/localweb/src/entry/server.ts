/**
 * The thread of the local web. It has an event loop of its own, so a reader that computes or blocks does not stop the
 * web, and the web's work is not charged to the reader.
 */
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { pageBody } from '../page-body.js';
import type { ServedPage } from '../page.js';
import type { FromServer, ServerData, ToServer } from '../protocol.js';
import { answer, type Site } from './answer.js';
import { Link } from './link.js';
import { Recorder } from './recorder.js';

function serve(data: ServerData, port: NonNullable<typeof parentPort>): void {
  const pages = new Map(data.pages.map((page) => [page.name, page]));
  const bodies = new Map<ServedPage, Buffer>();
  const counts = new Map<ServedPage, number>();
  const recorder = new Recorder();
  const link = new Link(data.scale === 0 ? Infinity : data.bytesPerSecond / 1000 / data.scale);
  const line: (() => void)[] = [];
  let places = data.capacity;

  const site: Site = {
    pages,
    scale: data.scale,
    link,
    recorder,
    body(page) {
      let body = bodies.get(page);
      if (body === undefined) bodies.set(page, (body = Buffer.from(pageBody(page.name, page.bytes), 'latin1')));
      return body;
    },
    count(page) {
      const before = counts.get(page) ?? 0;
      counts.set(page, before + 1);
      return before;
    },
    enter(proceed) {
      let inside = false;
      const go = (): void => {
        inside = true;
        places -= 1;
        proceed();
      };
      if (places > 0) go();
      else line.push(go);
      return () => {
        const at = line.indexOf(go);
        if (at >= 0) line.splice(at, 1);
        if (!inside) return;
        inside = false;
        places += 1;
        line.shift()?.();
      };
    },
  };
  // Made before the first request, so that no page has to wait for its own text.
  for (const page of pages.values()) site.body(page);

  const post = (message: FromServer): void => port.postMessage(message);
  const server = createServer({ keepAlive: false }, (request, response) => answer(site, request, response));
  server.on('error', (error: NodeJS.ErrnoException) => {
    post({ kind: 'failed', code: error.code ?? 'ERR_UNKNOWN', message: error.message });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen({ host: '127.0.0.1', port: data.port, backlog: 1024 }, () => {
    const address = server.address();
    post({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  port.on('message', (message: ToServer) => {
    switch (message.kind) {
      case 'log':
        return post({ kind: 'log', log: recorder.log() });
      case 'clear': {
        const log = recorder.log();
        recorder.clear();
        return post({ kind: 'cleared', log });
      }
      case 'close':
        recorder.close();
        link.close();
        server.close();
        server.closeAllConnections();
        return post({ kind: 'closed', log: recorder.log() });
    }
  });
}

if (parentPort !== null) serve(workerData as ServerData, parentPort);
