import type { Entry, GraphNode, PropertyEntry } from './graph.js';

/** All entries that a node refers to. */
export function entriesOf(node: GraphNode): readonly Entry[] {
  const ofProps = (props: readonly PropertyEntry[]): Entry[] =>
    props.flatMap(([name, , value, setter]) => [
      ...(typeof name === 'number' ? [name] : []),
      value,
      ...(setter === undefined ? [] : [setter]),
    ]);
  switch (node.t) {
    case 'object':
      return [...present(node.type), ...(node.items ?? []), ...ofProps(node.props)];
    case 'error':
      return [...present(node.type), ...present(node.cause), ...present(node.errors), ...ofProps(node.props)];
    case 'new':
      return node.args;
    case 'cell':
      return [node.value];
    case 'function':
      return [...node.slots.map(([, value]) => value), ...ofProps(node.props), ...ofProps(node.proto)];
    case 'bound':
      return [node.target, node.self, ...node.args];
    case 'registered':
      return [node.value, ...present(node.type), ...present(node.encode), ...present(node.decode)];
    case 'handle':
      return [node.type, node.value];
    default:
      return [];
  }
}

function present(entry: Entry | null | undefined): Entry[] {
  return entry === undefined || entry === null ? [] : [entry];
}
