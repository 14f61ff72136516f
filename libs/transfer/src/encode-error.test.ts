import { SerializationError, TimeoutError, TaskGroupError } from '@interleave/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspect } from 'node:util';
import { Socket } from 'node:net';
import { decodeError } from './decode-error.js';
import { encodeError } from './encode-error.js';
import { fail } from './fixtures/helpers.js';
import { OtherSide } from './fixtures/other-side.js';
import { registerTransfer } from './register-transfer.js';
import { RemoteTraceback } from './remote-traceback.js';
import type { Ground } from './ground.js';

function journey(error: unknown, ground: Ground = 'thread'): any {
  return decodeError(structuredClone(encodeError(error, ground)));
}

describe.each(['thread', 'process'] as Ground[])('from a %s', (ground) => {
  let side: OtherSide;
  beforeAll(() => {
    side = new OtherSide(ground);
  });
  afterAll(() => side.close());

  test('EXE-28 class, message, and the remote stack as the cause', async () => {
    const error = await side.run(fail, '123').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('123');
    expect(error.cause).toBeInstanceOf(RemoteTraceback);
    for (const text of [error.stack, error.cause.stack, error.cause.message, String(error.cause)]) {
      expect(text).toMatch(/fail.*helpers\.ts/);
    }
  });

  test('an error of a class of the program comes back as that class', async () => {
    class Custom extends Error {
      readonly status: number;
      constructor(status: number) {
        super(`status ${status}`);
        this.status = status;
      }
    }
    const error = await side
      .run(() => {
        throw new Custom(404);
      })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Custom);
    expect(error.status).toBe(404);
    expect(error.message).toBe('status 404');
  });
});

test('NOD-03 built-in classes keep their class', () => {
  for (const type of [Error, TypeError, RangeError, SyntaxError, EvalError, ReferenceError, URIError]) {
    const back = journey(new type('m'));
    expect(Object.getPrototypeOf(back)).toBe(type.prototype);
    expect([back.message, back.name]).toEqual(['m', type.name]);
    expect(Object.keys(back)).toEqual([]);
  }
});

test('NOD-03 a class that is unknown here becomes an Error with the same name and fields', () => {
  class HttpError extends Error {
    override name = 'HttpError';
    code = 'E_HTTP';
    headers = { a: [1] };
  }
  const original = new HttpError('gone');
  const back = journey(original);
  expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
  expect(back.name).toBe('HttpError');
  expect(back.code).toBe('E_HTTP');
  expect(back.headers).toEqual({ a: [1] });
  expect(back.stack).toContain('encode-error.test.ts');
});

test('NOD-03 registered classes are rebuilt, whatever their constructor takes', () => {
  class Picky extends Error {
    readonly parts: readonly string[];
    constructor(parts: readonly string[]) {
      if (!Array.isArray(parts)) throw new Error('needs parts');
      super(parts.join());
      this.parts = parts;
    }
  }
  registerTransfer(Picky, { name: 'test.Picky', encode: (e) => e.parts, decode: (parts) => new Picky(parts) });
  const back = journey(new Picky(['a', 'b']));
  expect(back).toBeInstanceOf(Picky);
  expect(back.parts).toEqual(['a', 'b']);
});

test('F05 the errors of Interleave keep their class, code and fields', () => {
  const back = journey(new SerializationError('no', { path: 'a/b', cause: new TimeoutError('late') }));
  expect(back).toBeInstanceOf(SerializationError);
  expect([back.path, back.code]).toEqual(['a/b', 'ERR_SERIALIZATION']);
  expect(back.cause).toBeInstanceOf(TimeoutError);
  const group = journey(new TaskGroupError([new RangeError('1')], 'both'));
  expect(group).toBeInstanceOf(TaskGroupError);
  expect(group.errors[0]).toBeInstanceOf(RangeError);
});

test('F05 the chain of causes stays, and the remote stack is at its end', () => {
  const back = journey(new Error('a', { cause: new TypeError('b', { cause: new RangeError('c') }) }));
  expect(back.cause).toBeInstanceOf(TypeError);
  expect(back.cause.cause).toBeInstanceOf(RangeError);
  expect(back.cause.cause.cause).toBeInstanceOf(RemoteTraceback);
  expect(journey(new Error('a', { cause: 'a word' })).cause).toBe('a word');
  const loop = new Error('loop');
  loop.cause = loop;
  const again = journey(loop);
  expect(again.cause).toBe(again);
});

test('F05 AggregateError, DOMException, frozen errors, system errors', () => {
  const both = journey(new AggregateError([new RangeError('1'), 'two', { three: 3 }], 'all'));
  expect(both).toBeInstanceOf(AggregateError);
  expect(both.errors[0]).toBeInstanceOf(RangeError);
  expect(both.errors.slice(1)).toEqual(['two', { three: 3 }]);
  const aborted = journey(new DOMException('stop', 'AbortError'));
  expect(aborted).toBeInstanceOf(DOMException);
  expect([aborted.name, aborted.code, aborted.message]).toEqual(['AbortError', 20, 'stop']);
  const frozen = journey(Object.freeze(Object.assign(new Error('ice'), { code: 1 })));
  expect([frozen.message, frozen.code]).toEqual(['ice', 1]);
  let system: unknown;
  try {
    process.chdir('/does/not/exist');
  } catch (e) {
    system = e;
  }
  expect(journey(system)).toMatchObject({ code: expect.stringMatching(/ENOENT|ERR_WORKER/) });
});

test('F05 a field that cannot travel costs that field only', () => {
  const error = Object.assign(new Error('x'), {
    good: 1,
    socket: new Socket(),
    deep: { list: [Promise.resolve()] },
    fn: () => 1,
    sym: Symbol('s'),
    also: { fine: true },
  });
  Object.defineProperty(error, 'trap', {
    enumerable: true,
    get() {
      throw new Error('trap');
    },
  });
  const back = journey(error);
  expect(back.message).toBe('x');
  expect({ ...back }).toEqual({ good: 1, also: { fine: true } });
});

test('F05 an error that is a trap itself still arrives', () => {
  const error = new Error('m');
  Object.defineProperty(error, 'stack', {
    get() {
      throw new Error('trap');
    },
  });
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('trap');
    },
  });
  expect(journey(error)).toBeInstanceOf(Error);
  expect(journey(new Proxy(new Error('p'), {})).message).toBe('p');
});

test('NOD-04 values that are no errors arrive as equal values', () => {
  for (const thrown of ['text', 5, undefined, null, { plain: [1] }, new Map([[1, 2]])]) {
    expect(journey(thrown)).toEqual(thrown);
  }
});

test('NOD-04 a thrown function, symbol or socket is described', () => {
  for (const [thrown, text] of [
    [function named() {}, 'named'],
    [Symbol('sym'), 'sym'],
    [new Socket(), 'Socket'],
    [Promise.resolve(), 'Promise'],
  ] as const) {
    const back = journey(thrown);
    expect(back).toBeInstanceOf(SerializationError);
    expect(back.message).toContain(text);
  }
});

test('F04 a message of a megabyte arrives whole', () => {
  expect(journey(new Error('x'.repeat(2 ** 20))).message).toHaveLength(2 ** 20);
});

test('an error that passes through two workers has one traceback', () => {
  const twice = journey(journey(new RangeError('deep')));
  expect(twice.cause).toBeInstanceOf(RemoteTraceback);
  expect(twice.cause.cause).toBeUndefined();
});

test('printing an error shows the stack once', () => {
  const text = inspect(journey(new RangeError('once')));
  expect(text.match(/encode-error\.test\.ts/g)?.length).toBeLessThan(10);
  expect(text).toContain('[RemoteTraceback: the stack above is that of the worker]');
});

test('what is malformed becomes an error and never throws', () => {
  for (const bad of [undefined, 1, [], {}, { root: 5, nodes: [] }]) {
    expect(decodeError(bad)).toBeInstanceOf(SerializationError);
  }
});
