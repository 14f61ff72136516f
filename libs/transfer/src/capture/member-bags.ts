import { types } from 'node:util';
import type { Entry, ObjectNode, PropertyEntry } from '../graph.js';
import type { GraphWriter } from './graph-writer.js';
import { isForwardingGetter, rememberPlace, type ModulePlace } from './module-references.js';
import { into, type Where } from './refusal.js';

/**
 * Whether only the used members of the object should be taken: it is a compiler's or kernel's stand-in for a module, which
 * may be huge, lazy, or a Proxy.
 */
export function isMemberBag(name: string, value: unknown, notebook: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value === notebook || name === 'exports' || types.isModuleNamespaceObject(value)) return true;
  if (types.isProxy(value)) return name.startsWith('__vi');
  return isVite(name, value) || isForwarding(value);
}

function isVite(name: string, value: object): boolean {
  return name.startsWith('__vi') || Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === 'Module';
}

/** What `__toESM`, `__importStar` and the like make: an object of getters that forward to a module. */
function isForwarding(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null && !Object.hasOwn(value, '__esModule'))
    return false;
  let getters = 0;
  for (const key of Object.getOwnPropertyNames(value)) {
    if (key === 'default' || key === '__esModule') continue;
    const { get, set } = Object.getOwnPropertyDescriptor(value, key) as { get?: unknown; set?: unknown };
    if (set !== undefined || !isForwardingGetter(get)) return false;
    getters += 1;
    if (getters > 3) return true;
  }
  return getters > 0 || Object.hasOwn(value, '__esModule');
}

/**
 * Stand-ins of modules, of which only the members that functions use travel. One object stands for one of them, so that
 * all its users share what they assign.
 */
export class MemberBags {
  readonly #writer: GraphWriter;
  readonly #bags = new Map<
    object,
    { readonly entry: Entry; readonly props: PropertyEntry[]; readonly names: Set<string> }
  >();

  constructor(writer: GraphWriter) {
    this.#writer = writer;
  }

  /** @returns a function that takes back what was added from here on */
  mark(): () => void {
    const before = [...this.#bags].map(([value, bag]) => [value, bag, [...bag.names], bag.props.length] as const);
    return () => {
      this.#bags.clear();
      for (const [value, bag, names, props] of before) {
        this.#bags.set(value, bag);
        bag.props.length = props;
        bag.names.clear();
        for (const name of names) bag.names.add(name);
      }
    };
  }

  /**
   * The entry for the stand-in, after adding the members.
   *
   * @param from - the module it stands for, if the other side can import it
   */
  entry(value: object, members: ReadonlySet<string>, where: Where, from?: Omit<ModulePlace, 'path'>): Entry {
    let bag = this.#bags.get(value);
    if (bag === undefined) {
      const props: PropertyEntry[] = [];
      const node: ObjectNode = { t: 'object', base: 'Object', props };
      bag = { entry: this.#writer.add(node), props, names: new Set() };
      this.#bags.set(value, bag);
    }
    for (const name of members) {
      if (bag.names.has(name)) continue;
      bag.names.add(name);
      const inside = into(where, name);
      let member: unknown;
      try {
        member = (value as Record<string, unknown>)[name];
      } catch (error) {
        throw this.#writer.refuse(inside, 'is not initialised yet; submit the task after its module has run', error);
      }
      const isObject = (typeof member === 'object' && member !== null) || typeof member === 'function';
      if (from !== undefined && isObject) rememberPlace(member, { ...from, path: [name] });
      if (member === undefined && !(name in value)) continue;
      bag.props.push([name, 0, this.#writer.entry(member, inside, true)]);
    }
    return bag.entry;
  }
}
