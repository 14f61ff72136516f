/** What vite puts in the place of `import.meta` and `import()`: variables with names of their own. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionNode, PropertyEntry } from '../graph.js';
import { scriptFileUrl } from '../module-files.js';

export const metaName = '__vite_ssr_import_meta__';
export const loadName = '__vite_ssr_dynamic_import__';

/** What vite makes of `import.meta`, as far as it does not depend on the server. */
export function metaProps(script: string): PropertyEntry[] {
  const url = scriptFileUrl(script);
  if (url === undefined) return [['url', 0, [script]]];
  const filename = fileURLToPath(url);
  return [
    ['url', 0, [url]],
    ['filename', 0, [filename]],
    ['dirname', 0, [dirname(filename)]],
  ];
}

/** What vite makes of `import()`. */
export function loader(url: string): FunctionNode {
  return {
    t: 'function',
    text: '(specifier) => load(specifier)',
    name: 'load',
    strict: true,
    slots: [],
    load: 'load',
    base: url,
    props: [],
    proto: [],
  };
}
