/**
 * Tells a variable that holds `undefined` from one that is not initialised yet.
 *
 * ```ts
 * const running = pool.submit(() => later + 1);   // `later` is in its dead zone here
 * const later = 5;
 * ```
 *
 * Run here the function would fail with a ReferenceError, or see 5 if it ran late enough. V8 shows both kinds of variable as
 * `undefined`, so that the worker would silently compute with that. The text of the script knows better: a `const` with an
 * initial value that cannot be `undefined` has not got it yet, and neither has a variable while the code that declares it is
 * still running, further up.
 *
 * Looked at only for captured variables that are `undefined`, and needed only where V8 does not tell (Node 20).
 */
import type * as Acorn from 'acorn';
import { forgetSource, scriptSource, scriptUrl, type FunctionLocation } from './inspector.js';
import { scriptFileUrl } from '../module-files.js';
import { parser } from './parse-function.js';

type Span = { readonly start: number; readonly end: number };

interface Declaration extends Span {
  /** Where the name is known. */
  readonly scope: Span;
  /** The function whose code gives it its value. */
  readonly owner: Span;
  /** A name with a dead zone: `let`, `const`, `class`. */
  readonly isLexical: boolean;
  /** Once initialised it can never be `undefined`. */
  readonly isNeverUndefined: boolean;
}

interface ScriptText {
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
  readonly functions: readonly Span[];
  readonly lineStarts: readonly number[];
}

const texts = new Map<string, ScriptText | undefined>();

/**
 * Whether the variable of this name that a function sees is surely not initialised yet.
 *
 * @param name - a captured variable whose value reads as `undefined`
 * @param location - where the function is that captured it
 */
export function isInDeadZone(name: string, location: FunctionLocation): boolean {
  const text = scriptText(location.scriptId);
  if (text === undefined) return false;
  const place = offsetOf(text, location.line, location.column);
  let declaration: Declaration | undefined;
  for (const candidate of text.declarations.get(name) ?? []) {
    if (!contains(candidate.scope, place)) continue;
    if (declaration === undefined || size(candidate.scope) < size(declaration.scope)) declaration = candidate;
  }
  if (declaration === undefined || !declaration.isLexical) return false;
  if (declaration.isNeverUndefined) return true;
  const { owner, scope, end } = declaration;
  return runningPlaces(scriptUrl(location.scriptId)).some(([line, column]) => {
    const running = offsetOf(text, line, column);
    return running < end && contains(scope, running) && innermost(text.functions, running) === owner;
  });
}

/** Places of the script that are running now: the calls that led here. Lines and columns from 0. */
function runningPlaces(url: string): readonly (readonly [line: number, column: number])[] {
  // The inspector names files by URL, a stack by URL or path.
  const file = scriptFileUrl(url);
  if (file === undefined) return [];
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 200;
    Error.prepareStackTrace = (_error, calls) => calls;
    const calls = new Error().stack as unknown as NodeJS.CallSite[];
    return calls
      .filter((call) => scriptFileUrl(call.getScriptNameOrSourceURL() ?? '') === file)
      .map((call) => [(call.getLineNumber() ?? 1) - 1, (call.getColumnNumber() ?? 1) - 1] as const);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (before === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Object.defineProperty(Error, 'prepareStackTrace', before);
  }
}

function contains(span: Span, place: number): boolean {
  return span.start <= place && place <= span.end;
}

function size(span: Span): number {
  return span.end - span.start;
}

function innermost(spans: readonly Span[], place: number): Span | undefined {
  let found: Span | undefined;
  for (const span of spans) {
    if (contains(span, place) && (found === undefined || size(span) < size(found))) found = span;
  }
  return found;
}

function offsetOf({ lineStarts }: ScriptText, line: number, column: number): number {
  return (lineStarts[line] ?? 0) + column;
}

function scriptText(scriptId: string): ScriptText | undefined {
  if (!texts.has(scriptId)) {
    texts.set(scriptId, readScript(scriptSource(scriptId)));
    forgetSource(scriptId);
  }
  return texts.get(scriptId);
}

function readScript(source: string): ScriptText | undefined {
  let program: Acorn.Program | undefined;
  for (const sourceType of ['module', 'script'] as const) {
    try {
      program = parser().parse(source, {
        ecmaVersion: 'latest',
        sourceType,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
      });
      break;
    } catch {
      continue; // a syntax that this parser does not know: nothing is refused
    }
  }
  if (program === undefined) return undefined;
  const lineStarts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) lineStarts.push(i + 1);
  const collector = new DeclarationCollector(program);
  return { declarations: collector.declarations, functions: collector.functions, lineStarts };
}

class DeclarationCollector {
  readonly declarations = new Map<string, Declaration[]>();
  readonly functions: Span[];

  constructor(program: Acorn.Program) {
    this.functions = [program];
    this.#visit(program, program, program);
  }

  #visit(node: Acorn.AnyNode, scope: Span, owner: Span): void {
    let inScope = scope;
    let inOwner = owner;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.type === 'FunctionDeclaration' && node.id) this.#declare(node.id, scope, owner, node, false, false);
        this.functions.push(node);
        inScope = node;
        inOwner = node;
        for (const param of node.params) this.#declare(param, node, node, node, false, false);
        break;
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
      case 'StaticBlock':
        inScope = node;
        break;
      case 'CatchClause':
        inScope = node;
        if (node.param) this.#declare(node.param, node, owner, node, false, false);
        break;
      case 'ClassDeclaration':
        if (node.id) this.#declare(node.id, scope, owner, node, true, true);
        break;
      case 'VariableDeclaration': {
        const isLexical = node.kind !== 'var';
        for (const { id, init } of node.declarations) {
          const isNeverUndefined =
            node.kind === 'const' && id.type === 'Identifier' && init !== null && init !== undefined && isDefined(init);
          this.#declare(id, isLexical ? scope : owner, owner, node, isLexical, isNeverUndefined);
        }
        break;
      }
      default:
        break;
    }
    for (const value of Object.values(node) as unknown[]) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof child === 'object' && child !== null && typeof (child as { type?: unknown }).type === 'string') {
          this.#visit(child as Acorn.AnyNode, inScope, inOwner);
        }
      }
    }
  }

  #declare(
    pattern: Acorn.Pattern,
    scope: Span,
    owner: Span,
    { start, end }: Span,
    isLexical: boolean,
    isNeverUndefined: boolean,
  ): void {
    switch (pattern.type) {
      case 'Identifier': {
        const list = this.declarations.get(pattern.name) ?? [];
        list.push({ start, end, scope, owner, isLexical, isNeverUndefined });
        this.declarations.set(pattern.name, list);
        return;
      }
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          const inner = property.type === 'RestElement' ? property.argument : property.value;
          this.#declare(inner, scope, owner, { start, end }, isLexical, false);
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) {
          if (element) this.#declare(element, scope, owner, { start, end }, isLexical, false);
        }
        return;
      case 'AssignmentPattern':
        this.#declare(pattern.left, scope, owner, { start, end }, isLexical, false);
        return;
      case 'RestElement':
        this.#declare(pattern.argument, scope, owner, { start, end }, isLexical, false);
        return;
      case 'MemberExpression':
        return;
    }
  }
}

/** Whether the expression can never give `undefined`. */
function isDefined(node: Acorn.Expression): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
      return true;
    case 'UnaryExpression':
      return node.operator !== 'void';
    default:
      return false;
  }
}
