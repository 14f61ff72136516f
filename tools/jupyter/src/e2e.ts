/**
 * `npm run e2e`: the notebooks in the JupyterLab that `npm start` opens, driven in a real browser. It works on a copy in
 * `.jupyter/e2e`, with settings of its own: neither the notebooks nor what a reader has set in Lab is touched.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Browser } from 'playwright-core';
import { copyNotebooks } from './copy-notebooks.js';
import { checkNotebook } from './e2e/book.js';
import { findChromium, launchChromium } from './e2e/chromium.js';
import { checkKernel } from './e2e/kernel.js';
import { LabPage } from './e2e/lab-page.js';
import { Launcher } from './e2e/launcher.js';
import { checkPages } from './e2e/pages.js';
import { Report } from './e2e/report.js';
import { checkStop } from './e2e/stop.js';
import { checkTheme } from './e2e/theme.js';
import { chapters, firstDocument, notebooksIn } from './first-document.js';
import { Progress } from './progress.js';
import { projectFolders, projectRoot } from './project-folders.js';
import { describeProblem, StartProblem } from './start-problem.js';
import { StopSignals } from './stop-signals.js';

const HELP = `npm run e2e [-- words]

Runs the notebooks in JupyterLab in a headless Chromium, and checks the kernel there.

  words     only checks whose name has one of the words, such as 05-futures, theme, kernel, pages or stop
  --help    this text

Pictures of everything are put into tools/jupyter/.e2e.
`;

/**
 * Runs the checks in the browser.
 *
 * @param args - words that pick the checks; all without one
 * @returns the exit code: 0 if all passed, 1 if not or if a prerequisite is missing
 */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const progress = new Progress(process.stdout);
  const signals = new StopSignals();
  const own = projectFolders(projectRoot());
  const scratch = join(own.state, 'e2e', String(process.pid));
  const folders = { ...own, notebooks: join(scratch, 'notebooks'), state: join(scratch, 'state') };
  const wanted = (name: string): boolean => args.length === 0 || args.some((word) => name.includes(word));
  const screenshots = join(own.tool, '.e2e');
  const report = new Report(progress, signals.stop, wanted, async (title) => {
    const name = `failed-${title.replaceAll(/[^\w]+/g, '-')}.png`;
    for (const page of browser?.contexts().flatMap((context) => context.pages()) ?? []) {
      await page.screenshot({ path: join(screenshots, name) });
    }
  });
  const launcher = new Launcher(folders);
  let browser: Browser | undefined;
  try {
    const program = findChromium(process.env);
    copyNotebooks(own.notebooks, folders.notebooks);
    if (args.length === 0) rmSync(screenshots, { recursive: true, force: true });
    mkdirSync(screenshots, { recursive: true });
    const url = await progress.step('npm start opens JupyterLab', () => launcher.start(signals.stop));
    browser = await progress.step(`Starting ${basename(program)}`, () =>
      launchChromium(program, join(scratch, 'browser')),
    );
    signals.stop.addEventListener('abort', () => void browser?.close());
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, locale: 'en-GB' });
    // tsx names functions with a helper that is not in the page.
    await context.addInitScript('globalThis.__name = (named) => named');
    const lab = await LabPage.open(context, url);
    await report.check('opened: the page of npm start shows the book', async () => {
      await lab.untilOpened(firstDocument(folders.notebooks));
      await lab.page.screenshot({ path: join(screenshots, 'opened.png') });
      return firstDocument(folders.notebooks);
    });
    for (const chapter of chapters(folders.notebooks)) {
      for (const name of notebooksIn(join(folders.notebooks, chapter))) {
        const path = `${chapter}/${name}`;
        await report.check(path, () => checkNotebook(lab, { notebooks: folders.notebooks, path, screenshots }));
      }
    }
    await report.check("theme: pictures go along with Lab's theme", () =>
      checkTheme(lab, { notebooks: folders.notebooks, screenshots }),
    );
    await checkKernel({ lab, report, notebooks: folders.notebooks, screenshots });
    await report.check('pages: the book is served without Python', () => checkPages(context, own, screenshots));
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      await report.check(`stop: ${name} ends JupyterLab, its kernels and their children`, () =>
        checkStop(context, folders, name),
      );
    }
  } catch (error) {
    if (!signals.stop.aborted) {
      if (!(error instanceof StartProblem)) throw error;
      describeProblem(error).forEach((line) => progress.say(line));
      return 1;
    }
  } finally {
    await browser?.close();
    await launcher.stop();
    rmSync(scratch, { recursive: true, force: true });
    signals[Symbol.dispose]();
  }
  if (signals.stop.aborted) {
    progress.say('\nStopped');
    return signals.exitCode;
  }
  report.end();
  progress.say(`The pictures are in ${relative(own.root, screenshots)}`);
  return report.failed > 0 ? 1 : 0;
}
