/**
 * Checks a graph before anything in it is used: shapes, indices, names. What fails here runs nothing.
 */
import { SerializationError } from '@interleave/core';
import type { Graph } from '../graph.js';
import { isModuleNode, isPath } from './module-member.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the data as a graph.
 *
 * @param subject - what messages call it: `task "get"`, `value`
 * @throws {SerializationError} if it is not one
 */
export function checkGraph(data: unknown, subject: string): Graph {
  const bad = (what: string): SerializationError =>
    new SerializationError(`Cannot rebuild ${subject}: ${what}; send what captureTask or encodeValue returned`);
  if (!isRecord(data) || !Array.isArray(data['nodes']) || !Object.hasOwn(data, 'root')) throw bad('it is not a graph');
  const nodes = data['nodes'] as readonly unknown[];
  const check = new NodeCheck(nodes.length);
  if (!check.entry(data['root'])) throw bad('its root refers to nothing');
  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i];
    if (!isRecord(node) || !check.node(node)) throw bad(`node ${i} is malformed`);
  }
  return data as unknown as Graph;
}

class NodeCheck {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  entry(value: unknown): boolean {
    return this.#index(value) || (Array.isArray(value) && value.length === 1);
  }

  #index(value: unknown): boolean {
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < this.#count;
  }

  node(n: Fields): boolean {
    const has = (key: string): boolean => Object.hasOwn(n, key);
    const optional = (key: string, test: (value: unknown) => boolean): boolean =>
      !has(key) || n[key] === undefined || test(n[key]);
    const entry = (value: unknown): boolean => this.entry(value);
    const entries = (value: unknown): boolean => Array.isArray(value) && value.every(entry);
    const properties = (value: unknown): boolean => Array.isArray(value) && value.every((p) => this.#property(p));
    switch (n['t']) {
      case 'global':
        return isPath(n['path']);
      case 'module':
        return isModuleNode(n);
      case 'require':
        return isText(n['from']);
      case 'symbol':
        return (isText(n['key']) || isText(n['id'])) && optional('description', isText);
      case 'home':
        return isText(n['id']) && isText(n['name']);
      case 'object':
        return (
          isText(n['base']) &&
          bases.has(n['base']) &&
          optional('type', (value) => value === null || entry(value)) &&
          optional('items', entries) &&
          optional('inner', Array.isArray) &&
          optional('sparse', isSparse) &&
          (n['base'] !== 'Map' || !has('items') || (n['items'] as unknown[]).length % 2 === 0) &&
          (!needInner.has(n['base']) || Array.isArray(n['inner'])) &&
          (n['base'] !== 'Uint8Array' || (n['inner'] as unknown[])[0] instanceof Uint8Array) &&
          properties(n['props'])
        );
      case 'error':
        return (
          ['known', 'name', 'message'].every((key) => isText(n[key])) &&
          optional('stack', isText) &&
          ['type', 'cause', 'errors'].every((key) => optional(key, entry)) &&
          properties(n['props'])
        );
      case 'new':
        return isPath(n['path']) && constructible.has(n['path'].join('.')) && entries(n['args']);
      case 'cell':
        return entry(n['value']);
      case 'function':
        return (
          isText(n['text']) &&
          isText(n['name']) &&
          Array.isArray(n['slots']) &&
          n['slots'].every((slot) => Array.isArray(slot) && isIdentifier(slot[0]) && entry(slot[1])) &&
          optional('meta', isIdentifier) &&
          optional('load', isIdentifier) &&
          optional('base', isText) &&
          optional('id', isText) &&
          optional('same', isText) &&
          optional('at', isPlace) &&
          properties(n['props']) &&
          properties(n['proto'])
        );
      case 'bound':
        return entry(n['target']) && entry(n['self']) && entries(n['args']) && isText(n['name']);
      case 'registered':
        return (
          isText(n['name']) && entry(n['value']) && ['type', 'encode', 'decode'].every((key) => optional(key, entry))
        );
      case 'handle':
        return entry(n['type']) && entry(n['value']);
      case 'raw':
        return has('value');
      default:
        return false;
    }
  }

  #property(p: unknown): boolean {
    if (!Array.isArray(p) || p.length < 3) return false;
    const [key, flags, value, setter] = p as unknown[];
    return (
      (isText(key) || this.#index(key)) &&
      typeof flags === 'number' &&
      this.entry(value) &&
      (setter === undefined || this.entry(setter))
    );
  }
}

const bases = new Set(['Object', 'Array', 'Map', 'Set', 'Error', 'Date', 'RegExp', 'Uint8Array']);
const needInner = new Set<unknown>(['Date', 'RegExp', 'Uint8Array']);

/** What may be made anew from arguments. Anything else here could be `Function`. */
const constructible = new Set([
  'URL',
  'URLSearchParams',
  'TextEncoder',
  'TextDecoder',
  ...[
    'Collator',
    'DateTimeFormat',
    'DisplayNames',
    'DurationFormat',
    'ListFormat',
    'Locale',
    'NumberFormat',
    'PluralRules',
    'RelativeTimeFormat',
    'Segmenter',
  ].map((name) => `Intl.${name}`),
]);

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPlace(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    isText(value[0]) &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

function isSparse(value: unknown): boolean {
  return isRecord(value) && typeof value['length'] === 'number' && Array.isArray(value['indices']);
}

/** Slot names are written into code, so nothing but an identifier may pass. */
function isIdentifier(value: unknown): boolean {
  return isText(value) && /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(value) && !reserved.has(value);
}

const reserved = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'import in instanceof new null return super switch this throw true try typeof var void while with'
  ).split(' '),
);
