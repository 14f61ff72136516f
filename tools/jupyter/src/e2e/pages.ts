/** The book as it is served without Python, by the real `npm start -- --pages`, in the browser. */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chapters, notebooksIn } from '../first-document.js';
import type { ProjectFolders } from '../project-folders.js';
import { NpmStart } from './npm-start.js';
import { assertNone } from './report.js';

/**
 * Opens the first page, goes to every notebook that it leads to, and looks for pictures and for requests to other
 * machines.
 *
 * @param screenshots - where a picture of the first page, and of the first notebook, goes
 */
export async function checkPages(
  context: BrowserContext,
  folders: ProjectFolders,
  screenshots: string,
): Promise<string> {
  const launcher = new NpmStart(folders.root, ['--pages', '--port=0']);
  const page = await context.newPage();
  const foreign: string[] = [];
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
  });
  try {
    await page.goto(await launcher.address('Read'));
    await page.screenshot({ path: join(screenshots, 'pages-index.png') });
    const links = await page
      .locator('a[href$=".html"]')
      .evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).href));
    const expected = chapters(folders.notebooks).flatMap((name) => notebooksIn(join(folders.notebooks, name))).length;
    const problems: string[] = [];
    if (new Set(links).size !== expected) problems.push(`${new Set(links).size} pages for ${expected} notebooks`);
    let pictures = 0;
    for (const [at, link] of links.entries()) {
      const answer = await page.goto(link);
      if (answer?.status() !== 200) problems.push(`${link} is not served`);
      pictures += await page
        .locator('svg, img')
        .evaluateAll((found) => found.filter((picture) => picture.getBoundingClientRect().width > 20).length);
      if (at === 0) await page.screenshot({ path: join(screenshots, 'pages-notebook.png'), fullPage: true });
    }
    if (pictures === 0) problems.push('there is no picture in any page');
    const end = await launcher.stop('SIGINT');
    if (end !== 0) problems.push(`npm start ended with ${end}, not with 0:\n${launcher.printed}`);
    assertNone([...problems, ...foreign.map((url) => `a page asked another machine for ${url}`)]);
    return `${links.length} pages, ${pictures} pictures`;
  } finally {
    await page.close();
    await launcher.stop('SIGTERM');
  }
}
