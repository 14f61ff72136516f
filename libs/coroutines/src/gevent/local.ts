import { getCurrent } from './greenlet.js';

/**
 * An object whose properties are others in every greenlet: what one sets, no other sees. Outside of greenlets it is one
 * more object.
 *
 * Use it for what code deep down needs and nobody wants to hand through. For values that greenlets started from here
 * should see as well, take an `AsyncLocalStorage`.
 *
 * @returns the object; every greenlet finds it empty at first
 *
 * @example
 * ```ts
 * const request = gevent.local<{ user: string }>();
 * gevent.spawn(async (user: string) => {
 *   request.user = user;
 *   await answer(); // and whatever it calls reads request.user
 * }, 'ann');
 * ```
 */
export function local<T extends object>(): Partial<T> {
  const values = new WeakMap<object, Partial<T>>();
  const own = (): Partial<T> => {
    const who = getCurrent() ?? outside;
    let mine = values.get(who);
    if (mine === undefined) values.set(who, (mine = {}));
    return mine;
  };
  return new Proxy<Partial<T>>(
    {},
    {
      get: (_, key) => Reflect.get(own(), key) as unknown,
      set: (_, key, value) => Reflect.set(own(), key, value),
      has: (_, key) => Reflect.has(own(), key),
      deleteProperty: (_, key) => Reflect.deleteProperty(own(), key),
      ownKeys: () => Reflect.ownKeys(own()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(own(), key),
      defineProperty: (_, key, descriptor) => Reflect.defineProperty(own(), key, { ...descriptor, configurable: true }),
    },
  );
}

const outside = {};
