import { SerializationError } from '@interleave/core';
import { types } from 'node:util';

/** A position in what is being captured, as a chain; written out only when something is refused. */
export interface Where {
  readonly parent?: Where;
  /** The step from the parent, with its separator: `/client`, `[0]`. */
  readonly step: string;
}

/** One step further: into a property or variable. */
export function into(parent: Where, key: string | symbol): Where {
  return { parent, step: `/${typeof key === 'symbol' ? key.toString() : key}` };
}

/** One step further: into an element. */
export function at(parent: Where, index: number): Where {
  return { parent, step: `[${index}]` };
}

/** The chain as the reader sees it: `get/client/sockets[0]`. */
export function pathOf(where: Where): string {
  const steps: string[] = [];
  for (let w: Where | undefined = where; w !== undefined; w = w.parent) steps.push(w.step);
  // A very long chain (a linked list) is shown by its ends.
  if (steps.length > 40) steps.splice(20, steps.length - 40, '/...');
  return steps.reverse().join('');
}

/**
 * Why something cannot travel, as an error.
 *
 * @param subject - what could not be sent: `task "get"`, `value`
 * @param reason - what was seen at the path, and what to do: `is a Socket; pass its address`
 */
export function refusal(subject: string, where: Where, reason: string, cause?: unknown): SerializationError {
  const path = pathOf(where);
  return new SerializationError(`Cannot send ${subject}: ${path} ${reason}`, {
    path,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A function's name; '' if a class has given `name` another meaning. */
export function functionName(fn: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

/** `a Socket`, `an Agent`, for messages. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return functionName(value) ? `the function "${functionName(value)}"` : 'a function';
  if (typeof value === 'symbol') return `the symbol ${String(value)}`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const name = types.isProxy(value) ? 'Proxy' : className(value);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The name of an object's class, without running code of the object. */
export function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const constructor: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name = typeof constructor === 'function' ? functionName(constructor) : '';
  return name || Object.prototype.toString.call(value).slice(8, -1);
}

/** Why an object cannot travel, and what to do: `is a Socket; pass its address`. */
export function cannotTravel(value: object): string {
  return `is ${describe(value)}; ${advice(value)}`;
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What to do instead, for the things that people try most often. */
function advice(value: object): string {
  if (types.isProxy(value)) return 'pass what it stands for';
  if (types.isPromise(value)) return 'await it first and pass the result';
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'use a Map or a Set';
  if (types.isGeneratorObject(value)) return 'pass its values, or the function that makes it';
  if (types.isSharedArrayBuffer(value)) return 'memory is shared between threads only; use SharedMemory, or a copy';
  return adviceByName(value) ?? 'pass what it is made from, or register its class with registerTransfer';
}

/** What to do instead of sending an instance of a class of that name, if that is known. */
export function adviceByName(value: object): string | undefined {
  return adviceByClass.get(className(value));
}

const adviceByClass = new Map<string, string>([
  ['Socket', 'pass its address'],
  ['TLSSocket', 'pass its address'],
  ['Server', 'pass its address'],
  ['ClientRequest', 'pass its URL'],
  ['IncomingMessage', 'read it and pass its body'],
  ['Agent', 'make one on the other side'],
  ['ReadStream', 'pass its path'],
  ['WriteStream', 'pass its path'],
  ['FileHandle', 'pass its path'],
  ['Worker', 'pass messages to it'],
  ['ChildProcess', 'pass its pid'],
  ['Timeout', 'start the timer on the other side'],
  ['Immediate', 'start the timer on the other side'],
  ['WeakRef', 'pass what it refers to'],
  ['AbortSignal', 'pass it as the option `signal`'],
  ['AbortController', 'pass its signal as the option `signal`'],
  ['MessagePort', 'list it in the option `transfer`'],
  ['ReadableStream', 'list it in the option `transfer`'],
  ['WritableStream', 'list it in the option `transfer`'],
  ['TransformStream', 'list it in the option `transfer`'],
  ['AsyncLocalStorage', 'pass its value'],
  ['Future', 'await its result, and pass that'],
  ['AsyncResult', 'await its result, and pass that'],
  ...['ThreadPoolExecutor', 'ProcessPoolExecutor', 'CoroutinePoolExecutor', 'Pool', 'ThreadPool'].map(
    (name) => [name, 'it stays where it was made; submit from there, or make one in the task'] as const,
  ),
]);
