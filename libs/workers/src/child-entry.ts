/**
 * The compiled entry of threads and processes. Workers always run compiled code, also when this file is run from its source
 * by a test.
 *
 * @internal
 */
export function childEntry(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? '../dist/entry/child.cjs' : './entry/child.js', import.meta.url);
}
