// What is checked without running it: format, build, layers, lint rules and types. The types are checked by `lint`, out of
// the program that its rules need anyway.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
const linter = join(root, 'tools/quality/lint.mjs');

/** Processes that lint beside each other. Each takes 800 MB. */
const LINTERS = 2;

/**
 * Checks everything, or with options for Nx what they name.
 *
 * Nx lints package by package and remembers what has not changed. Where nothing is remembered (`CI`), all packages are
 * linted in a few processes instead: one that is warm and knows the types of Node takes a third of the time for the next.
 *
 * @param {string[]} args - options for Nx
 * @returns {Promise<number>} 0 if nothing is wrong
 */
export async function check(args) {
  const inOneGo = Boolean(process.env.CI) && args.length === 0;
  const format = apart(prettier, ['--check', '--log-level=warn', '.']);
  const targets = inOneGo ? ['build', 'check'] : ['build', 'lint', 'check'];
  const rest = await run(nx, ['run-many', '-t', ...targets, '--output-style=static', ...args]);
  // Types come from what is built.
  const lint = inOneGo && rest === 0 ? lintShares().map((folders) => apart(linter, folders)) : [];
  const codes = [await format, rest, ...(await Promise.all(lint))];
  return codes.find((code) => code !== 0) ?? 0;
}

/**
 * The packages that have a `lint` script, dealt out to as many processes as may lint.
 *
 * @param {string} [folder] - the project's folder
 * @returns {string[][]} absolute folders
 */
export function lintShares(folder = root) {
  const packages = ['libs', 'tools'].flatMap((group) =>
    readdirSync(join(folder, group))
      .sort()
      .map((name) => join(folder, group, name))
      .filter((path) => hasLint(join(path, 'package.json'))),
  );
  return Array.from({ length: LINTERS }, (_, share) => packages.filter((_, at) => at % LINTERS === share));
}

function hasLint(file) {
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).scripts?.lint !== undefined;
}

function run(file, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** As {@link run}, beside others: what it says is printed in one piece when it ends. */
function apart(file, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    child.on('close', (code) => {
      process.stdout.write(said);
      resolve(code ?? 1);
    });
  });
}
