import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Finding } from './finding.js';
import type { House, Package, SourceFile } from './house.js';
import { reservedNames, scope } from './layers.js';
import { mayImport, placeOf } from './permission.js';
import type { Import } from './source.js';

/** Checks every import line of libs, tools and notebooks, and the names that only one lib may use. */
export function importFindings(house: House): Finding[] {
  return [
    ...house.packages.flatMap((from) => from.files.flatMap((file) => findingsOfFile(house, from, file))),
    ...house.pages.flatMap((page) =>
      page.imports.flatMap((found) => {
        const message = pageMessage(house, page.chapter, page.path.replace(/#.*/, ''), found.module);
        return message === undefined ? [] : [{ file: page.path, line: found.line, message }];
      }),
    ),
  ];
}

/** The package of a module name: `@a/b/c` is of `@a/b`. */
export function packageNameOf(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

function findingsOfFile(house: House, from: Package, file: SourceFile): Finding[] {
  const at = ({ line }: { line: number }, message: string | undefined): Finding[] =>
    message === undefined ? [] : [{ file: file.path, line, message }];
  return [
    ...file.imports.flatMap((found) =>
      at(
        found,
        isPath(found) ? pathMessage(from, file, found.module) : packageMessage(house, from, file, found.module),
      ),
    ),
    ...file.reserved.flatMap((found) => at(found, reservedMessage(from, file, found.name))),
  ];
}

function isPath({ module }: Import): boolean {
  return /^[./]/.test(module);
}

function pathMessage(from: Package, file: SourceFile, module: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), module);
  if (module.startsWith('/') || !target.startsWith(`${from.folder}/`)) {
    return `import of "${module}" leaves ${from.folder}; import a package by its name instead`;
  }
  if (file.role === 'production' && /\.(test|contract|bench)\.[cm]?[jt]s$|\/fixtures\//.test(target)) {
    return `production code imports "${module}", which is test code and not shipped; move what both need to a file of its own`;
  }
  return undefined;
}

function packageMessage(house: House, from: Package, file: SourceFile, module: string): string | undefined {
  // `#name` is an entry of the package's own "imports".
  if (isBuiltin(module) || module.startsWith('#')) return undefined;
  const name = packageNameOf(module);
  if (name === from.name) {
    return file.role === 'production' ? `${from.short} imports itself by name; use a relative path` : undefined;
  }
  if (name.startsWith(scope)) {
    const to = house.packages.find((other) => other.name === name);
    if (to === undefined) return `"${name}" is not in the workspace; add it, or correct the name`;
    const message = file.role === 'config' && to.kind === 'tool' ? undefined : mayImport(from, to, file.role);
    if (message !== undefined) return message;
    if (module !== name) return `"${module}" is a sub-path; import from "${name}" and export there what is missing`;
    // The set-up of tests is one for all, and found from the top.
    if (file.role === 'config') return undefined;
  }
  return undeclaredMessage(house, from, file, name);
}

function undeclaredMessage(house: House, from: Package, file: SourceFile, name: string): string | undefined {
  if (from.dependencies.has(name)) return undefined;
  if (file.role === 'production') {
    return from.devDependencies.has(name)
      ? `production code imports "${name}", a devDependency of ${from.folder}/package.json; move it to dependencies`
      : `"${name}" is not declared; add it to dependencies of ${from.folder}/package.json`;
  }
  const declared = from.devDependencies.has(name) || (!name.startsWith(scope) && house.installed.has(name));
  return declared ? undefined : `"${name}" is not declared; add it to devDependencies of ${from.folder}/package.json`;
}

function reservedMessage(from: Package, file: SourceFile, name: string): string | undefined {
  const rule = reservedNames.find((candidate) => candidate.name === name);
  if (rule === undefined || from.kind !== 'lib' || file.role !== 'production') return undefined;
  if (rule.places.some((place) => file.path.startsWith(place))) return undefined;
  return `${name} is named outside ${rule.instead}, its one place; use what ${scope}${rule.instead} offers`;
}

function pageMessage(house: House, chapter: string, file: string, module: string): string | undefined {
  if (/^[./]/.test(module)) {
    const target = posix.join(posix.dirname(file), module);
    if (!module.startsWith('/') && target.startsWith(`${chapter}/`)) return undefined;
    return `import of "${module}" leaves ${chapter}, where the kernel finds no file; put it into a lib`;
  }
  if (isBuiltin(module)) return undefined;
  const name = packageNameOf(module);
  if (!name.startsWith(scope)) {
    return house.installed.has(name) ? undefined : `"${name}" is not declared; add it to the package.json at the top`;
  }
  const to = house.packages.find((other) => other.name === name);
  if (to === undefined) return `"${name}" is not in the workspace; add it, or correct the name`;
  if (to.kind === 'tool') return `a notebook imports ${placeOf(to)}; notebooks import libs only`;
  return module === name ? undefined : `"${module}" is a sub-path, which the kernel cannot type; import from "${name}"`;
}
