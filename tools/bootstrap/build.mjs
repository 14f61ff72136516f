// Builds the libs that are not built. Runs after every `npm install` (the `prepare` script) and before every start.
// No dependencies: on a fresh machine this file runs before there is a node_modules.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The libs whose `dist` is missing or older than their sources.
 *
 * @param {string} [folder] - the project's folder
 * @returns {string[]} folder names below `libs`
 */
export function unbuiltLibs(folder = root) {
  const libs = join(folder, 'libs');
  return readdirSync(libs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(libs, entry.name, 'tsconfig.json')))
    .map((entry) => entry.name)
    .filter((name) => {
      // The bundler writes this file last, so a build that was cut off counts as missing.
      const stamp = join(libs, name, 'dist/.built');
      return !existsSync(stamp) || newest(join(libs, name, 'src')) > statSync(stamp).mtimeMs;
    });
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

/**
 * Builds what {@link unbuiltLibs} names.
 *
 * @returns {number} the compiler's exit code, 0 if nothing was to be done
 */
export function build() {
  const missing = unbuiltLibs();
  if (missing.length === 0) return 0;
  console.log(`Building ${missing.join(', ')} ...`);
  // By its own path: another package brings an older compiler, and which of the two is `tsc` is chance.
  const compiler = join(root, 'node_modules/typescript/lib/tsc.js');
  const bundler = join(root, 'tools/bootstrap/bundle.mjs');
  const folders = missing.map((name) => join(root, 'libs', name));
  return run(compiler, '-b', join(root, 'libs')) || run(bundler, ...folders);
}

function run(file, ...args) {
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build();
