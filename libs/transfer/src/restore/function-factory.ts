/**
 * Makes functions from their text.
 *
 * One factory per distinct text and list of slots. Captured variables are `let` variables around the function, so that
 * cycles need no care and the function runs as fast as where it came from:
 *
 * ```
 *   (function(){"use strict";let rate,helper;return{set(k,v){...},get:()=>(TEXT)}})
 * ```
 *
 * Lines and columns are set so that a stack trace shows the place where the text really is.
 */
import type { FunctionNode } from '../graph.js';

/** One instance of a function's surroundings. */
export interface FunctionSeat {
  /** Gives a slot its value. */
  set(index: number, value: unknown): void;
  /** Evaluates the text. */
  get(): (...args: unknown[]) => unknown;
}

const factories = new Map<string, () => FunctionSeat>();
const KEPT = 5000;

/**
 * A new seat for the function.
 *
 * @param names - the names of its slots, checked to be identifiers
 * @throws {SyntaxError} if the text cannot be compiled
 */
export function functionSeat(node: FunctionNode, names: readonly string[]): FunctionSeat {
  const key = `${node.strict ? 's' : ' '}${names.join(',')}\0${node.at?.join(':') ?? ''}\0${node.text}`;
  let factory = factories.get(key);
  if (factory === undefined) {
    factory = compile(node, names);
    if (factories.size >= KEPT) factories.delete(factories.keys().next().value as string);
    factories.set(key, factory);
  }
  return factory();
}

function compile(node: FunctionNode, names: readonly string[]): () => FunctionSeat {
  const [url, line, column] = node.at ?? ['', 0, 0];
  // Loaded here: functions of modules need none of it.
  const { Script } = process.getBuiltinModule('node:vm');
  const build = (strict: boolean): (() => FunctionSeat) => {
    const slots = names.length > 0 ? `let ${names.join(',')};` : '';
    // `arguments` instead of named parameters, which could hide a slot of the same name.
    const cases = names.map((name, i) => `case ${i}:${name}=arguments[1];break;`).join('');
    const set = `set(){switch(arguments[0]){${cases}}}`;
    const before = `(function(){${strict ? '"use strict";' : ''}${slots}return{${set},get:()=>(`;
    const script = new Script(`${before}${node.text}\n)}})`, {
      filename: url || `captured:${node.name || 'function'}`,
      lineOffset: line,
      columnOffset: column - before.length,
    });
    return script.runInThisContext() as () => FunctionSeat;
  };
  if (!node.strict) return build(false);
  try {
    return build(true);
  } catch (error) {
    // A sloppy arrow function or method cannot be told from a strict one, unless it uses what only sloppy code may.
    try {
      return build(false);
    } catch {
      throw error;
    }
  }
}
