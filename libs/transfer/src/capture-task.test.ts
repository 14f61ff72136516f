import { EventEmitter } from 'node:events';
import { readFileSync as read } from 'node:fs';
import { Socket } from 'node:net';
import * as os from 'node:os';
import path, { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SerializationError } from '@interleave/core';
import * as acorn from 'acorn';
import { parse } from 'acorn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureTask } from './capture-task.js';
import { OtherSide } from './fixtures/other-side.js';
import { Counter, factor, scale } from './fixtures/helpers.js';
import Named, { countCalls, table } from './fixtures/importable.mjs';
import type { Ground } from './ground.js';
import { restoreTask } from './restore-task.js';

const rate = 10;
let step = 5;
function helper(x: number): number {
  return x * rate + step;
}
function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
const even = (n: number): boolean => (n === 0 ? true : odd(n - 1));
const odd = (n: number): boolean => (n === 0 ? false : even(n - 1));
class Shape {
  static made = 0;
  static of(size: number): Shape {
    return new this(size);
  }
  size: number;
  constructor(size: number) {
    this.size = size;
  }
  get area(): number {
    return this.size * this.size;
  }
}
class Square extends Shape {
  static tag = `T${rate}`;
  #secret = rate;
  reveal(): number {
    return this.#secret + factorial(3) + super.area;
  }
}
const Colour = ((Colour: any) => {
  Colour[(Colour['Red'] = 0)] = 'Red';
  Colour[(Colour['Green'] = 1)] = 'Green';
  return Colour;
})({});
const unique = Symbol('unique');

/** A function of the global scope, which sees nothing of this file. */
function compiled(...parts: string[]): (...args: any[]) => any {
  return Reflect.construct(Function, parts) as (...args: any[]) => any;
}

/** Resolves when what was captured in this turn is no longer valid. */
async function nextTurn(): Promise<void> {
  for (let i = 0; i < 2; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

const grounds: Ground[] = ['thread', 'process'];

describe.each(grounds)('to a %s', (ground) => {
  let side: OtherSide;
  beforeAll(() => {
    side = new OtherSide(ground);
  });
  afterAll(() => side.close());

  test('a function without captured variables', async () => {
    expect(await side.run((x: number, y: number) => x + y, 1, 2)).toBe(3);
  });

  test('constants, helpers and the helpers of helpers', async () => {
    expect(await side.run((n: number) => helper(n) + rate, 1)).toBe(25);
  });

  test('names as bundlers make them', async () => {
    const rate$1 = 3;
    const $1 = 4;
    const $$ = 5;
    expect(await side.run((n: number) => n * rate$1 + $1 + $$, 2)).toBe(15);
  });

  test('recursion and mutual recursion', async () => {
    expect(await side.run((n: number) => [factorial(n), even(n)], 4)).toEqual([24, true]);
  });

  test('a named function expression', async () => {
    const count = function again(n: number): string {
      return n > 0 ? again(n - 1) : 'end';
    };
    expect(await side.run(count, 3)).toBe('end');
  });

  test('a declaration whose name means something else by now', async () => {
    let fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));
    function plain(n: number): number {
      return n === 0 ? 0 : plain(n - 1) + 1;
    }
    const original = plain;
    // @ts-expect-error a function is assigned, as a memoizer does

    plain = (n: number) => original(n) * 100;
    fib = fib.bind(null);
    expect(await side.run(() => [original(1), fib(7)])).toEqual([1, 13]);
    expect(await side.run(original, 2)).toBe(101);
  });

  test('cycles', async () => {
    const knot: { name: string; self?: unknown; ask?: () => string } = { name: 'knot' };
    knot.self = knot;
    knot.ask = () => `${knot.name}${rate}`;
    expect(await side.run(() => [knot.ask?.(), knot.self === knot])).toEqual(['knot10', true]);
  });

  test('classes with inheritance, statics, accessors, private fields', async () => {
    expect(
      await side.run(() => {
        const square = Square.of(3) as Square;
        return [square.reveal(), square.area, Square.tag, Square.made, square instanceof Shape];
      }),
    ).toEqual([10 + 6 + 9, 9, 'T10', 0, true]);
  });

  test('instances keep their class and what they share', async () => {
    const shape = new Shape(7);
    const both = { first: shape, second: shape };
    expect(await side.run(() => [shape.area, shape instanceof Shape, both.first === both.second])).toEqual([
      49,
      true,
      true,
    ]);
  });

  test('class members that were added or replaced later', async () => {
    class Late {
      greet(): string {
        return 'text';
      }
    }
    Late.prototype.greet = () => `replaced ${rate}`;
    Object.assign(Late, { extra: (n: number) => n * rate });
    expect(await side.run(() => [new Late().greet(), (Late as any).extra(2)])).toEqual(['replaced 10', 20]);
  });

  test('computed members, static blocks and static private fields', async () => {
    const key = 'computed';
    class Odd {
      static #hidden = rate + 1;
      static open: number;
      static {
        this.open = Odd.#hidden;
      }
      [key](): number {
        return Odd.#hidden;
      }
    }
    expect(await side.run(() => [new Odd()[key](), Odd.open])).toEqual([11, 11]);
  });

  test('static members called name and length', async () => {
    class Method {
      static name(): string {
        return `method ${rate}`;
      }
    }
    class Field {
      static override = 1;
    }
    Object.defineProperty(Field, 'name', { value: { odd: rate }, enumerable: true });
    Object.defineProperty(Field, 'length', { value: 'long', enumerable: true });
    expect(await side.run(() => [(Method.name as any)(), Field.name, Field.length, Field.override])).toEqual([
      'method 10',
      { odd: 10 },
      'long',
      1,
    ]);
  });

  test('capturing on the other side, to travel on', async () => {
    const there = await side.run(async () => {
      const { captureTask: capture, restoreTask: restore } = await import('@interleave/transfer');
      const local = rate * 2;
      class Here extends Shape {}
      const fn = (n: number): unknown => [helper(n) + local, new Here(2).area, Here.of(1) instanceof Here];
      return (await restore(capture(fn, 'thread')))(1);
    });
    expect(there).toEqual([35, 4, true]);
  });

  test('the environment of the process', async () => {
    const { env } = process;
    const { cwd, nextTick } = process;
    expect(await side.run(() => [typeof env['PATH'], cwd(), typeof nextTick])).toEqual(['string', cwd(), 'function']);
  });

  test('extending builtins', async () => {
    class Emitter extends EventEmitter {}
    class Bag extends Map<string, number> {
      label = 'bag';
      total(): number {
        return [...this.values()].reduce((a, b) => a + b, 0);
      }
    }
    class Stack extends Array<number> {
      get top(): number | undefined {
        return this.at(-1);
      }
    }
    const bag = new Bag([['a', 1]]);
    const stack = Stack.of(1, 2) as Stack;
    expect(
      await side.run(() => {
        let heard = 0;
        const emitter = new Emitter();
        emitter.on('x', () => (heard += 1));
        emitter.emit('x');
        return [heard, bag.total(), bag.label, bag instanceof Bag, stack.top, stack.length, stack instanceof Stack];
      }),
    ).toEqual([1, 1, 'bag', true, 2, 2, true]);
  });

  test('functions with a prototype, as before classes', async () => {
    function Old(this: { n: number }, n: number): void {
      this.n = n;
    }
    Old.prototype.sum = function (this: { n: number }, m: number): number {
      return this.n + m + rate;
    };
    expect(await side.run(() => new (Old as any)(1).sum(2))).toBe(13);
  });

  test('async functions, generators, async generators', async () => {
    const later = async (n: number): Promise<number> => {
      await Promise.resolve();
      return helper(n);
    };
    expect(await side.run(later, 2)).toBe(25);
    expect(
      await side.run(function* (n: number = rate) {
        for (let i = 0; i < n; i += 1) yield helper(i);
      }, 2),
    ).toEqual([5, 15]);
    expect(
      await side.run(async function* (n: number) {
        for (let i = 0; i < n; i += 1) yield await later(i);
      }, 2),
    ).toEqual([5, 15]);
  });

  test('default values, patterns, shorthand properties', async () => {
    const list = [1, 2];
    expect(
      await side.run((a = rate, { b = helper(1), ...rest } = {} as { b?: number }, [c] = list) => ({
        a,
        b,
        c,
        rate,
        rest,
      })),
    ).toEqual({ a: 10, b: 15, c: 1, rate: 10, rest: {} });
  });

  test('methods, accessors, functions with properties', async () => {
    const object = {
      n: rate,
      method(x: number): number {
        return x + rate;
      },
      get double(): number {
        return this.n * 2;
      },
    };
    const tagged = Object.assign((x: number) => tagged.k + x, { k: 100 });
    expect(await side.run(object.method, 1)).toBe(11);
    expect(await side.run(() => [object.double, object.method(1), tagged(1)])).toEqual([20, 11, 101]);
  });

  test('bound functions', async () => {
    const bound = function (this: { q: number }, a: number, b: number): number {
      return this.q + a + b;
    }.bind({ q: 1 }, 2);
    expect(await side.run(bound, 3)).toBe(6);
    expect(await side.run(() => bound(4))).toBe(7);
  });

  test('builtins by name: modules, their members, native functions', async () => {
    const { max } = Math;
    const has = Object.prototype.hasOwnProperty;
    expect(
      await side.run(() => [os.EOL, typeof read, basename('/a/b'), path.sep, max(1, 2), has.call({ a: 1 }, 'a')]),
    ).toEqual(['\n', 'function', 'b', '/', 2, true]);
    expect(await side.run(Math.max, 1, 5)).toBe(5);
  });

  test('installed packages by reference', async () => {
    expect(await side.run(() => [parse('1+1', { ecmaVersion: 2020 }).body.length, acorn.version])).toEqual([
      1,
      acorn.version,
    ]);
    expect(JSON.stringify(captureTask(() => parse('1', { ecmaVersion: 2020 }), ground)).length).toBeLessThan(2000);
  });

  test('modules of the program: TypeScript by value, JavaScript by reference', async () => {
    expect(await side.run((n: number) => scale(n) + factor + new Counter().add(1).count, 2)).toBe(40);
    const before = await side.run(() => countCalls());
    expect(await side.run(() => [countCalls(), table.get('answer'), new Named().value])).toEqual([
      before + 1,
      42,
      'named',
    ]);
  });

  test('import() and import.meta', async () => {
    expect(await side.run(async () => (await import('node:os')).EOL)).toBe('\n');
    expect(await side.run(async () => (await import('./fixtures/importable.mjs')).table.size)).toBe(1);
    expect(await side.run(async () => (await import('acorn')).version)).toBe(acorn.version);
    expect(await side.run(() => basename(fileURLToPath(import.meta.url)))).toBe('capture-task.test.ts');
  });

  test('what TypeScript makes of an enum', async () => {
    expect(await side.run(() => [Colour.Green, Colour[0]])).toEqual([1, 'Red']);
  });

  test('a local with the name of a global', async () => {
    const fetch = (x: number): string => `mine${x}`;
    expect(await side.run(() => fetch(1))).toBe('mine1');
  });

  test('a global of the program', async () => {
    (globalThis as any).ofTheProgram = { n: rate };
    try {
      expect(await side.run(() => (globalThis as any).ofTheProgram?.n ?? 'absent')).toBe('absent');
      expect(await side.run(compiled('return ofTheProgram.n'))).toBe(10);
    } finally {
      delete (globalThis as any).ofTheProgram;
    }
  });

  test('data: Map, Set, Date, RegExp, typed arrays, Buffer, URL, bigint, Intl, TextDecoder', async () => {
    const data = {
      map: new Map<unknown, unknown>([['a', (x: number) => x + rate]]),
      set: new Set([1]),
      date: new Date(5),
      pattern: /a(b)/gi,
      bytes: new Uint8Array([1, 2]),
      buffer: Buffer.from('héllo'),
      url: new URL('http://localhost:1/x'),
      big: 10n ** 20n,
      money: new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }),
      decoder: new TextDecoder('utf-16le'),
      holes: Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
      bare: Object.assign(Object.create(null) as object, { x: 1 }),
    };
    expect(
      await side.run(() => [
        (data.map.get('a') as (x: number) => number)(1),
        data.set.has(1),
        data.date.getTime(),
        'xAB'.replace(data.pattern, ''),
        data.bytes[1],
        data.buffer.toString(),
        data.url.port,
        data.big,
        data.money.format(2),
        data.decoder.encoding,
        1 in data.holes,
        data.holes.length,
        Object.getPrototypeOf(data.bare),
      ]),
    ).toEqual([11, true, 5, 'x', 2, 'héllo', '1', 10n ** 20n, '€2.00', 'utf-16le', false, 3, null]);
  });

  test('symbols: keys and values, the same symbol each time', async () => {
    const tagged = { [unique]: 1, [Symbol.iterator]: () => [rate][Symbol.iterator](), [Symbol.for('reg')]: 2 };
    expect(await side.run(() => [tagged[unique], [...tagged], tagged[Symbol.for('reg')], unique.description])).toEqual([
      1,
      [10],
      2,
      'unique',
    ]);
  });

  test('a key called __proto__ is only a key', async () => {
    const odd = JSON.parse('{"__proto__": {"polluted": true}, "f": 1}') as Record<string, unknown>;
    odd['f'] = () => rate;
    expect(await side.run(() => [Object.keys(odd), (odd as any).polluted, ({} as any).polluted])).toEqual([
      ['__proto__', 'f'],
      undefined,
      undefined,
    ]);
  });

  test('frozen constants stay frozen, hidden properties hidden', async () => {
    const frozen = Object.freeze({ list: Object.freeze([1]) });
    const partly = Object.defineProperty({ a: 1 }, 'hidden', { value: 2, enumerable: false });
    expect(
      await side.run(() => [
        Object.isFrozen(frozen),
        Object.isFrozen(frozen.list),
        Object.keys(partly),
        (partly as any).hidden,
      ]),
    ).toEqual([true, true, ['a'], 2]);
  });

  test('assigned variables: a copy here, one variable there', async () => {
    const makeCounter = (): { inc(): number; read(): number } => {
      let n = 0;
      return { inc: () => (n += 1), read: () => n };
    };
    const counter = makeCounter();
    expect(
      await side.run(() => {
        counter.inc();
        counter.inc();
        return counter.read();
      }),
    ).toBe(2);
    expect(counter.read()).toBe(0);
    expect(
      await side.run(() => {
        step += 1;
        return helper(0);
      }),
    ).toBe(step + 1);
  });

  test('shared variables that cannot be told apart are refused', async () => {
    const makeCounter = (): { inc(): number } => {
      let n = 0;
      return { inc: () => (n += 1) };
    };
    const [a, b] = [makeCounter(), makeCounter()];
    await expect(side.run(() => a.inc() + b.inc())).rejects.toThrow(
      /assigned by functions that may or may not share it/,
    );
    a.inc();
    await nextTurn();
    expect(await side.run(() => [a.inc(), b.inc()])).toEqual([2, 1]);
  });

  test('uses of a shared variable in every syntactic position', async () => {
    const make = (): { set(v: any): void; all(): unknown } => {
      let x: any = 1;
      return {
        set(v) {
          [x] = [v];
          ({ x } = { x: v });
          ({ x = 3 } = {});
          for (x of [v]);
          x++;
        },
        all: () => [{ x }, typeof x, x?.toFixed?.(1), `${x}`, [...[x]]],
      };
    };
    const shared = make();
    expect(
      await side.run(() => {
        shared.set(4);
        return shared.all();
      }),
    ).toEqual([{ x: 5 }, 'number', '5.0', '5', [5]]);
  });

  test('names and stack traces are those of the original', async () => {
    const boom = function exploding(): never {
      throw new Error('boom');
    };
    const error = await side.run(() => boom()).catch((e: unknown) => e as Error);
    expect(error.stack).toMatch(/exploding.*capture-task\.test\.ts:\d+:\d+/);
    expect(await side.run(() => boom.name)).toBe('exploding');
  });

  test('an instance that comes back is one of the class here', async () => {
    const shape = await side.run(() => new Shape(2));
    expect(shape).toBeInstanceOf(Shape);
    expect(shape.area).toBe(4);
    const back = await side.run((given: Shape) => [given instanceof Shape, given], new Shape(3));
    expect(back[1]).toBeInstanceOf(Shape);
  });

  test('an argument is an instance of the class that the task has captured', async () => {
    const isShape = (given: unknown): boolean => given instanceof Shape;
    expect(await side.run(isShape, new Shape(1))).toBe(true);
    await nextTurn();
    const isSquare = (given: unknown): boolean => given instanceof Square || given instanceof Shape;
    expect(await side.run(isSquare, new Shape(1))).toBe(true);
    expect(await side.run(isShape, new Shape(2))).toBe(true);
  });

  test('a class that shares data with its task uses the same copy, each time', async () => {
    const cache = new Map<string, number>();
    class Repository {
      get(key: string): number | undefined {
        return cache.get(key);
      }
    }
    for (let i = 0; i < 2; i += 1) {
      const fill = (): unknown => {
        cache.set('a', cache.size + i);
        return new Repository().get('a');
      };
      expect(await side.run(fill)).toBe(i);
    }
  });

  test('a function that comes back works here', async () => {
    const add = await side.run((n: number) => (m: number) => n + m + rate, 1);
    expect(add(2)).toBe(13);
  });

  test('functions among the arguments travel too', async () => {
    expect(
      await side.run(
        (f: (n: number) => number, list: number[]) => list.map(f),
        (n: number) => n * rate,
        [1, 2],
      ),
    ).toEqual([10, 20]);
  });

  test('deep structures do not overflow the stack', { timeout: 30_000 }, async () => {
    interface Link {
      next?: Link;
      get(): number;
    }
    let head: Link = { get: () => 0 };
    for (let i = 0; i < 6_000; i += 1) head = { next: head, get: head.get };
    expect(
      await side.run(() => {
        let n = 0;
        for (let link: Link | undefined = head; link; link = link.next) n += 1;
        return n;
      }),
    ).toBe(6_001);
  });
});

const refused: [what: string, make: (this: any) => () => unknown, path: string, message: RegExp][] = [
  [
    'surrounding this',
    function () {
      return () => this.x;
    },
    'task',
    /surrounding `this`/,
  ],
  [
    'surrounding arguments',
    function () {
      return () => arguments.length;
    },
    'task',
    /surrounding `arguments`/,
  ],
  [
    'a method with super',
    () =>
      ({
        __proto__: {},
        m() {
          return super.toString();
        },
      }).m,
    'm',
    /uses `super`/,
  ],
  [
    'a Promise',
    () => {
      const p = Promise.resolve(1);
      return () => p;
    },
    'task/p',
    /is a Promise; await it first/,
  ],
  [
    'a Proxy',
    () => {
      const p = new Proxy({}, {});
      return () => p;
    },
    'task/p',
    /is a Proxy/,
  ],
  [
    'a WeakMap',
    () => {
      const w = new WeakMap();
      return () => w;
    },
    'task/w',
    /use a Map/,
  ],
  [
    'a generator object',
    () => {
      const g = (function* () {
        yield 1;
      })();
      return () => g;
    },
    'task/g',
    /pass its values/,
  ],
  [
    'a private instance',
    () => {
      class P {
        #p = 1;
        get() {
          return this.#p;
        }
      }
      const i = new P();
      return () => i.get();
    },
    'task/i',
    /#private fields/,
  ],
  [
    'a socket',
    () => {
      const client = { socket: new Socket() };
      return function get() {
        return client.socket;
      };
    },
    'get/client/socket',
    /^Cannot send task "get": get\/client\/socket is a Socket; pass its address$/,
  ],
  [
    'an object with a loose prototype',
    () => {
      const o = Object.create({ a: 1 }) as object;
      return () => o;
    },
    'task/o',
    /prototype without a class/,
  ],
  [
    'deep inside',
    () => {
      const o = { list: [{ m: new Map([['k', Promise.resolve()]]) }] };
      return () => o;
    },
    'task/o/list[0]/m.get("k")',
    /is a Promise/,
  ],
  [
    'direct eval',
    () => {
      const x = 1;
      return () => x + (eval('x') as number);
    },
    'task',
    /calls eval/,
  ],
];

test.each(refused)('%s is refused before anything is sent', (_what, make, path, message) => {
  let error: unknown;
  try {
    captureTask(make.call({ x: 1 }), 'thread');
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(SerializationError);
  expect((error as SerializationError).message).toMatch(message);
  expect((error as SerializationError).path).toBe(path);
});

test('what is no task is refused with a TypeError', () => {
  for (const bad of [undefined, null, 1, 'x', {}, new Proxy({}, {})]) {
    expect(() => captureTask(bad as never, 'thread')).toThrow(TypeError);
  }
});

test('shared memory goes to threads by reference, and not to processes', async () => {
  const memory = new Int32Array(new SharedArrayBuffer(8));
  const add = (): number => Atomics.add(memory, 0, 5);
  const side = new OtherSide('thread');
  try {
    await side.run(add);
    expect(memory[0]).toBe(5);
  } finally {
    await side.close();
  }
  expect(() => captureTask(add, 'process')).toThrow(/add\/memory is a SharedArrayBuffer/);
});

test('one capture a turn, and equal ids for equal captures', async () => {
  let n = 1;
  const fn = (): number => n;
  const first = captureTask(fn, 'thread');
  n = 2;
  expect(captureTask(fn, 'thread')).toBe(first);
  expect(captureTask(fn, 'process')).not.toBe(first);
  await nextTurn();
  const second = captureTask(fn, 'thread');
  expect(second.id).not.toBe(first.id);
  expect((await restoreTask(second))()).toBe(2);
  n = 1;
  await nextTurn();
  expect(captureTask(fn, 'thread').id).toBe(first.id);
});

test('a global that appears later is seen', async () => {
  const fn = compiled('return appearsLater + 1');
  const first = captureTask(fn, 'thread');
  await nextTurn();
  (globalThis as any).appearsLater = 1;
  try {
    const second = captureTask(fn, 'thread');
    expect(second.id).not.toBe(first.id);
    delete (globalThis as any).appearsLater;
    expect((await restoreTask(second))()).toBe(2);
  } finally {
    delete (globalThis as any).appearsLater;
  }
});

test('a function with nothing but text is captured once', async () => {
  const fn = (a: number): number => Math.abs(a);
  const first = captureTask(fn, 'thread');
  await nextTurn();
  expect(captureTask(fn, 'thread')).toBe(first);
  Object.assign(fn, { extra: 1 });
  await nextTurn();
  expect(captureTask(fn, 'thread').id).not.toBe(first.id);
  function Old(): void {}
  const old = captureTask(Old, 'thread');
  await nextTurn();
  Old.prototype.late = 1;
  expect(captureTask(Old, 'thread').id).not.toBe(old.id);
});
