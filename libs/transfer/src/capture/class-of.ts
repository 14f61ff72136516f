import type { BuiltinBase, Entry } from '../graph.js';
import { functionShape } from './function-shape.js';
import type { GraphWriter } from './graph-writer.js';
import { isNodeInternal } from './inspector.js';
import { isBuiltinClass, knownPlace } from './known-values.js';
import { modulePlace } from './module-references.js';
import { adviceByName, cannotTravel, describe, into, type Where } from './refusal.js';

/** The constructor that the object's prototype belongs to; undefined for a plain object or container. */
export function classOf(writer: GraphWriter, value: object, base: BuiltinBase, where: Where): Entry | null | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return base === 'Object' ? null : undefined;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function' || constructor.prototype !== prototype) {
    // Objects of another realm have an `Object.prototype` that is not ours but looks like it.
    if (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')) return undefined;
    throw writer.refuse(where, 'has a prototype without a class; make it with a class, or pass its fields');
  }
  const place = knownPlace(constructor);
  if (place !== undefined && place.module === undefined && place.path.join() === base) return undefined;
  if (isForeignBuiltin(prototype, constructor, base)) return undefined;
  if (modulePlace(constructor) === undefined && isInternalClass(constructor as () => unknown)) {
    throw writer.refuse(where, cannotTravel(value));
  }
  const culprit = classWithPrivateFields(constructor);
  if (culprit !== undefined) {
    throw writer.refuse(
      where,
      `is ${describe(value)}, and ${culprit === constructor ? 'its class' : `its base class ${culprit.name}`} has #private fields that nobody can read from outside; ` +
        (adviceByName(value) ?? `register it with registerTransfer, or pass what it is made from`),
    );
  }
  return writer.entry(constructor, into(where, 'constructor'), true);
}

/** A class inside of Node that no module exports. Without the inspector it cannot be told, and fails later. */
function isInternalClass(constructor: (...args: never[]) => unknown): boolean {
  try {
    return isNodeInternal(constructor);
  } catch {
    return false;
  }
}

/** `Object`, `Array` and the like of another realm, as test runners have them. */
function isForeignBuiltin(prototype: object, constructor: { readonly name: string }, base: BuiltinBase): boolean {
  const native = /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(constructor));
  const root = Object.getPrototypeOf(prototype) as object | null;
  return native && constructor.name === base && (root === null || Object.getPrototypeOf(root) === null);
}

/** The class, or the base of it, whose text declares `#private` members. */
function classWithPrivateFields(constructor: object): { readonly name: string } | undefined {
  for (
    let c: unknown = constructor;
    typeof c === 'function' && c !== Function.prototype;
    c = Object.getPrototypeOf(c)
  ) {
    if (isBuiltinClass(c)) return undefined;
    const text = Function.prototype.toString.call(c);
    if (!/^class\b/.test(text) || !text.includes('#')) continue;
    try {
      if (functionShape(text).classShape?.hasPrivate) return c;
    } catch {
      return undefined; // refused later, with the reason
    }
  }
  return undefined;
}
