import { SerializationError } from '@interleave/core';
import type { TaskDefinition } from './capture-task.js';
import type { Graph, ModuleNode } from './graph.js';
import { checkGraph } from './restore/graph-check.js';
import { isModuleNode, loadModules, memberOf } from './restore/module-member.js';
import { readGraph } from './restore/read-graph.js';
import { rebuilding } from './restore/rebuilding.js';

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
  const member = loneMember(definition.data);
  const fn =
    member === undefined
      ? await readGraph(checkGraph(definition.data, subject), subject)
      : await imported(member, subject);
  if (typeof fn !== 'function') {
    throw new SerializationError(
      `Cannot rebuild ${subject}: it is ${typeof fn}, not a function; check the name of the export`,
    );
  }
  return fn as (...args: unknown[]) => unknown;
}

/**
 * The export that a definition consists of, if it is nothing else. Such a task needs nothing of what reads graphs, which takes a
 * new thread 2 ms to load.
 */
function loneMember(data: unknown): ModuleNode | undefined {
  const { root, nodes } = (data ?? {}) as Partial<Graph>;
  if (root !== 0 || !Array.isArray(nodes) || nodes.length !== 1) return undefined;
  const [node] = nodes as unknown[];
  return typeof node === 'object' && node !== null && isModuleNode({ ...node }) ? (node as ModuleNode) : undefined;
}

async function imported(node: ModuleNode, subject: string): Promise<unknown> {
  await loadModules([node], subject);
  return rebuilding(subject, () => memberOf(node, subject));
}
