import { SerializationError } from '@interleave/core';
import type { TaskDefinition } from './capture-task.js';
import { checkGraph } from './restore/graph-check.js';
import { readGraph } from './restore/read-graph.js';

/**
 * Rebuilds the function that `captureTask` captured on another side.
 *
 * Each call rebuilds it anew, with fresh copies of its captured variables; keep the result by the definition's `id`.
 *
 * @param definition - as it arrived
 * @returns the function; it keeps its name, and its stack traces name the file it is from
 * @throws {SerializationError} (as a rejection) if the definition is malformed, or a module in it cannot be loaded
 */
export async function restoreTask(definition: TaskDefinition): Promise<(...args: unknown[]) => unknown> {
  const given: unknown = definition;
  if (typeof given !== 'object' || given === null) {
    throw new SerializationError(
      `Cannot rebuild task: its definition is ${given === null ? 'null' : typeof given}; send what captureTask returned`,
    );
  }
  const name = String(definition.name);
  const subject = `task "${name}"`;
  const fn = await readGraph(checkGraph(definition.data, subject), subject);
  if (typeof fn !== 'function') {
    throw new SerializationError(
      `Cannot rebuild ${subject}: it is ${typeof fn}, not a function; check the name of the export`,
    );
  }
  return fn as (...args: unknown[]) => unknown;
}
