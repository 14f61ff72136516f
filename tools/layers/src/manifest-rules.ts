import type { Finding } from './finding.js';
import type { House, Package } from './house.js';
import { packageNameOf } from './import-rules.js';
import { scope } from './layers.js';
import { hasPlace, mayImport } from './permission.js';

/** Checks every `package.json` against the layers and against what the code imports. */
export function manifestFindings(house: House): Finding[] {
  return house.packages.flatMap((found) => [
    ...placeFindings(found),
    ...layerFindings(house, found),
    ...unusedFindings(found),
    ...referenceFindings(house, found),
  ]);
}

function placeFindings(found: Package): Finding[] {
  const messages = [
    ...(found.name === scope + found.short ? [] : [`the name is "${found.name}"; call it "${scope}${found.short}"`]),
    ...(found.kind === 'lib' && !hasPlace(found) ? [`${found.short} has no layer; give it one in tools/layers`] : []),
  ];
  return messages.map((message) => ({ file: manifestOf(found), message }));
}

function layerFindings(house: House, from: Package): Finding[] {
  const declared = [
    ...[...from.dependencies].map(([name, range]) => ({ name, range, role: 'production' }) as const),
    ...[...from.devDependencies].map(([name, range]) => ({ name, range, role: 'test' }) as const),
  ];
  return declared.flatMap(({ name, range, role }) => {
    if (!name.startsWith(scope)) return [];
    const file = manifestOf(from);
    const to = house.packages.find((other) => other.name === name);
    if (to === undefined)
      return [{ file, message: `"${name}" is not in the workspace; remove it, or correct the name` }];
    const message = mayImport(from, to, role);
    return [
      ...(message === undefined ? [] : [{ file, message }]),
      // With another range npm does not link the package here; it asks a registry for one.
      ...(range === to.version
        ? []
        : [
            { file, message: `"${name}" is declared as "${range}" and is ${to.version} here; declare "${to.version}"` },
          ]),
    ];
  });
}

function unusedFindings(found: Package): Finding[] {
  const production = usedBy(found, (role) => role !== 'test');
  const anywhere = usedBy(found, () => true);
  const file = manifestOf(found);
  return [
    ...[...found.dependencies.keys()]
      .filter((name) => !production(name))
      .map((name) => ({
        file,
        message: anywhere(name)
          ? `only tests use "${name}"; move it to devDependencies`
          : `"${name}" is declared and not used; remove it from dependencies`,
      })),
    ...[...found.devDependencies.keys()]
      .filter((name) => !anywhere(name))
      .map((name) => ({ file, message: `"${name}" is declared and not used; remove it from devDependencies` })),
  ];
}

/**
 * A package is in use when it is imported, started by a script, or named by a path: `tslab/bin/tslab`. Tools in TypeScript
 * run from their sources, so all of them stand on tsx without a word.
 */
function usedBy(
  found: Package,
  counts: (role: Package['files'][number]['role']) => boolean,
): (name: string) => boolean {
  const files = found.files.filter(({ role }) => counts(role));
  const names = new Set([
    ...files.flatMap(({ imports, strings }) => [...imports.map(({ module }) => module), ...strings].map(namedIn)),
    ...found.scripts.flatMap((script) => script.split(/\s+/)),
    ...(found.kind === 'tool' && files.some(({ path }) => path.endsWith('.ts')) ? ['tsx'] : []),
  ]);
  return (name) => names.has(name) || (name.startsWith('@types/') && names.has(typed(name)));
}

function namedIn(text: string): string {
  return packageNameOf(text.replace(/^.*node_modules\//, ''));
}

/** `@types/markdown-it` is in use where `markdown-it` is. */
function typed(name: string): string {
  const bare = name.slice('@types/'.length);
  return bare.includes('__') ? `@${bare.replace('__', '/')}` : bare;
}

/** `tsc -b` builds what `references` name first; without one it compiles against yesterday's output. */
function referenceFindings(house: House, found: Package): Finding[] {
  if (found.references === undefined) return [];
  const file = `${found.folder}/tsconfig.json`;
  const needed = house.packages.filter(({ name, kind }) => kind === 'lib' && found.dependencies.has(name));
  return [
    ...needed
      .filter(({ folder }) => !found.references?.includes(folder))
      .map(({ short }) => ({ file, message: `references lack ${short}, a dependency; add { "path": "../${short}" }` })),
    ...found.references
      .filter((path) => !needed.some(({ folder }) => folder === path))
      .map((path) => ({ file, message: `references name ${path}, which is no dependency; remove it` })),
  ];
}

function manifestOf({ folder }: Package): string {
  return `${folder}/package.json`;
}
