// Makes the JavaScript of a lib from its sources: one file per entry, and one per part that entries share.
//
//     node tools/bootstrap/bundle.mjs libs/pools        after `tsc`, which checks the types and writes the declarations
//
// Why not one file per source: a worker loads the lib anew each time one starts, and Node needs half a millisecond for
// each module. Other packages stay imports: an error class or the current task must exist once in a program, not once
// per lib.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import ts from 'typescript';

/**
 * Writes `dist/index.js`, `dist/entry/*.js`, and what they share as `dist/*.js`, with source maps. What is left in
 * `dist` of an earlier time is deleted; the declarations stay.
 *
 * @param {string} folder - a lib's folder
 */
export async function bundle(folder) {
  const dist = join(folder, 'dist');
  const built = await rollup({
    input: entries(folder),
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [typescript(readOptions(folder))],
    onLog(level, log) {
      // A lib whose own modules import each other in a circle would depend on their order.
      if (level === 'warn') throw new Error(`${relative('.', folder)}: ${log.message}`);
    },
  });
  const { output } = await built.write({
    dir: dist,
    format: 'es',
    sourcemap: true,
    sourcemapExcludeSources: true,
    hoistTransitiveImports: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[hash].js',
  });
  await built.close();
  const wanted = new Set(output.map((file) => join(dist, file.fileName)));
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && /\.js(\.map)?$/.test(file) && !wanted.has(file)) rmSync(file);
  }
  writeFileSync(join(dist, '.built'), '');
}

/** What other code starts from: the root entry, and each file that a thread or a process is started with. */
function entries(folder) {
  const entry = join(folder, 'src/entry');
  const files = existsSync(entry) ? readdirSync(entry).filter((name) => startsAWorker(join(entry, name))) : [];
  return {
    index: join(folder, 'src/index.ts'),
    ...Object.fromEntries(files.map((name) => [`entry/${name.replace(/\.ts$/, '')}`, join(entry, name)])),
  };
}

/** Files of `entry` that export nothing are started; the others are their parts. */
function startsAWorker(file) {
  return file.endsWith('.ts') && !/^export /m.test(readFileSync(file, 'utf8'));
}

function readOptions(folder) {
  const file = join(folder, 'tsconfig.json');
  const { options } = ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} },
  );
  return { ...options, module: ts.ModuleKind.ESNext, removeComments: true };
}

/** Reads `.ts` where `.js` is imported, and compiles file by file; the types were checked before. */
function typescript(options) {
  return {
    name: 'typescript',
    resolveId(id, importer) {
      return importer && id.startsWith('.') ? resolve(dirname(importer), id.replace(/\.js$/, '.ts')) : null;
    },
    load(id) {
      const { outputText, sourceMapText } = ts.transpileModule(readFileSync(id, 'utf8'), {
        fileName: id,
        compilerOptions: options,
      });
      return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), map: sourceMapText };
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of process.argv.slice(2)) await bundle(resolve(folder));
}
