import type * as Acorn from 'acorn';

/** The names that one function, block or class introduces. */
export class LexicalScope {
  readonly #names = new Set<string>();
  readonly #parent: LexicalScope | undefined;
  /** Whether `var` stops here. */
  readonly #isFunction: boolean;

  constructor(parent: LexicalScope | undefined, isFunction: boolean) {
    this.#parent = parent;
    this.#isFunction = isFunction;
  }

  /** Introduces a name here. */
  add(name: string): void {
    this.#names.add(name);
  }

  /** Whether the name is introduced here or further out. */
  has(name: string): boolean {
    return this.#names.has(name) || (this.#parent?.has(name) ?? false);
  }

  /** The scope that a `var` in this one belongs to. */
  get functionScope(): LexicalScope {
    return this.#isFunction || this.#parent === undefined ? this : this.#parent.functionScope;
  }

  /** Introduces the functions and classes that the statements declare, which are known before their line. */
  hoist(statements: readonly (Acorn.Statement | Acorn.ModuleDeclaration)[]): void {
    for (const statement of statements) {
      if (statement.type === 'FunctionDeclaration') {
        this.add(statement.id.name);
        // In sloppy code a function in a block is also a `var` of the function around it.
        this.functionScope.add(statement.id.name);
      } else if (statement.type === 'ClassDeclaration') {
        this.add(statement.id.name);
      }
    }
  }
}
