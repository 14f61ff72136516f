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
// first package by its name takes Node 2 ms, and half as much for each further one. Told where a package is, they load its part
// that has what they use, and not first the file that says which part that is.
//
// `"together": { "children": ["link"] }` names parts that another part loads with itself: those that who imports the lib will
// need in the middle of the first start.
//
// Rejected: to load each source when it is first used (half a millisecond for each file); a second entry of the package for
// workers (a name that nobody else may use, in every place that knows names).
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';

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
 * @param {string} folder - the lib's folder
 * @param {Record<string, string[]>} parts - the lib's parts, as for {@link partOf}
 * @param {Record<string, string[]>} together - for a part, others that it loads with itself
 */
export function loadLater(folder, parts, together) {
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
      /** What of another package is in which of its parts. */
      const moved = [];
      const atOnce = together[posix.basename(fileName, '.cjs')] ?? [];
      const text = code
        .replaceAll(/^(?:var ([\w$]+) = )?require\('([^']+)'\);$/gm, (line, variable, id) => {
          if (isPart(id) && variable === undefined) return '';
          const members = names.get(id) ?? [];
          const canWait = (isPart(id) && !isNamed(id, atOnce)) || isOurs(id) || (isLate && id.startsWith('node:'));
          // A whole namespace is asked for all its names at once.
          if (!canWait || variable === undefined || members.some((name) => name === '*' || name === 'default'))
            return line;
          if (isRoot && isOurs(id) && isUsed(code, variable)) return `var ${variable} = ${taken(id, members)};`;
          later.add(variable);
          if (!isOfWorkers || !isOurs(id)) return `var ${variable} = ${standIn(variable, `'${id}'`, members)};`;
          return [...byPart(folder, id, members)]
            .map(([part, list]) => {
              const own = part === '' ? variable : `${variable}$${posix.basename(part, '.cjs')}`;
              for (const member of list) moved.push([`${variable}.${member}`, `${own}.${member}`]);
              return `var ${own} = ${standIn(own, `told$('${id}'${part && `, '${part}'`})`, list)};`;
            })
            .join(' ');
        })
        .replaceAll(/^exports\.([\w$]+) = ([\w$]+)\.([\w$]+);$/gm, (line, name, variable, member) =>
          later.has(variable)
            ? `Object.defineProperty(exports, '${name}', { enumerable: true, get() { return ${variable}.${member}; } });`
            : line,
        )
        // The file's own `require` does the same, and is there already.
        .replaceAll(/\b[\w$]+\.createRequire\(require\('node:url'\)\.pathToFileURL\(__filename\)\.href\)/g, 'require');
      if (!text.includes("require(told$('")) return { code: text, map: null };
      const whole = moved.reduce(
        (all, [from, to]) => all.replaceAll(wholeWord(from), to.replaceAll('$', '$$$$')),
        text,
      );
      return { code: whole.replace("'use strict';", (line) => `${line}${TOLD}`), map: null };
    },
  };
}

/**
 * Stands in the first line of an entry. `startThread` and `startProcess` of `@interleave/workers` say where packages are, to a
 * process by its first argument; a thread has none.
 */
const TOLD =
  " const told$ = ((given) => (name, part = '$&') => given?.packages?.[name]?.replace(/[^\\\\/]+$/, part) ?? name)(process.argv[2]?.startsWith('{') ? JSON.parse(process.argv[2]) : require('node:worker_threads').workerData);";

/**
 * What a root entry has from which part, to be kept for those who are bundled after it.
 *
 * @param {Record<string, string[]>} importedBindings - of the root entry, as rollup has it
 * @returns {Record<string, string>} files of `dist`, by the names of what they have
 */
export function partsOfNames(parts, importedBindings) {
  const files = Object.entries(importedBindings).filter(([id]) => Object.hasOwn(parts, posix.basename(id, '.cjs')));
  return Object.fromEntries(files.flatMap(([id, names]) => names.map((name) => [name, posix.basename(id)])));
}

/** The names by the part that has them; '' for what the root entry of their package has itself. */
function byPart(folder, id, names) {
  let known = {};
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve(`${id}/package.json`);
    const kept = join(dirname(manifest), 'dist/.built');
    if (existsSync(kept)) known = JSON.parse(readFileSync(kept, 'utf8') || '{}');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  const parts = new Map();
  for (const name of names) {
    const part = known[name] ?? '';
    parts.set(part, [...(parts.get(part) ?? []), name]);
  }
  return parts;
}

/** Whether a root entry does more with another package than to hand on its members. */
function isUsed(code, variable) {
  const name = variable.replaceAll('$', '\\$&');
  const handedOn = new RegExp(`^(var ${name} = .*|exports\\.[\\w$]+ = ${name}\\.[\\w$]+;)$`, 'gm');
  return new RegExp(`(?<![\\w$.])${name}\\.`).test(code.replaceAll(handedOn, ''));
}

function wholeWord(text) {
  return new RegExp(`(?<![\\w$.])${text.replaceAll(/[$.]/g, '\\$&')}(?![\\w$])`, 'g');
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
