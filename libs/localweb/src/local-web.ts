/**
 * A web of one's own for programs that read pages: every size, delay and fault is set, nothing leaves the machine.
 *
 *     your thread                         the web's thread
 *     LocalWeb ── log, clear, close ──>  http server on 127.0.0.1, pages, log
 *     fetch(url) ───── loopback TCP ──>  delay ... bytes ... end
 *
 * Invariants: the web answers while your thread is busy or blocked; it never keeps the process alive; after `close()`
 * no thread, socket or timer of it is left.
 *
 * Rejected: a server in the reader's own thread. A reader that computes for 100 ms would make every page 100 ms late,
 * and the measured curve would show the server, not the reader.
 */
import { Worker } from 'node:worker_threads';
import { inspect } from 'node:util';
import { AddressInUseError, ClosedError, InterleaveError } from '@interleave/core';
import { checkPages, MAX_PAGE_MS, type Page, type ServedPage } from './page.js';
import type { FromServer, ServerData, ToServer } from './protocol.js';
import type { WebLog } from './web-log.js';

/** Options of {@link LocalWeb.start}. */
export interface LocalWebOptions {
  /** The pages, in the order in which `web.urls` lists them. Default: none. */
  readonly pages?: readonly Page[];
  /** Multiplies every time of every page: 0.5 is twice as fast, 0 has no waits at all. From 0 to 1000. Default: 1. */
  readonly scale?: number;
  /**
   * How many requests are answered at once; the others wait in line, first come, first served, as at a server with so
   * many workers. An integer from 1, or `Infinity`. Default: `Infinity`.
   */
  readonly capacity?: number;
  /** What all pages on their way share, in bytes a second, as on one line to the house. Above 0. Default: `Infinity`. */
  readonly bytesPerSecond?: number;
  /** The port, from 0 to 65535; 0 takes a free one. Default: 0. */
  readonly port?: number;
}

/** Options of {@link LocalWeb.urlOf}. */
export interface UrlOptions {
  /** This request waits so many milliseconds for its first byte, whatever the page says. */
  readonly delayMs?: number;
}

interface Pending {
  readonly resolve: (log: WebLog) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A web server on the loopback address, in a thread of its own, with pages of set sizes, delays and faults.
 *
 * Every request has a connection of its own, which is closed after the answer. The bodies are the same on every run.
 *
 * @example
 * ```ts
 * const web = await LocalWeb.start({ pages: [{ name: 'news', bytes: 50_000, delayMs: 20 }] });
 * const text = await (await fetch(web.urlOf('news'))).text();
 * text.length; // 50000
 * (await web.log()).requests.length; // 1
 * await web.close();
 * ```
 */
export class LocalWeb {
  /** The address of the web: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** One address a page, in the order of the pages: `http://127.0.0.1:PORT/www.ce.cn/`. */
  readonly urls: readonly string[];
  /** The pages, with every default filled in. */
  readonly pages: readonly ServedPage[];
  readonly #byName: ReadonlyMap<string, ServedPage>;
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  /** The thread answers in order, so the first in line is whom an answer is for. */
  readonly #pending: Pending[] = [];
  #closing: Promise<void> | undefined;
  #lastLog: WebLog | undefined;

  private constructor(worker: Worker, gone: Promise<void>, port: number, pages: readonly ServedPage[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.pages = pages;
    this.urls = pages.map(({ name }) => `${this.url}/${name}/`);
    this.#byName = new Map(pages.map((page) => [page.name, page]));
    this.#worker = worker;
    this.#gone = gone;
    worker.on('message', (message: FromServer) => this.#take(message));
    void gone.then(() => {
      this.#closing ??= gone;
      for (const { reject } of this.#pending.splice(0)) reject(this.#closedError('go on'));
    });
    worker.unref();
  }

  /**
   * Starts a web.
   *
   * @returns the web, ready to answer
   * @throws {TypeError | RangeError} if an option or a page makes no sense; nothing has been started then
   * @throws {AddressInUseError} if the port is taken
   * @throws {InterleaveError} if the server cannot listen for another reason
   */
  static async start(options: LocalWebOptions = {}): Promise<LocalWeb> {
    const data = checkOptions(options);
    // From `src`, where tests run, as from `dist`: the compiled entry, which every Node can load.
    const entry = new URL('../dist/entry/server.cjs', import.meta.url);
    const worker = new Worker(entry, { name: 'localweb', workerData: data, execArgv: [] });
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const first = await new Promise<FromServer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => {
        reject(new InterleaveError('Cannot start the local web: its thread ended with an error', { cause }));
      });
      void gone.then(() => reject(new InterleaveError('Cannot start the local web: its thread ended at once')));
    });
    if (first.kind === 'listening') return new LocalWeb(worker, gone, first.port, data.pages);
    await worker.terminate();
    if (first.kind === 'failed' && first.code === 'EADDRINUSE') {
      throw new AddressInUseError(`Cannot listen on port ${data.port}: it is taken; pass port 0 for a free one`);
    }
    const why = first.kind === 'failed' ? first.message : `unexpected ${first.kind}`;
    throw new InterleaveError(`Cannot listen on port ${data.port}: ${why}`);
  }

  /**
   * The page of that name.
   *
   * @throws {RangeError} if there is none
   */
  page(name: string): ServedPage {
    const page = this.#byName.get(name);
    if (page === undefined) {
      throw new RangeError(`Cannot find page ${name}: there are ${[...this.#byName.keys()].join(', ') || 'no pages'}`);
    }
    return page;
  }

  /**
   * The address of the page of that name.
   *
   * @throws {RangeError} if there is none, or `delayMs` is not from 0 to {@link MAX_PAGE_MS}
   */
  urlOf(name: string, options: UrlOptions = {}): string {
    const url = `${this.url}/${this.page(name).name}/`;
    const { delayMs } = options;
    if (delayMs === undefined) return url;
    between('delayMs', delayMs, 0, MAX_PAGE_MS);
    return `${url}?delay=${delayMs}`;
  }

  /**
   * What was asked so far. After `close()` it is what was asked until then.
   *
   * @throws {ClosedError} if the web's thread is gone without having been closed
   */
  log(): Promise<WebLog> {
    return this.#ask({ kind: 'log' }, 'read the log');
  }

  /**
   * Empties the log; requests that are being answered stay in it.
   *
   * @returns the log before
   * @throws {ClosedError} if the web is closed
   */
  clearLog(): Promise<WebLog> {
    if (this.#closing !== undefined) return Promise.reject(this.#closedError('clear the log'));
    return this.#ask({ kind: 'clear' }, 'clear the log');
  }

  /** Whether the web is closed or closing. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Ends the web: resets what is being answered, frees the port, ends the thread. A second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#ask({ kind: 'close' }, 'close the web')
      .catch(() => {})
      .then(() => this.#worker.terminate())
      .then(() => this.#gone);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `LocalWeb(http://127.0.0.1:PORT, 12 pages)`. */
  toString(): string {
    const count = `${this.pages.length} page${this.pages.length === 1 ? '' : 's'}`;
    return `LocalWeb(${this.url}, ${count}${this.closed ? ', closed' : ''})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #ask(message: ToServer, what: string): Promise<WebLog> {
    if (this.#closing !== undefined) {
      return this.#closing.then(() => {
        if (this.#lastLog === undefined) throw this.#closedError(what);
        return this.#lastLog;
      });
    }
    return new Promise<WebLog>((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      // The thread must not keep the process alive, but somebody who waits for its answer must.
      this.#worker.ref();
      this.#worker.postMessage(message);
    });
  }

  #take(message: FromServer): void {
    if (message.kind === 'listening' || message.kind === 'failed') return;
    if (message.kind === 'closed') this.#lastLog = message.log;
    const pending = this.#pending.shift();
    if (this.#pending.length === 0 && message.kind !== 'closed') this.#worker.unref();
    pending?.resolve(message.log);
  }

  #closedError(what: string): ClosedError {
    return new ClosedError(`Cannot ${what}: ${this.toString()} has ended; start another one`);
  }
}

function checkOptions(options: LocalWebOptions): ServerData {
  const { pages = [], scale = 1, capacity = Infinity, bytesPerSecond = Infinity, port = 0 } = options;
  between('scale', scale, 0, 1000);
  between('capacity', capacity, 1, Infinity, Number.isInteger(capacity) || capacity === Infinity);
  between('bytesPerSecond', bytesPerSecond, 0, Infinity, bytesPerSecond > 0);
  between('port', port, 0, 65_535, Number.isInteger(port));
  return { pages: checkPages(pages), scale, capacity, bytesPerSecond, port };
}

function between(name: string, value: number, from: number, to: number, fits = true): void {
  if (typeof value !== 'number') throw new TypeError(`Cannot use ${name} ${String(value)}: pass a number`);
  if (!(value >= from && value <= to && fits)) {
    throw new RangeError(`Cannot use ${name} ${value}: pass a number from ${from} to ${to}`);
  }
}
