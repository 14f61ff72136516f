/**
 * The compiled entry of pool workers. Workers always run compiled code, also when this file is run from its source by
 * a test. It lies beside the root entry, because there the address is the same in a bundle.
 *
 * @internal
 */
export function workerEntry(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? '../dist/entry/pool-worker.cjs' : './entry/pool-worker.js', import.meta.url);
}
