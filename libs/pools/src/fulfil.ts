/**
 * Fulfils a promise with a value, also with one that has a `then` method.
 *
 * A promise that is resolved with a thenable calls its `then` and takes over what comes out: a task's result that
 * happens to have such a method would be called instead of delivered. The only moment at which `then` is looked up is
 * inside `resolve`, so it is covered by an own property for that moment. Promises keep nothing of it afterwards:
 * `await` and `.then` hand on the value of a fulfilled promise as it is.
 *
 * The methods between here and the user must therefore return such a promise by `new Promise`, not from an async
 * function, which would look again.
 *
 * @internal
 */
export function fulfil<V>(value: V, resolve: (value: V) => void, reject: (error: unknown) => void): void {
  if (!isThenable(value)) {
    resolve(value);
    return;
  }
  const own = Object.getOwnPropertyDescriptor(value, 'then');
  try {
    Object.defineProperty(value, 'then', { value: undefined, configurable: true, writable: true });
  } catch (cause) {
    reject(new TypeError('Cannot hand over a frozen value with a then method: return it inside an object', { cause }));
    return;
  }
  resolve(value);
  if (own === undefined) Reflect.deleteProperty(value, 'then');
  else Object.defineProperty(value, 'then', own);
}

function isThenable(value: unknown): value is object {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as { then?: unknown }).then === 'function';
}
