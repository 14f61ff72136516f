/** Where the compiled file of an entry is, also for tests that import the sources. */
export function entryFile(name: 'broker' | 'broker-client'): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? `../dist/entry/${name}.cjs` : `./entry/${name}.js`, import.meta.url);
}
