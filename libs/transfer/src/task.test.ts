import type * as zlib from 'node:zlib';
import type * as acorn from 'acorn';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { captureTask } from './capture-task.js';
import { OtherSide } from './fixtures/other-side.js';
import type * as helpers from './fixtures/helpers.js';
import type * as importable from './fixtures/importable.mjs';
import type { Ground } from './ground.js';
import { localTask } from './local-task.js';
import { moduleTask } from './module-task.js';
import { isTask, task, type Task, type TaskLike } from './task.js';

/** A function of the global scope, which sees nothing of this file. */
function compiled(...parts: string[]): (...args: any[]) => any {
  return Reflect.construct(Function, parts) as (...args: any[]) => any;
}

const rate = 3;
const outside = 1;
const helpersUrl = new URL('./fixtures/helpers.ts', import.meta.url);

describe.each(['thread', 'process'] as Ground[])('to a %s', (ground) => {
  let side: OtherSide;
  beforeAll(() => {
    side = new OtherSide(ground);
  });
  afterAll(() => side.close());

  test('task() sends the named captures', async () => {
    const twice = (n: number): number => n * rate * 2;
    const explicit = task({ rate, twice }, (n: number) => twice(n) + rate);
    expect(await side.run(explicit, 2)).toBe(15);
  });

  test('task() reads the captures when it is captured', async () => {
    const box = { n: 1 };
    const explicit = task({ box }, () => box.n);
    box.n = 2;
    expect(await side.run(explicit)).toBe(2);
  });

  test('task() with a helper that uses another capture', async () => {
    const explicit = task({ base: 5, add: compiled('n', 'return n + base') }, compiled('n', 'return add(n) * base'));
    expect(await side.run(explicit, 1)).toBe(30);
  });

  test('moduleTask() of builtins, packages, JavaScript and TypeScript', async () => {
    const deflate = moduleTask<typeof zlib, 'deflateSync'>('node:zlib', 'deflateSync');
    expect((await side.run(deflate, 'aaa')).length).toBeGreaterThan(0);
    const parse = moduleTask<typeof acorn, 'parse'>('acorn', 'parse');
    expect((await side.run(parse, '1', { ecmaVersion: 2020 })).type).toBe('Program');
    const count = moduleTask<typeof importable, 'countCalls'>(
      new URL('./fixtures/importable.mjs', import.meta.url),
      'countCalls',
    );
    const first = await side.run(count);
    expect(await side.run(count)).toBe(first + 1);
    const scale = moduleTask<typeof helpers, 'scale'>(helpersUrl, 'scale');
    expect(await side.run(scale, 4)).toBe(40);
  });

  test('moduleTask() that does not exist fails with what is missing', async () => {
    const noModule = moduleTask<any, any>(new URL('./fixtures/none.js', import.meta.url), 'x');
    await expect(side.run(noModule)).rejects.toThrow(/none\.js could not be loaded/);
    await expect(side.run(moduleTask<any, any>('node:os', 'noSuch'))).rejects.toThrow(/node:os has no "noSuch"/);
    await expect(side.run(moduleTask<any, any>('node:os', 'EOL'))).rejects.toThrow(/is string, not a function/);
  });
});

test('task() refuses a free name that is neither named nor global', () => {
  const explicit = task({ rate }, function price(n: number) {
    return n * rate + outside;
  });
  expect(() => captureTask(explicit, 'thread')).toThrow(
    'Cannot send task "price": price/outside is not among the captures and no global; add it to task({ ... }, fn)',
  );
});

test('task() and moduleTask() refuse bad arguments', () => {
  expect(() => task(null as never, () => 1)).toThrow(TypeError);
  expect(() => task({}, 1 as never)).toThrow(TypeError);
  expect(() => moduleTask<any, any>('./tasks.js', 'x')).toThrow(/the address is relative/);
  expect(() => moduleTask<any, any>(5 as never, 'x')).toThrow(TypeError);
  expect(() => moduleTask<any, any>('node:os', '')).toThrow(/empty name/);
});

test('localTask() gives the function itself, without copies', async () => {
  const plain = (n: number): number => n + rate;
  expect(localTask(plain)).toBe(plain);
  expect(localTask(task({ rate }, plain))).toBe(plain);
  expect(await localTask(moduleTask<typeof helpers, 'scale'>(helpersUrl, 'scale'))(2)).toBe(20);
  await expect(localTask(moduleTask<any, any>('node:os', 'noSuch'))()).rejects.toThrow(TypeError);
  expect(() => localTask({} as never)).toThrow(TypeError);
});

test('types: arguments and results are those of the function', () => {
  const submit = <A extends unknown[], R>(_task: TaskLike<A, R>, ..._args: A): R => undefined as R;
  expectTypeOf(task({ rate }, (n: number) => String(n))).toEqualTypeOf<Task<[number], string>>();
  expectTypeOf(submit((n: number) => n > 1, 1)).toEqualTypeOf<boolean>();
  expectTypeOf(submit(moduleTask<typeof helpers, 'scale'>(helpersUrl, 'scale'), 1)).toEqualTypeOf<number>();
  expect(isTask(task({}, () => 1))).toBe(true);
  expect(String(task({}, () => 1))).toBe('Task "task"');
});
