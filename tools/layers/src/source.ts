import ts from 'typescript';
import { reservedNames } from './layers.js';

/** A module name as it is written, and where. */
export interface Import {
  readonly module: string;
  readonly line: number;
}

/** What the rules need to know of one file. */
export interface Source {
  /** `import`, `import type`, `export from`, `import()`, `require()`, `import x = require()`, `import('x').Type`. */
  readonly imports: readonly Import[];
  /** Every other string in the code: a package may be started by its path, and is in use then. */
  readonly strings: readonly string[];
  /** Where reserved names stand as names; not in comments, not in strings. */
  readonly reserved: readonly { readonly name: string; readonly line: number }[];
}

const reserved = new Set(reservedNames.map(({ name }) => name));

/**
 * Reads a source text. It is parsed, not searched, so example code in comments and strings counts for nothing.
 *
 * @param text - TypeScript or JavaScript; after a syntax error the rest is still read
 * @param path - decides by its extension which of the two; the default is TypeScript
 */
export function readSource(text: string, path = 'cell.ts'): Source {
  const imports: Import[] = [];
  const strings: string[] = [];
  const names: { name: string; line: number }[] = [];
  const kind = /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false, kind);
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const taken = new Set<ts.Node>();

  const addImport = (node: ts.Node | undefined): void => {
    if (!node || !ts.isStringLiteralLike(node)) return;
    taken.add(node);
    imports.push({ module: node.text, line: lineOf(node) });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) addImport(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) addImport(node.expression);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) addImport(node.argument.literal);
    else if (ts.isCallExpression(node) && isImportOrRequire(node.expression)) addImport(node.arguments[0]);
    else if (ts.isIdentifier(node) && reserved.has(node.text)) names.push({ name: node.text, line: lineOf(node) });
    else if (ts.isStringLiteralLike(node) && !taken.has(node)) strings.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, strings, reserved: names };
}

function isImportOrRequire(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}
