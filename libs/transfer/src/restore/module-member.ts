import { SerializationError } from '@interleave/core';
import type { ModuleNode } from '../graph.js';
import { dig, isObject } from './lookup.js';
import { loadedModule, loadModule } from './module-loader.js';

/** What the node means; its module has to be loaded. */
export function memberOf(node: ModuleNode, subject: string): unknown {
  const module = loadedModule(node);
  if (module === undefined) return undefined;
  const { exports } = module;
  const [first] = node.path;
  // What a bundler or test runner gave as a named import may be a member of the CommonJS module behind it.
  const fallback = (exports as { default?: unknown } | null)?.default;
  const inExports = first === undefined || (isObject(exports) && first in exports);
  const owner = inExports || !isObject(fallback) || !(first in fallback) ? exports : fallback;
  return dig(owner, node.path, `module ${node.url}`, subject);
}

/** Imports the modules of the nodes. @throws {SerializationError} (as a rejection) if one cannot be loaded */
export async function loadModules(nodes: readonly ModuleNode[], subject: string): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      try {
        await loadModule(node);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new SerializationError(`Cannot rebuild ${subject}: module ${node.url} could not be loaded: ${reason}`, {
          cause: error,
        });
      }
    }),
  );
}

/** Whether the fields are those of a {@link ModuleNode}. */
export function isModuleNode(node: Readonly<Record<string, unknown>>): boolean {
  const { t, url, path, from, cjs } = node;
  return (
    t === 'module' &&
    typeof url === 'string' &&
    (from === undefined || typeof from === 'string') &&
    (cjs === undefined || typeof cjs === 'boolean') &&
    isPath(path)
  );
}

export function isPath(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
