/**
 * Switching by hand, as Python's `greenlet` does it: no loop, no queue, no time. Whoever runs names who runs next.
 *
 *     main: a.switch(1) ──> a: yield b.switch(2) ──> b: yield a.switch(3) ──> a returns 4 ──> main: 4
 *
 * JavaScript cannot leave a function in the middle and go on with another, except in a generator, at a `yield`. So bodies
 * are generator functions, and inside of one `other.switch()` only says where to go: `yield` goes there. A generator
 * cannot run another one in its place either, but return to who runs it: one loop, on the stack of the main program,
 * takes each in turn, so that two may call each other for ever.
 */
import { types } from 'node:util';
import { GreenletExit, InvalidStateError } from '@interleave/core';
import { toError, type ErrorLike } from './to-error.js';

/** What the body of a raw greenlet looks like: it yields what `switch` and `throw` of others return. */
export type RawBody<A extends readonly unknown[] = readonly never[]> = (
  ...args: A
) => Generator<unknown, unknown, unknown>;

/** Options of {@link greenlet}. */
export interface RawGreenletOptions {
  /** For messages. Default: the name of the body, or a number. */
  readonly name?: string | undefined;
  /** Who goes on when it ends, and gets its value or its error. Default: the greenlet that makes it. */
  readonly parent?: RawGreenlet | undefined;
}

/** Where to go next, and with what. */
class Transfer {
  readonly target: RawGreenlet;
  readonly kind: 'value' | 'error';
  readonly values: readonly unknown[];

  constructor(target: RawGreenlet, kind: 'value' | 'error', values: readonly unknown[]) {
    this.target = target;
    this.kind = kind;
    this.values = values;
  }
}

/**
 * A coroutine that is switched to by name; {@link greenlet} makes one.
 *
 * Use it to see what a switch is. For work that waits for something, take `spawn`: it finds out by itself who can go on.
 */
export class RawGreenlet {
  static #count = 0;
  /** The main program: parent of all, and where errors come out in the end. */
  static readonly #main: RawGreenlet = new this(undefined, 'main', undefined);
  static #current: RawGreenlet = this.#main;
  /** What a body has said and not yet yielded. */
  static #said: Transfer | undefined;

  /** For messages. */
  readonly name: string;
  /** Who goes on when it ends; `undefined` for the main program. */
  readonly parent: RawGreenlet | undefined;
  readonly #body: RawBody<readonly unknown[]> | undefined;
  #generator: Generator<unknown, unknown, unknown> | undefined;
  #dead = false;

  /** @internal */
  constructor(body: RawBody<readonly unknown[]> | undefined, name: string, parent: RawGreenlet | undefined) {
    this.#body = body;
    this.name = name;
    this.parent = parent;
  }

  /** @internal */
  static make(body: RawBody<readonly unknown[]>, { name = body.name, parent }: RawGreenletOptions): RawGreenlet {
    this.#count += 1;
    return new RawGreenlet(body, name === '' ? `greenlet-${this.#count}` : name, parent ?? this.#current);
  }

  /** The one that runs; the main program, if none does. */
  static get current(): RawGreenlet {
    return this.#current;
  }

  /** Whether it has been switched to, and has not ended. */
  get started(): boolean {
    return (this.#generator !== undefined && !this.#dead) || this.parent === undefined;
  }

  /** Whether it has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /**
   * Goes on with this one. The first time its body is called with `values`; later they are what its `yield` returns: a
   * single one as it is, several as an array. One that has ended hands them to its parent.
   *
   * In a body, write `yield other.switch()`: it returns when somebody switches back.
   *
   * @returns in the main program, what it is switched to with: the value of a body that ends, for instance
   * @throws the error of a body that ended with one, unless a parent catches it
   */
  switch(...values: readonly unknown[]): unknown {
    return RawGreenlet.#go(new Transfer(this, 'value', values));
  }

  /**
   * As {@link switch}, and throws an error there. One that never ran ends with it, and its parent gets it. A `GreenletExit`
   * that comes out of a body is a value to its parent, as everywhere.
   *
   * @param error - an error, or a class to make one of. Default: a `GreenletExit`
   * @throws {TypeError} if it is neither
   */
  throw(error: ErrorLike = GreenletExit): unknown {
    const given = toError(error, `throw into ${this.#called()}`);
    return RawGreenlet.#go(new Transfer(this, 'error', [given]));
  }

  /** For example `<greenlet "ping" suspended>`. */
  toString(): string {
    const state = this.#dead
      ? 'dead'
      : RawGreenlet.#current === this
        ? 'running'
        : this.started
          ? 'suspended'
          : 'not started';
    return `<${this.#called()} ${state}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** From the main program: runs until somebody switches back. From a body: says where its next `yield` goes. */
  static #go(first: Transfer): unknown {
    if (this.#current !== this.#main) {
      const before = this.#said;
      if (before !== undefined) throw forgotten(this.#current.name, before);
      this.#said = first;
      return first;
    }
    try {
      let { target, kind, values } = first;
      while (target !== this.#main) {
        // Whoever is dead has left its place to its parent; that is main at the latest.
        if (target.#dead) {
          if (kind === 'error' && values[0] instanceof GreenletExit) kind = 'value';
          target = target.parent ?? this.#main;
        } else {
          this.#current = target;
          ({ target, kind, values } = target.#step(kind, values));
        }
      }
      if (kind === 'error') throw values[0];
      return single(values);
    } finally {
      this.#current = this.#main;
      this.#said = undefined;
    }
  }

  /** Runs the body to its next `yield`, and returns where it wants to go. */
  #step(kind: 'value' | 'error', values: readonly unknown[]): Transfer {
    const parent = this.parent ?? RawGreenlet.#main;
    try {
      let result: IteratorResult<unknown, unknown>;
      if (kind === 'error') {
        if (this.#generator === undefined) throw values[0];
        result = this.#generator.throw(values[0]);
      } else if (this.#generator === undefined) {
        const generator = (this.#body as RawBody<readonly unknown[]>)(...values);
        this.#generator = generator;
        result = generator.next();
      } else {
        result = this.#generator.next(single(values));
      }
      const said = RawGreenlet.#said;
      RawGreenlet.#said = undefined;
      if (result.done === true) {
        if (said !== undefined) throw forgotten(this.name, said);
        this.#dead = true;
        return new Transfer(parent, 'value', [result.value]);
      }
      if (said !== undefined && said !== result.value) return this.#refuse(forgotten(this.name, said));
      if (result.value instanceof Transfer) return result.value;
      const message = `Cannot go on behind a yield in ${this.#called()}: it yielded ${typeof result.value}; yield what other.switch() returns`;
      return this.#refuse(new TypeError(message));
    } catch (error) {
      this.#dead = true;
      return new Transfer(parent, error instanceof GreenletExit ? 'value' : 'error', [error]);
    }
  }

  /** Throws an error at the wrong `yield`. */
  #refuse(error: Error): Transfer {
    return new Transfer(this, 'error', [error]);
  }

  #called(): string {
    return `greenlet ${JSON.stringify(this.name)}`;
  }
}

/**
 * Makes a greenlet that is switched to by hand, as Python's `greenlet` library has it. Nothing runs yet.
 *
 * @param body - a generator function; it yields what `switch` and `throw` of others return
 * @param options - `name`, `parent`
 * @throws {TypeError} if it is no generator function
 *
 * @example
 * ```ts
 * const ping: gevent.RawGreenlet = gevent.greenlet(function* () {
 *   console.log(12);
 *   yield pong.switch();
 *   console.log(34);
 * });
 * const pong = gevent.greenlet(function* () {
 *   console.log(56);
 *   yield ping.switch();
 *   console.log(78); // never: nobody switches back
 * });
 * ping.switch(); // 12 56 34
 * ```
 */
export function greenlet<A extends readonly unknown[]>(
  body: RawBody<A>,
  options: RawGreenletOptions = {},
): RawGreenlet {
  if (!types.isGeneratorFunction(body) || types.isAsyncFunction(body)) {
    const given = types.isAsyncFunction(body) ? 'an async function' : body === null ? 'null' : `a ${typeof body}`;
    throw new TypeError(`Cannot make a greenlet of ${given}: pass a generator function, function* () { ... }`);
  }
  const { parent } = options;
  if (parent !== undefined && !(parent instanceof RawGreenlet)) {
    throw new TypeError(`Cannot make a greenlet with ${typeof parent} as its parent: pass a greenlet`);
  }
  return RawGreenlet.make(body, options);
}

/** What one side of a switch sees of what the other side gave. */
function single(values: readonly unknown[]): unknown {
  return values.length < 2 ? values[0] : values;
}

function forgotten(name: string, { target, kind }: Transfer): InvalidStateError {
  const call = `${target.name}.${kind === 'value' ? 'switch' : 'throw'}()`;
  return new InvalidStateError(
    `Cannot switch from greenlet ${JSON.stringify(name)} to ${JSON.stringify(target.name)}: ${call} alone goes nowhere; write yield ${call}`,
  );
}
