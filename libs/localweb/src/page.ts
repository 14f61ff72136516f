/**
 * What a page of the local web is, and the check that a list of pages makes sense before anything is started.
 *
 *     time of one page        |<- delayMs ->|<---- bytes / bytesPerSecond ---->|
 *     request arrives ........|.............|first byte.................last byte|
 */

/**
 * What goes wrong with a page.
 *
 * - `reset`: after the delay the connection is reset; no byte was sent. The reader gets ECONNRESET.
 * - `hang`: the request is taken and never answered. Only a timeout of the reader's own helps.
 * - `stall`: half of the body arrives, then nothing more; the connection stays open.
 * - `truncate`: half of the body arrives, then the connection is closed as if all was well.
 * - `slow`: everything arrives, but takes ten times as long.
 * - `garbage`: the answer is not HTTP.
 */
export type PageFault = 'reset' | 'hang' | 'stall' | 'truncate' | 'slow' | 'garbage';

/** One page: its address, its size, how long it takes, and what goes wrong with it. */
export interface Page {
  /**
   * The path under the web's address: letters, digits and `. _ ~ -`, parts divided by `/`. `www.ce.cn` is served at
   * `http://127.0.0.1:PORT/www.ce.cn/`. A name may be listed twice if both entries say the same; it then has one
   * address that occurs twice in `web.urls`.
   */
  readonly name: string;
  /** Size of the body in bytes, exactly: an integer from 0 to {@link MAX_PAGE_BYTES}. */
  readonly bytes: number;
  /** Milliseconds from the request to the first byte of the answer: from 0 to {@link MAX_PAGE_MS}. Default: 0. */
  readonly delayMs?: number;
  /** How fast the body comes, in bytes a second: above 0. Default: all at once. */
  readonly bytesPerSecond?: number;
  /** The HTTP status of the answer: an integer from 200 to 599. Default: 200. */
  readonly status?: number;
  /** What goes wrong with the page. Default: nothing. */
  readonly fault?: PageFault;
  /**
   * How many requests get the `fault` and the `status`; those after them get the whole page with status 200. An integer
   * from 0, or `Infinity`. Default: `Infinity`, the page never recovers.
   */
  readonly failTimes?: number;
}

/** A page with every default filled in. */
export type ServedPage = Required<Omit<Page, 'fault'>> & { readonly fault: PageFault | undefined };

/** The largest body: 64 MiB. */
export const MAX_PAGE_BYTES: number = 64 * 2 ** 20;

/** The longest delay of a page: one hour. */
export const MAX_PAGE_MS: number = 3_600_000;

const FAULTS: readonly PageFault[] = ['reset', 'hang', 'stall', 'truncate', 'slow', 'garbage'];
const NAME = /^[\w.~-]+(?:\/[\w.~-]+)*$/;

/**
 * Checks one page and fills in its defaults.
 *
 * @throws {TypeError} if a field has the wrong type
 * @throws {RangeError} if a field has a value that cannot be served
 */
export function checkPage(page: Page): ServedPage {
  if (typeof page !== 'object' || page === null) throw new TypeError(`Cannot serve ${String(page)}: pass pages`);
  const { name, fault } = page;
  if (typeof name !== 'string') throw new TypeError(`Cannot serve a page named ${String(name)}: a name is a string`);
  if (!NAME.test(name) || name.split('/').some((part) => part === '.' || part === '..')) {
    throw new RangeError(
      `Cannot serve a page named ${JSON.stringify(name)}: use letters, digits, '.', '_', '~' and '-', parts divided by '/'`,
    );
  }
  if (fault !== undefined && !FAULTS.includes(fault)) {
    throw new RangeError(`Cannot serve page ${name} with fault ${String(fault)}: choose one of ${FAULTS.join(', ')}`);
  }
  const number = (
    field: keyof Page,
    fallback: number | undefined,
    fits: (value: number) => boolean,
    range: string,
  ): number => {
    const value = page[field] ?? fallback;
    if (typeof value !== 'number') {
      throw new TypeError(`Cannot serve page ${name} with ${field} ${String(value)}: pass ${range}`);
    }
    if (!fits(value)) throw new RangeError(`Cannot serve page ${name} with ${field} ${value}: pass ${range}`);
    return value;
  };
  const integer = (from: number, to: number) => (value: number) =>
    (Number.isInteger(value) || value === Infinity) && value >= from && value <= to;
  return {
    name,
    fault,
    bytes: number('bytes', undefined, integer(0, MAX_PAGE_BYTES), `an integer from 0 to ${MAX_PAGE_BYTES}`),
    delayMs: number('delayMs', 0, (ms) => ms >= 0 && ms <= MAX_PAGE_MS, `milliseconds from 0 to ${MAX_PAGE_MS}`),
    bytesPerSecond: number('bytesPerSecond', Infinity, (rate) => rate > 0, 'a number above 0'),
    status: number('status', 200, integer(200, 599), 'an integer from 200 to 599'),
    failTimes: number('failTimes', Infinity, integer(0, Infinity), 'an integer from 0, or Infinity'),
  };
}

/**
 * Checks a list of pages.
 *
 * @returns the pages in order, with their defaults
 * @throws {TypeError | RangeError} as {@link checkPage} does, and if one name stands for two different pages
 */
export function checkPages(pages: readonly Page[]): readonly ServedPage[] {
  if (!Array.isArray(pages)) throw new TypeError(`Cannot serve ${typeof pages} as pages: pass an array`);
  const byName = new Map<string, string>();
  return (pages as readonly Page[]).map((each) => {
    const page = checkPage(each);
    const text = JSON.stringify(Object.values(page).map(String));
    const other = byName.get(page.name);
    if (other !== undefined && other !== text) {
      throw new RangeError(`Cannot serve two different pages named ${page.name}: give one of them another name`);
    }
    byName.set(page.name, text);
    return page;
  });
}
