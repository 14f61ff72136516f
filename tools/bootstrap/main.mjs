// The first step on a fresh machine, and of every `npm start` and `npm test`: installs and builds what is missing, says
// so, and then does what was asked. No dependencies.
//
//     npm start  -> main.mjs start [jupyter's options]     the notebooks in JupyterLab
//     npm test   -> main.mjs test [nx's options]           every test of every lib, tool and notebook
//     npm run check                                        format, lint, types, layers
//     npm run gate                                         check, then test
//     npm run e2e                                          the notebooks in a real browser
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, root } from './build.mjs';
import { check } from './check.mjs';
import { install, nodeIsNewEnough, OLDEST_NODE } from './install.mjs';
import { clearReports, summarize } from './summary.mjs';

const nx = join(root, 'node_modules/nx/dist/bin/nx.js');

function run(file, args) {
  const done = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });
  return done.status ?? 1;
}

/**
 * A program of ours that stays. It runs in this process, so that a signal, wherever it was sent, arrives once and where it
 * is handled; a child would hear Ctrl-C twice or not at all.
 *
 * @param {string} file - a TypeScript module with `export async function main(args): Promise<number>`
 */
async function hand(file, args) {
  const { register } = await import(pathToFileURL(join(root, 'node_modules/tsx/dist/esm/api/index.mjs')).href);
  register();
  const { main } = await import(pathToFileURL(join(root, file)).href);
  return main(args);
}

/** What failed, with the name of its project or notebook in front. */
function named(rows) {
  return rows.flatMap((row) => row.failures.map((text) => `${row.name}  ${text}`));
}

function test(args) {
  clearReports();
  let code = run(nx, ['run-many', '-t', 'test', '--output-style=static', ...args]);
  let summary = summarize();
  const unsteady = [];
  if (code !== 0 && summary.failed > 0 && process.env.CI && args.length === 0) {
    // One second chance on a machine that others use, too, and not a silent one: what needed it is named at the end.
    const bad = summary.rows.filter((row) => row.failed > 0);
    const projects = [...new Set(bad.map((row) => row.project))].join();
    console.log(`\nOnce more, and alone: ${projects}`);
    code = run(nx, ['run-many', '-t', 'test', '-p', projects, '--parallel=1', '--output-style=static']);
    summary = summarize();
    const still = named(summary.rows);
    unsteady.push(...named(bad).filter((text) => !still.includes(text)));
  }
  const { passed, failed, skipped, rows } = summary;
  const width = Math.max(...rows.map((row) => row.name.length), 0);
  console.log('');
  for (const row of rows) {
    const extra = (row.failed ? `  ${row.failed} failed` : '') + (row.skipped ? `  ${row.skipped} skipped` : '');
    console.log(`${row.name.padEnd(width)}  ${String(row.passed).padStart(5)} passed${extra}`);
  }
  for (const text of unsteady) console.log(`Failed at first: ${text}`);
  for (const text of named(rows)) console.log(`Failed: ${text}`);
  // A task that died without a report still counts.
  const failures = code !== 0 && failed === 0 ? 1 : failed;
  console.log(`\n${passed} passed, ${failures} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failures > 0 ? code || 1 : code;
}

async function main([command, ...args]) {
  if (!nodeIsNewEnough(process.versions.node)) {
    console.error(`Interleave needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}`);
    return 1;
  }
  const ready = install() || build();
  if (ready !== 0) {
    console.error('The set-up did not succeed; what went wrong is printed above');
    return ready;
  }
  switch (command) {
    case 'start':
      return hand('tools/jupyter/src/main.ts', args);
    case 'e2e':
      return hand('tools/jupyter/src/e2e.ts', args);
    case 'check':
      return check(args);
    case 'test':
      return test(args);
    case 'gate':
      return (await check(args)) || test(args);
    default:
      console.error(`Unknown command ${command ?? ''}: use start, test, check, gate or e2e`);
      return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
