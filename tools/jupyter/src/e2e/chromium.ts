import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { StartProblem } from '../start-problem.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe'];
const PLACES = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Finds a Chromium on this machine: the one that `CHROMIUM` names, or one on the PATH, or one in its usual place.
 *
 * @throws {StartProblem} if there is none; it says how to get one
 */
export function findChromium(env: NodeJS.ProcessEnv): string {
  const named = env['CHROMIUM'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = (named === undefined ? [...onPath, ...PLACES] : [named]).find(isProgram);
  if (found !== undefined) return found;
  throw new StartProblem(
    `Cannot drive a browser: ${named === undefined ? 'there is no Chromium or Chrome on this machine' : `${named} does not start`}`,
    {
      advice: [
        'Debian            sudo apt-get install chromium',
        'macOS             brew install --cask chromium',
        'any other place   CHROMIUM=/path/to/chrome npm run e2e',
      ],
    },
  );
}

/**
 * Starts it without a window, with a profile of its own that is removed at the end, and without its own errands.
 *
 * @param folder - for what it would otherwise write under the user's home
 */
export function launchChromium(executablePath: string, folder: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    // The launcher of the tests decides about signals.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      // Root in a container has no sandbox; the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
