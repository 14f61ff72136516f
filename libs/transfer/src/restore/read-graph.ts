import type { Graph, ModuleNode } from '../graph.js';
import { GraphReader } from './graph-reader.js';
import { loadedModule } from './module-loader.js';
import { loadModules } from './module-member.js';

/** The modules of the graph that have to be imported before it can be read. */
function missingModules(graph: Graph): ModuleNode[] {
  return graph.nodes.filter((node) => node.t === 'module' && loadedModule(node) === undefined) as ModuleNode[];
}

/**
 * Rebuilds the graph's root; a Promise only if a module has to be imported first.
 *
 * @throws {SerializationError} if it cannot be rebuilt
 */
export function readGraph(graph: Graph, subject: string): unknown {
  const missing = missingModules(graph);
  if (missing.length === 0) return new GraphReader(graph, subject).read();
  return loadModules(missing, subject).then(() => new GraphReader(graph, subject).read());
}

/** Rebuilds the graph's root with what is here; classes of modules that are not loaded become plain errors. */
export function readGraphNow(graph: Graph, subject: string): unknown {
  return new GraphReader(graph, subject).read();
}
