import { SerializationError } from '@interleave/core';
import { contentId } from './capture/content-id.js';
import { withExplicitCaptures } from './capture/explicit-captures.js';
import { isSelfContained } from './capture/function-writer.js';
import { GraphWriter } from './capture/graph-writer.js';
import { describe, functionName } from './capture/refusal.js';
import type { Graph } from './graph.js';
import type { Ground } from './ground.js';
import { isTask, type Task, type TaskLike } from './task.js';
import { TurnTable } from './turn.js';

/** A captured task: what is sent once to each worker. Structured clone carries it. */
export interface TaskDefinition {
  /** Made from the contents: equal for equal captures. */
  readonly id: string;
  /** The function's name, or `task` if it has none. */
  readonly name: string;
  /** A graph; only `restoreTask` looks into it. */
  readonly data: unknown;
}

type Captured = { [G in Ground]?: TaskDefinition };

/** Captures of this turn of the event loop. */
const recent = new TurnTable<object, Captured>();
/** Captures that cannot change: functions that take nothing along but their text, and explicit module tasks. */
const lasting = new WeakMap<object, Captured>();

/**
 * Captures a function and all it reaches, so that it can be rebuilt in another thread or process.
 *
 * Closed-over variables, helpers, classes and imports go along. Builtins, installed packages and importable JavaScript
 * modules go by reference; the main program, notebook cells and TypeScript sources by value.
 *
 * **One capture a turn.** The function is captured at its first submission in a turn of the event loop, and that capture
 * is used until the turn ends: what you change afterwards in the same turn is not seen. The next turn captures anew.
 *
 * **Variables are copied.** An assignment on the other side changes the copy there and nothing here. Functions of one
 * task that share a variable still share it on the other side.
 *
 * @param fn - a function, or a task made by `task` or `moduleTask`
 * @param ground - where it goes
 * @returns the definition; its `id` is equal if nothing has changed
 * @throws {TypeError} if `fn` is neither a function nor a task
 * @throws {SerializationError} if something in it cannot travel; `path` leads to it
 *
 * @example
 * ```ts
 * const rate = 0.19;
 * const definition = captureTask((price: number) => price * (1 + rate), 'thread');
 * const addTax = await restoreTask(definition); // in the worker
 * ```
 */
export function captureTask(fn: TaskLike, ground: Ground): TaskDefinition {
  if (typeof fn !== 'function' && !isTask(fn)) {
    throw new TypeError(
      `Cannot submit ${describe(fn)}: it is not a function; pass a function, or a task made by task() or moduleTask()`,
    );
  }
  if (fn === last?.fn && ground === last.ground) return last.definition;
  const captured = recent.get(fn);
  const done = captured?.[ground] ?? unchanged(fn, ground);
  if (done !== undefined) {
    last ??= forgetSoon({ fn, ground, definition: done });
    return done;
  }
  const definition = capture(fn, ground);
  if (captured === undefined) recent.set(fn, { [ground]: definition });
  else captured[ground] = definition;
  return definition;
}

/** What was submitted first in this synchronous stretch: in a loop it is nearly always what is submitted next. */
let last: { readonly fn: object; readonly ground: Ground; readonly definition: TaskDefinition } | undefined;
const now = Promise.resolve();
const forget = (): void => {
  last = undefined;
};

function forgetSoon<T>(value: T): T {
  void now.then(forget);
  return value;
}

function unchanged(fn: object, ground: Ground): TaskDefinition | undefined {
  const known = lasting.get(fn)?.[ground];
  return known !== undefined && (isTask(fn) || isSelfContained(fn)) ? known : undefined;
}

function capture(fn: ((...args: never[]) => unknown) | Task, ground: Ground): TaskDefinition {
  const name = (isTask(fn) ? fn.name : functionName(fn)) || 'task';
  const graph = guarded(name, () => (isTask(fn) ? captureExplicit(fn, name, ground) : write(fn, name, ground)));
  const definition: TaskDefinition = { id: idOf(graph), name, data: graph };
  if (isTask(fn) ? fn.source.kind === 'module' : isSelfContained(fn)) {
    lasting.set(fn, { ...lasting.get(fn), [ground]: definition });
  }
  return definition;
}

/** An address is a name by itself, and quicker to write. */
function idOf(graph: Graph): string {
  const [node] = graph.nodes;
  return node?.t === 'module' && graph.nodes.length === 1 ? JSON.stringify(node) : contentId(graph);
}

/** What goes wrong in here is said as the same class of error, whatever it is. */
function guarded(name: string, body: () => Graph): Graph {
  try {
    return body();
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SerializationError(`Cannot send task "${name}": its capture failed: ${message}`, {
      path: name,
      cause: error,
    });
  }
}

function write(fn: unknown, name: string, ground: Ground): Graph {
  return new GraphWriter({ ground, subject: `task "${name}"`, name, exact: true }).write(fn);
}

function captureExplicit({ source }: Task, name: string, ground: Ground): Graph {
  if (source.kind === 'module') {
    return { root: 0, nodes: [{ t: 'module', url: source.url, path: [source.exportName] }] };
  }
  return withExplicitCaptures(source.fn, source.captures, () => write(source.fn, name, ground));
}
