import { expect, test } from 'vitest';
import { functionShape } from './function-shape.js';

/** The free names with their use: `name.{members}` or `name`, `!` if assigned, `<` if needed early. */
function free(text: string): string[] {
  return [...functionShape(text).free].map(
    ([name, use]) =>
      name + (use.whole ? '' : `.{${[...use.members].join()}}`) + (use.written ? '!' : '') + (use.early ? '<' : ''),
  );
}

test.each<[text: string, names: string[]]>([
  ['(x) => x + y', ['y']],
  ['() => { var a = 1; let b = 2; const c = 3; return a + b + c + d; }', ['d']],
  ['() => { return later; var later; }', []],
  ['() => { use(); function use() { return inner; } }', ['inner']],
  ['() => { { function hoisted() {} } hoisted(); }', []],
  ['(a, { b, c: [d] = e, ...f }, [g, , h = i] = j) => [a, b, d, f, g, h]', ['e', 'i', 'j']],
  ['(a = x) => { var x = 1; return a + x; }', ['x']],
  ['({ [key]: value }) => value', ['key']],
  [
    '() => ({ short, key: value, [computed]: 1, method() { return inside; }, ...spread })',
    ['short', 'value', 'computed', 'inside', 'spread'],
  ],
  ['() => a.b.c + a["d"]', ['a.{b,d}']],
  ['() => a[b]', ['a', 'b']],
  ['() => a?.b', ['a.{b}']],
  [
    '() => { a = 1; b += 1; c++; ({ d } = {}); [e, ...f] = []; for (g of []); for (h.x in {}); }',
    ['a!', 'b!', 'c!', 'd!', 'e!', 'f!', 'g!', 'h.{x}'],
  ],
  ['() => { ({ a = 1, b: c = d } = {}); }', ['a!', 'c!', 'd']],
  ['() => { for (let i = 0, n = m; i < n; i++) body(i); }', ['m', 'body']],
  [
    '() => { for (const x of list) x; try { t(); } catch ({ message }) { message; } finally { z; } }',
    ['list', 't', 'z'],
  ],
  ['() => { switch (x) { case y: let z = 1; z; break; default: w; } }', ['x', 'y', 'w']],
  ['() => { label: for (;;) { continue label; } }', []],
  ['() => typeof maybe', ['maybe']],
  ['() => tag`${value}`', ['tag', 'value']],
  [
    '() => class Inner extends Base { static s = a; f = b; [k]() { return c; } static { d; } #p = 1; m() { return new Inner().#p; } }',
    ['Base', 'a', 'b', 'k', 'c', 'd'],
  ],
  ['function self(n) { return arguments.length + self(n - 1); }', []],
  ['async function* gen() { yield* other(); await thing; }', ['other', 'thing']],
  ['method(x) { return x + y; }', ['y']],
  ['get accessor() { return y; }', ['y']],
  ['async *[Symbol.iterator]() { yield y; }', ['y']],
  ['class A extends B { static s = a; f = b; [k]() { return c; } static { d; } }', ['b', 'k<', 'c']],
  ['class A { static #p = a; static { this.q = b; } }', ['a<', 'b<']],
  ['() => import.meta.url + import("x")', []],
])('%s', (text, names) => {
  expect(free(text)).toEqual(names);
});

test.each<[text: string, uses: string[]]>([
  ['() => this.x', ['this']],
  ['() => () => this', ['this']],
  ['() => arguments[0] + arguments.length', ['arguments']],
  ['m() { return super.m(); }', ['super']],
  ['() => eval("x")', ['eval']],
  ['() => (0, eval)("x")', []],
  ['function () { return this; }', []],
  ['() => function () { return [this, arguments, new.target]; }', []],
  ['() => ({ m() { return [super.m, this]; } })', []],
  ['class A extends B { constructor() { super(); this.x = () => this; } f = this.y; static s = this; }', []],
])('%s uses of its surroundings: %j', (text, uses) => {
  expect([...functionShape(text).outer]).toEqual(uses);
});

test('own names are told from free ones', () => {
  const { self } = functionShape('function fib(n) { fib = other; return fib(n); }');
  expect([self?.name, self?.references.length, self?.written]).toEqual(['fib', 2, true]);
  expect(functionShape('function f() {}').self).toBeUndefined();
});

test('positions are those of the text, also in a method', () => {
  const text = 'async method(x) { return outer(x); }';
  const { free: names, wrapper } = functionShape(text);
  const [start, end] = names.get('outer')?.references[0]?.range ?? [0, 0];
  expect(text.slice(start, end)).toBe('outer');
  expect(wrapper[0]).toBe('({async m');
  expect(text.slice(...wrapper[1])).toBe('(x) { return outer(x); }');
});

test('a class tells its methods by their text', () => {
  const text = 'class A { static async m() { return 1; } get x() { return 2; } ["y"]() {} }';
  const A = Reflect.construct(Function, [`return ${text}`])() as { m: unknown; prototype: object };
  const { classShape } = functionShape(text);
  const getter = Object.getOwnPropertyDescriptor(A.prototype, 'x')?.get as () => unknown;
  for (const method of [A.m, getter, (A.prototype as { y: unknown }).y]) {
    expect(classShape?.methods.has(Function.prototype.toString.call(method))).toBe(true);
  }
});

test('what is no function is refused', () => {
  for (const text of ['', 'let x', '() => new.target', '1 + 1', '() => 1, () => 2', 'a() {} b() {}']) {
    expect(() => functionShape(text)).toThrow(SyntaxError);
  }
});
