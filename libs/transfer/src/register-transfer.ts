/**
 * How classes take part in what travels.
 *
 * An instance of a class of yours travels by itself: its class by source text or module, its fields one by one. Two
 * kinds cannot, or should not: instances with `#private` fields, which nobody can read from outside, and handles, where a
 * copy of the fields is not the thing (a lock, a connection). For these the class says what goes along and how it is made
 * again: from outside with {@link registerTransfer}, or by itself with the methods {@link toTransfer} and
 * {@link fromTransfer}.
 */
import type { Ground } from './ground.js';

/** What a class's `encode` is told about the journey. */
export interface TransferContext {
  /** Where the value goes. */
  readonly ground: Ground;
  /** Lets the object (a `MessagePort`, an `ArrayBuffer`) move with the message; returns it, to be put into the value. */
  move<T extends object>(object: T): T;
}

/** How instances of a registered class travel. */
export interface TransferRegistration<T, V> {
  /** Under which name both sides know the class; the last registration under a name counts. */
  readonly name: string;
  /** Says what to send for an instance: anything that can travel. */
  encode(instance: T, context: TransferContext): V;
  /** Makes an instance from what was sent. */
  decode(value: V): T;
}

/**
 * Name of the method that returns what to send for an instance, see {@link Transferable}.
 */
export const toTransfer: unique symbol = Symbol.for('interleave.toTransfer') as never;

/** Name of the static method that makes an instance from what was sent, see {@link TransferableClass}. */
export const fromTransfer: unique symbol = Symbol.for('interleave.fromTransfer') as never;

/** An instance that knows how to travel. */
export interface Transferable<V = unknown> {
  [toTransfer](context: TransferContext): V;
}

/** The class of a {@link Transferable}; itself it travels like any class. */
export interface TransferableClass<T, V = unknown> {
  [fromTransfer](value: V): T;
}

interface AnyRegistration {
  readonly name: string;
  readonly type: object;
  encode(instance: unknown, context: TransferContext): unknown;
  decode(value: unknown): unknown;
}

const byPrototype = new WeakMap<object, AnyRegistration>();
const byName = new Map<string, AnyRegistration>();

/**
 * Registers how instances of a class travel, for classes that do not say so themselves.
 *
 * Where the other side has not registered the class, `decode`, `encode` and the class go along by capture. Instances of
 * subclasses are not covered: register each class of which instances travel. Registering a name again replaces what was
 * registered under it, so that a notebook cell can be run twice.
 *
 * @param type - the class
 * @param registration - its name and how its instances are taken apart and put together
 * @throws {TypeError} if `type` is not a class, or the registration lacks a part
 *
 * @example
 * ```ts
 * class Money {
 *   readonly #cents: number;
 *   constructor(cents: number) { this.#cents = cents; }
 *   get cents() { return this.#cents; }
 * }
 * registerTransfer(Money, { name: 'Money', encode: (money) => money.cents, decode: (cents) => new Money(cents) });
 * ```
 */
export function registerTransfer<T extends object, V>(
  type: abstract new (...args: never[]) => T,
  registration: TransferRegistration<T, V>,
): void {
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null) {
    throw new TypeError(`Cannot register ${String(type)} for transfer: it is not a class; pass the class itself`);
  }
  const { name } = registration;
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `Cannot register class ${type.name} for transfer: its name is missing; pass { name, encode, decode }`,
    );
  }
  if (typeof registration.encode !== 'function' || typeof registration.decode !== 'function') {
    throw new TypeError(`Cannot register "${name}" for transfer: encode or decode is not a function; pass both`);
  }
  const entry: AnyRegistration = {
    name,
    type,
    encode: (instance, context) => registration.encode(instance as T, context),
    decode: (value) => registration.decode(value as V),
  };
  sources.set(entry, registration);
  byPrototype.set(prototype, entry);
  byName.set(name, entry);
}

const sources = new WeakMap<AnyRegistration, TransferRegistration<unknown, unknown>>();

/** @internal The registration for exactly this object's class. */
export function registrationOf(object: object): AnyRegistration | undefined {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null ? undefined : byPrototype.get(prototype);
}

/** @internal The registration under the name. */
export function registrationNamed(name: string): AnyRegistration | undefined {
  return byName.get(name);
}

/** @internal The functions as they were registered, to be captured. */
export function registeredFunctions(entry: AnyRegistration): TransferRegistration<unknown, unknown> | undefined {
  return sources.get(entry);
}
