import type { Page } from './page.js';

/** The twelve addresses of the source chapter, in its order, with the sizes that it read one after another. */
const SITES: readonly (readonly [name: string, bytes: number])[] = [
  ['www.baidu.com', 2_443],
  ['pypi.org', 18_818],
  ['www.sina.com.cn', 572_160],
  ['www.163.com', 695_359],
  ['news.qq.com', 6_216],
  ['www.ifeng.com', 251_170],
  ['www.ce.cn', 107_852],
  ['news.baidu.com', 73_977],
  ['www.people.com.cn', 152_458],
  ['www.ce.cn', 107_852],
  ['news.163.com', 208_375],
  ['news.sohu.com', 175_232],
];

/** How long the source's program took for the twelve, one after another, in milliseconds. */
const SERIAL_MS = 2_802;
const DELAY_MS = 80;

/**
 * The twelve sites of the source chapter as pages: its addresses in its order (`www.ce.cn` twice), its sizes, and times
 * that add up to its own 2.80 s when they are read one after another. Each takes 80 ms to answer and then comes at
 * 1.29 MB a second, so that a page of 2 kB takes 82 ms and the largest 620 ms.
 *
 * @example
 * ```ts
 * const web = await LocalWeb.start({ pages: sourceSites() });
 * web.urls.length; // 12
 * ```
 */
export function sourceSites(): Page[] {
  const total = SITES.reduce((sum, [, bytes]) => sum + bytes, 0);
  const bytesPerSecond = (total * 1000) / (SERIAL_MS - SITES.length * DELAY_MS);
  return SITES.map(([name, bytes]) => ({ name, bytes, delayMs: DELAY_MS, bytesPerSecond }));
}
