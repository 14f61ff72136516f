import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listen, listenHost } from './listen.js';
import { StartProblem } from './start-problem.js';

/** Where the pages are served. */
export interface PageServerOptions {
  /** The port; 0 takes any free one. Undefined takes 8888, or the next free one, as JupyterLab does. */
  readonly port: number | undefined;
  /** The address to listen on; the loopback by default. */
  readonly ip: string | undefined;
}

/** A server of pages that listens. */
export interface PageServer {
  /** The address of the first page. */
  readonly url: string;
  /** Stops listening and ends the connections that are open. */
  close(): Promise<void>;
}

const FIRST_PORT = 8888;
const TRIES = 50;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.ipynb': 'application/x-ipynb+json',
};

/**
 * Serves the files of a folder, read-only: nothing outside of it, no hidden file, no listing.
 *
 * @param folder - absolute; `/` is its `index.html`
 * @throws {StartProblem} if the port that was asked for is taken, or needs more rights
 */
export async function servePageFolder(folder: string, options: PageServerOptions): Promise<PageServer> {
  const root = realpathSync(folder);
  const server = createServer((request, response) => void answer(root, request, response));
  const host = listenHost(options.ip);
  for (let port = options.port ?? FIRST_PORT; ; port++) {
    try {
      await listen(server, port, host);
      break;
    } catch (error) {
      const taken = error instanceof StartProblem && (error.cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || options.port !== undefined || port === FIRST_PORT + TRIES) throw error;
    }
  }
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-cache');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = findFile(root, request.url ?? '/');
  if (file === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is no such page\n');
    return;
  }
  response.setHeader('Content-Type', TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('Content-Length', file.size);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // A reader who goes away in the middle is no fault.
  await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
}

function findFile(root: string, url: string): { path: string; size: number } | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const asked = path.endsWith('/') ? `${path}index.html` : path;
    if (asked.includes('\0') || asked.split(/[/\\]/).some((part) => part.startsWith('.'))) return undefined;
    // A link inside the folder must not lead out of it.
    const real = realpathSync(join(root, asked));
    if (!real.startsWith(root + sep)) return undefined;
    const found = statSync(real);
    return found.isFile() ? { path: real, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}
