// What of a bundled lib is loaded when: a worker reads and compiles what its tasks use, and nothing else.
//
//     "parts": { "restore": ["restore-task"], "capture": ["*"] }      in a lib's package.json
//
// A part is a file of its own in `dist`, loaded at the first use of anything in it. It holds the sources that are named, and
// what they import; what several of them import is in the part that is named first. A source that another part names is
// left to that one: it is loaded when it is used. `*` stands for all that is in no part so far. What registers something when
// it is loaded belongs into the part that is loaded first of those that ask for it.
//
// Files that workers start from, and parts, load other packages of ours in the same way, and what is part of Node; the part
// with `*` does not do that with Node, and the root entry only with what it hands on: who imports a lib wants it to be
// ready, and reads its members often.
//
// Files that workers start from ask for other packages where whoever started the worker has them, if it says so: to find the
// first package by its name takes Node 2 ms, and half as much for each further one.
//
// Rejected: to load each source when it is first used (half a millisecond for each file); a second entry of the package for
// workers (a name that nobody else may use, in every place that knows names).
import { posix, resolve } from 'node:path';

/**
 * Tells rollup which part a source belongs to; for `output.manualChunks`.
 *
 * @param {string} folder - the lib's folder
 * @param {Record<string, string[]>} parts - sources below `src`, without extension, by the name of their part
 */
export function partOf(folder, parts) {
  const source = (name) => resolve(folder, 'src', `${name}.ts`);
  let assigned;
  return (id, { getModuleInfo }) => {
    assigned ??= assign(parts, source, (file) => getModuleInfo(file)?.importedIds ?? []);
    return assigned.get(id);
  };
}

function assign(parts, source, importsOf) {
  const named = new Map(Object.entries(parts).flatMap(([part, names]) => names.map((name) => [source(name), part])));
  const assigned = new Map();
  for (const [part, names] of Object.entries(parts)) {
    const visit = (file) => {
      if (assigned.has(file) || (named.has(file) && named.get(file) !== part)) return;
      assigned.set(file, part);
      for (const next of importsOf(file)) visit(next);
    };
    for (const name of names) (name === '*' ? importsOf(source('index')) : [source(name)]).forEach(visit);
  }
  return assigned;
}

/**
 * A plugin for rollup that makes the bundles load parts, and in workers all else, at the first use.
 *
 * The lines of a bundle stay as they are, so that source maps stay right.
 *
 * @param {Record<string, string[]>} parts - the lib's parts, as for {@link partOf}
 */
export function loadLater(parts) {
  const isNamed = (id, names) => names.some((name) => posix.basename(id) === `${name}.cjs`);
  const isPart = (id) => isNamed(id, Object.keys(parts));
  const early = Object.keys(parts).filter((part) => parts[part].includes('*'));
  return {
    name: 'load-later',
    renderChunk(code, { fileName, importedBindings }) {
      const isRoot = fileName === 'index.cjs';
      const isOfWorkers = fileName.startsWith('entry/');
      const isLate = isOfWorkers || (isPart(fileName) && !isNamed(fileName, early));
      const names = new Map(Object.entries(importedBindings).map(([id, list]) => [requiredAs(id, fileName), list]));
      const later = new Set();
      // Of an entry: a name, or where whoever started it says that the package is.
      const place = (id) => (isOfWorkers && isOurs(id) ? `told$('${id}')` : `'${id}'`);
      const text = code
        .replaceAll(/^(?:var ([\w$]+) = )?require\('([^']+)'\);$/gm, (line, variable, id) => {
          if (isPart(id) && variable === undefined) return '';
          const members = names.get(id) ?? [];
          const canWait = isPart(id) || isOurs(id) || (isLate && id.startsWith('node:'));
          // A whole namespace is asked for all its names at once.
          if (!canWait || variable === undefined || members.some((name) => name === '*' || name === 'default'))
            return line;
          if (isRoot && isOurs(id) && isUsed(code, variable)) return `var ${variable} = ${taken(id, members)};`;
          later.add(variable);
          return `var ${variable} = ${standIn(variable, place(id), members)};`;
        })
        .replaceAll(/^exports\.([\w$]+) = ([\w$]+)\.([\w$]+);$/gm, (line, name, variable, member) =>
          later.has(variable)
            ? `Object.defineProperty(exports, '${name}', { enumerable: true, get() { return ${variable}.${member}; } });`
            : line,
        )
        // The file's own `require` does the same, and is there already.
        .replaceAll(/\b[\w$]+\.createRequire\(require\('node:url'\)\.pathToFileURL\(__filename\)\.href\)/g, 'require');
      return { code: text.includes("require(told$('") ? text.replace("'use strict';", `$&${TOLD}`) : text, map: null };
    },
  };
}

/**
 * Stands in the first line of an entry. `startThread` and `startProcess` of `@interleave/workers` say where packages are, to a
 * process by its first argument; a thread has none.
 */
const TOLD =
  " const told$ = ((given) => (name) => given?.packages?.[name] ?? name)(process.argv[2]?.startsWith('{') ? JSON.parse(process.argv[2]) : require('node:worker_threads').workerData);";

/** Whether a root entry does more with another package than to hand on its members. */
function isUsed(code, variable) {
  const name = variable.replaceAll('$', '\\$&');
  const handedOn = new RegExp(`^(var ${name} = .*|exports\\.[\\w$]+ = ${name}\\.[\\w$]+;)$`, 'gm');
  return new RegExp(`(?<![\\w$.])${name}\\.`).test(code.replaceAll(handedOn, ''));
}

/** Members of another package, read once: the package may have getters for them. */
function taken(id, names) {
  return `((lib) => ({ ${names.map((name) => `${name}: lib.${name}`).join(', ')} }))(require('${id}'))`;
}

/** Whichever member is read first, the real thing takes the place of the stand-in. */
function standIn(variable, place, names) {
  const load = `(${variable} = require(${place}))`;
  return `{ ${names.map((name) => `get ${name}() { return ${load}.${name}; }`).join(', ')} }`;
}

function isOurs(id) {
  return id.startsWith('@interleave/');
}

/** What a bundle writes into `require` for another file of `dist`; names of packages stay. */
function requiredAs(id, fileName) {
  if (!id.endsWith('.cjs')) return id;
  const path = posix.relative(posix.dirname(fileName), id);
  return path.startsWith('.') ? path : `./${path}`;
}
