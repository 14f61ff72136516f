import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';

/** What one piece of TypeScript asks for, in the order it is written. */
export interface Imports {
  /** Module names of every import, as written: packages, builtins and relative paths. */
  readonly modules: readonly ImportedModule[];
  /** Relative paths that stand in any string, imported or not: `new URL('./tasks.js', ...)` reaches a file too. */
  readonly relativePaths: readonly string[];
}

/** One module name and how it is asked for. */
export interface ImportedModule {
  readonly name: string;
  /** `import(...)` and `require(...)` inside a function may never run, so Nx draws them differently. */
  readonly kind: 'static' | 'dynamic';
}

/**
 * Finds the imports of a source text: `import`, `import type`, `export from`, `import x = require()`, `import()`,
 * `require()` and `import('...').Type`.
 *
 * The text is parsed, not searched: a name in a comment or in a string of example code is not an import. A text with
 * syntax errors gives what can be recognised; the parser goes on after an error.
 *
 * @param text - TypeScript or JavaScript
 * @example
 * importsOf(`import { wait } from '@interleave/pools';`).modules; // [{ name: '@interleave/pools', kind: 'static' }]
 */
export function importsOf(text: string): Imports {
  // Most cells have none of these words, and this runs at every command of Nx.
  if (!/\b(import|require|from)\b|['"`]\.\.?\//.test(text)) return { modules: [], relativePaths: [] };
  const ts = typescript();
  const modules: ImportedModule[] = [];
  const relativePaths: string[] = [];

  const add = (node: ts.Node | undefined, kind: ImportedModule['kind']): void => {
    if (node && ts.isStringLiteralLike(node) && node.text !== '') modules.push({ name: node.text, kind });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, 'static');
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, 'static');
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, 'static');
    } else if (ts.isCallExpression(node)) {
      const { expression } = node;
      if (expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], 'dynamic');
      else if (ts.isIdentifier(expression) && expression.text === 'require') add(node.arguments[0], 'static');
    } else if (ts.isStringLiteralLike(node) && /^\.\.?\//.test(node.text)) {
      relativePaths.push(node.text);
    }
    ts.forEachChild(node, visit);
  };

  visit(ts.createSourceFile('cell.ts', text, ts.ScriptTarget.ES2022, false, ts.ScriptKind.TS));
  return { modules, relativePaths };
}

/**
 * The package a module name belongs to, or `undefined` for a relative path or a builtin with its prefix.
 *
 * @example
 * packageOf('@interleave/pools/sub'); // '@interleave/pools'
 */
export function packageOf(module: string): string | undefined {
  if (/^[./]|^node:/.test(module)) return undefined;
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * Loads the parser at its first use, past tsx: imported in the usual way, its 9 MB would go through the loader that this
 * file came in by, and every command of Nx would start a quarter of a second later.
 */
function typescript(): typeof ts {
  // A require made from a plain path is Node's own; one made from import.meta.url would be that of the loader.
  return createRequire(fileURLToPath(new URL('../package.json', import.meta.url)))('typescript') as typeof ts;
}
