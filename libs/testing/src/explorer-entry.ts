/**
 * The compiled entry of the threads of `explore()`. They always run compiled code, also when this file is run from its
 * source by a test.
 *
 * @internal
 */
export function explorerEntry(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? '../dist/entry/explorer-thread.cjs' : './entry/explorer-thread.js', import.meta.url);
}
