/**
 * Tells which classes of a graph may be taken for one another when they meet again on the other side.
 *
 * A class travels with each task and each argument that needs it. Were it rebuilt each time, an argument would be no
 * `instanceof` the class that the task has captured. So it carries who it is and a fingerprint of all it reaches, and where
 * both are known already, the class that is there is used.
 *
 * That is right only while the class shares no data with the rest of its graph: if a task and a class use the same Map,
 * both must get the same copy of it. Such a class has no fingerprint, and is rebuilt.
 */
import type { Entry, FunctionNode, GraphNode, PropertyEntry } from '../graph.js';
import { entriesOf } from '../graph-entries.js';
import { contentId } from './content-id.js';

/** The graph's nodes with a fingerprint for each class that may have one. */
export function withFingerprints(nodes: readonly GraphNode[], root: Entry): GraphNode[] {
  return nodes.map((node, index) => {
    if (node.t !== 'function' || node.id === undefined) return node;
    const same = fingerprint(nodes, index, root);
    return same === undefined ? node : { ...node, same };
  });
}

function fingerprint(nodes: readonly GraphNode[], start: number, root: Entry): string | undefined {
  const order = [start];
  const places = new Map([[start, 0]]);
  const data = new Set<unknown>();
  for (const index of order) {
    for (const entry of entriesOf(nodes[index] as GraphNode)) {
      if (typeof entry !== 'number') {
        if (typeof entry[0] === 'object' && entry[0] !== null) data.add(entry[0]);
      } else if (!places.has(entry)) {
        places.set(entry, order.length);
        order.push(entry);
      }
    }
  }
  const shared = (entry: Entry): boolean =>
    typeof entry === 'number' ? places.has(entry) && isData(nodes[entry] as GraphNode) : data.has(entry[0]);
  const isShared = nodes.some((node, index) => !places.has(index) && entriesOf(node).some(shared));
  if (isShared || shared(root)) return undefined;
  const renumbered = order.map((index) => renumber(nodes[index] as GraphNode, places));
  return contentId(renumbered);
}

function isData({ t }: GraphNode): boolean {
  return (
    t === 'object' ||
    t === 'cell' ||
    t === 'raw' ||
    t === 'error' ||
    t === 'registered' ||
    t === 'handle' ||
    t === 'new'
  );
}

/** The node with indices that do not depend on where in its graph it stands. */
function renumber(node: GraphNode, places: ReadonlyMap<number, number>): unknown {
  const at = (entry: Entry): Entry => (typeof entry === 'number' ? (places.get(entry) as number) : entry);
  const props = (list: readonly PropertyEntry[]): unknown =>
    list.map(([name, flags, value, setter]) => [
      typeof name === 'number' ? [places.get(name)] : name,
      flags,
      at(value),
      setter === undefined ? undefined : at(setter),
    ]);
  const entries = entriesOf(node).map(at);
  switch (node.t) {
    case 'function': {
      const { slots, props: own, proto, ...rest }: FunctionNode = node;
      return [rest, slots.map(([name, value, early]) => [name, at(value), early]), props(own), props(proto)];
    }
    case 'object':
      return [{ ...node, type: undefined, items: undefined, props: undefined }, entries, props(node.props)];
    case 'global':
    case 'module':
    case 'require':
    case 'symbol':
    case 'home':
    case 'raw':
      return node;
    default:
      return [node.t, entries];
  }
}
