// Installs the packages that are not installed. No dependencies: this is the first thing that runs on a fresh machine.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

/** The oldest Node that can `require()` an ES module, which the kernel needs. */
export const OLDEST_NODE = [20, 19];

/**
 * @param {string} version - as in `process.versions.node`
 * @returns {boolean} whether the project runs on it
 */
export function nodeIsNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/**
 * Compares the lock file with what npm wrote down of its last installation.
 *
 * @param {string} [folder] - the project's folder
 * @returns {string[]} the packages that are missing or have another version; platform packages do not count
 */
export function missingPackages(folder = root) {
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const found = readPackages(join(folder, 'node_modules/.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional && !entry.devOptional)
    .filter(([path, entry]) => (entry.link ? !existsSync(join(folder, path)) : found[path]?.version !== entry.version))
    .map(([path]) => path.slice('node_modules/'.length));
}

function readPackages(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}

/**
 * Installs if anything is missing.
 *
 * @returns {number} npm's exit code, 0 if nothing was to be done
 */
export function install() {
  const missing = missingPackages();
  if (missing.length === 0) return 0;
  const some = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', ...' : '');
  console.log(`Installing ${missing.length} packages (${some}); the first time takes about a minute ...`);
  // `install` and not `ci`: `ci` fails where a registry lacks a package for some other platform, and both leave the
  // lock file as it is.
  const run = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (run.error) {
    console.error(`Cannot run npm: ${run.error.message}. It comes with Node: see https://nodejs.org`);
    return 1;
  }
  return run.status ?? 1;
}
