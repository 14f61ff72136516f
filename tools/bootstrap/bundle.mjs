// Makes the JavaScript of a lib from its sources: one file per entry, and one per part that entries share.
//
//     node tools/bootstrap/bundle.mjs libs/pools        after `tsc`, which checks the types and writes the declarations
//
// Why not one file per source: a worker loads the lib anew each time one starts, and Node needs half a millisecond for
// each module. Other packages stay imports: an error class or the current task must exist once in a program, not once
// per lib.
//
// Why CommonJS: a thread that need not start Node's loader of ES modules is up 13 ms earlier, a quarter of its time. The
// root entry for `import` is an ES module that hands on what the CommonJS one has, so both ways lead to the same classes.
// Between the two is a list of the names: Node reads a CommonJS module letter by letter to learn what it exports, so that
// one had better be short.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import ts from 'typescript';
import { loadLater, partOf, partsOfNames } from './parts.mjs';

/**
 * Writes the root entry `dist/index.cjs`, `dist/entry/*.cjs`, the lib's parts and what else they share as `dist/*.cjs`, with
 * source maps, and `dist/index.js` for `import`. What is left in `dist` of an earlier time is deleted; the declarations stay.
 *
 * An entry that `package.json` names under `whole` shares no file with others: it loads one less, and what it has in common with
 * them is there twice. That is for sources without state, or with their state on `globalThis`.
 *
 * @param {string} folder - a lib's folder
 */
export async function bundle(folder) {
  const dist = join(folder, 'dist');
  const { parts = {}, together = {}, whole = [] } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const inputs = Object.entries(entries(folder));
  const isWhole = ([name]) => whole.some((entry) => name === `entry/${entry}`);
  const output = [];
  for (const input of [inputs.filter((each) => !isWhole(each)), ...inputs.filter(isWhole).map((each) => [each])]) {
    output.push(...(await write(folder, Object.fromEntries(input), parts, together)));
  }
  const { exports: names, importedBindings } = output.find((file) => file.fileName === 'index.cjs');
  const list = join(dist, 'names.cjs');
  const root = join(dist, 'index.js');
  const handOn = names.map((name) => `exports.${name} = lib.${name};\n`);
  writeFileSync(list, `'use strict';\n\nconst lib = require('./index.cjs');\n${handOn.join('')}`);
  writeFileSync(root, `export { ${names.join(', ')} } from './names.cjs';\n`);
  const wanted = new Set([list, root, ...output.map((file) => join(dist, file.fileName))]);
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && /\.c?js(\.map)?$/.test(file) && !wanted.has(file)) rmSync(file);
  }
  writeFileSync(join(dist, '.built'), JSON.stringify(partsOfNames(parts, importedBindings)));
}

/** Bundles what starts from the inputs. @returns the files written */
async function write(folder, input, parts, together) {
  const built = await rollup({
    input,
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [typescript(readOptions(folder)), loadLater(folder, parts, together)],
    onLog(level, log) {
      // A lib whose own modules import each other in a circle would depend on their order. Parts are loaded when they are used.
      if (level === 'warn' && log.code !== 'CIRCULAR_CHUNK')
        throw new Error(`${relative('.', folder)}: ${log.message}`);
    },
  });
  const { output } = await built.write({
    dir: join(folder, 'dist'),
    format: 'cjs',
    sourcemap: true,
    sourcemapExcludeSources: true,
    hoistTransitiveImports: false,
    // Other packages of ours are what they say they are; everything else is what `require` returns.
    interop: (id) => (id?.startsWith('@interleave/') ? 'esModule' : 'default'),
    externalLiveBindings: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: ({ name }) => (Object.hasOwn(parts, name) ? '[name].cjs' : 'shared-[hash].cjs'),
    manualChunks: partOf(folder, parts),
    onlyExplicitManualChunks: true,
  });
  await built.close();
  return output;
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
    resolveImportMeta: (property) => (property === 'url' ? "require('node:url').pathToFileURL(__filename).href" : null),
    load(id) {
      const { outputText, sourceMapText } = ts.transpileModule(readFileSync(id, 'utf8'), {
        fileName: id,
        compilerOptions: options,
      });
      const code = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
      // A source that starts a thread names the file as a compiler leaves it, for those who compile a copy.
      return { code: code.replaceAll(/(['`]\.\/entry\/[^'`]+)\.js(['`])/g, '$1.cjs$2'), map: sourceMapText };
    },
  };
}

/** The libs that others of them import come first: who is bundled later is told what they have in which part. */
function inOrder(folders) {
  const libs = new Map(
    folders.map((folder) => [JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), folder]),
  );
  const byName = new Map([...libs.keys()].map((manifest) => [manifest.name, manifest]));
  const ordered = new Set();
  const visit = (manifest) => {
    for (const name of Object.keys(manifest.dependencies ?? {})) if (byName.has(name)) visit(byName.get(name));
    ordered.add(libs.get(manifest));
  };
  for (const manifest of libs.keys()) visit(manifest);
  return ordered;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of inOrder(process.argv.slice(2).map((name) => resolve(name)))) await bundle(folder);
}
