import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

/** What a function's text turned out to be. */
export interface ParsedFunction {
  /** Its node: a function, an arrow or a class expression. */
  readonly node: Acorn.FunctionExpression | Acorn.ArrowFunctionExpression | Acorn.ClassExpression;
  /** The code that was parsed: the text in a wrapper that makes it an expression. */
  readonly code: string;
  /** Where the text begins in `code`. */
  readonly offset: number;
  /** `method` also stands for getters and setters: text that is an expression only inside an object or class. */
  readonly kind: 'expression' | 'method';
}

let acorn: typeof Acorn | undefined;

/**
 * The parser, loaded when the first function is captured: a worker that only runs what arrives never pays for it.
 */
export function parser(): typeof Acorn {
  acorn ??= createRequire(import.meta.url)('acorn') as typeof Acorn;
  return acorn;
}

const options = {
  ecmaVersion: 'latest',
  allowSuperOutsideMethod: true,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowReserved: true,
  checkPrivateFields: false,
} as const;

/** Ways in which the text of a function can be made into an expression, most frequent first. */
const wrappers = [
  { before: '(', after: '\n)', kind: 'expression' },
  { before: '({', after: '\n})', kind: 'method' },
  { before: '(class{', after: '\n})', kind: 'method' },
] as const;

/**
 * Parses the text that `Function.prototype.toString` gives: an expression, or a method, getter or setter, which is
 * none until it stands in an object or class.
 *
 * @throws {SyntaxError} if it is no function's text
 */
export function parseFunction(text: string): ParsedFunction {
  let failure: unknown;
  // A module's text may use `await` as a keyword, a script's text may be sloppy.
  for (const sourceType of ['script', 'module'] as const) {
    for (const { before, after, kind } of wrappers) {
      const code = before + text + after;
      let program: Acorn.Program;
      try {
        program = parser().parse(code, { ...options, sourceType });
      } catch (error) {
        failure ??= error;
        continue;
      }
      const node = functionIn(program, kind);
      if (node !== undefined) return { node, code, offset: before.length, kind };
    }
  }
  throw failure ?? new SyntaxError('it is not the text of one function');
}

function functionIn(program: Acorn.Program, kind: ParsedFunction['kind']): ParsedFunction['node'] | undefined {
  const statement = program.body[0];
  if (program.body.length !== 1 || statement?.type !== 'ExpressionStatement') return undefined;
  const { expression } = statement;
  if (kind === 'expression') {
    const { type } = expression;
    const known = type === 'FunctionExpression' || type === 'ArrowFunctionExpression' || type === 'ClassExpression';
    return known ? expression : undefined;
  }
  const members =
    expression.type === 'ObjectExpression'
      ? expression.properties
      : expression.type === 'ClassExpression'
        ? expression.body.body
        : [];
  const [member] = members;
  if (members.length !== 1 || member === undefined) return undefined;
  const isMethod =
    member.type === 'MethodDefinition' || (member.type === 'Property' && (member.method || member.kind !== 'init'));
  return isMethod && member.value.type === 'FunctionExpression' ? member.value : undefined;
}
