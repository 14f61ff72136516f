/**
 * Who is who among the functions, classes and unique symbols that travel, so that each is the same one wherever it meets
 * itself again: a task that returns an instance gives its caller an instance of the caller's own class, and a symbol
 * captured by two tasks is one symbol in their worker.
 *
 * An identity is made where the thing was first captured, and goes along with it.
 */
type Identified = object | symbol;

const ids = new WeakMap<WeakKey, string>();
const known = new Map<string, WeakRef<WeakKey>>();
const restored = new WeakSet<WeakKey>();
let prefix: string | undefined;
let last = 0;
/** Where identities whose thing is gone are dropped; made on first use. */
let cleaner: FinalizationRegistry<string> | undefined;

/** The identity of a function, class or unique symbol; made now if it has none. */
export function identify(thing: Identified): string {
  const key = thing as WeakKey;
  let id = ids.get(key);
  if (id === undefined) {
    // Loaded now and not before: a worker that only runs what arrives never needs it.
    prefix ??= process.getBuiltinModule('node:crypto').randomUUID();
    id = `${prefix}:${++last}`;
    remember(id, key);
  }
  return id;
}

/** The identity, if the thing has one. */
export function identityOf(thing: Identified): string | undefined {
  return ids.get(thing as WeakKey);
}

/** The thing with this identity, if it is here. */
export function identified(id: string): unknown {
  return known.get(id)?.deref();
}

/** Notes that the thing was rebuilt here from another side's definition. */
export function adopt(id: string, thing: Identified): void {
  const key = thing as WeakKey;
  // What is already here under this identity stays: it is the original, or an earlier copy that others hold.
  const current = known.get(id)?.deref();
  ids.set(key, id);
  restored.add(key);
  if (current === undefined || restored.has(current)) remember(id, key);
}

/** Whether the thing was rebuilt here from another side's definition. */
export function isAdopted(thing: Identified): boolean {
  return restored.has(thing as WeakKey);
}

function remember(id: string, key: WeakKey): void {
  ids.set(key, id);
  known.set(id, new WeakRef(key));
  cleaner ??= new FinalizationRegistry((gone) => {
    if (known.get(gone)?.deref() === undefined) known.delete(gone);
  });
  cleaner.register(key, id);
}
