import { inspect } from 'node:util';
import { GreenletExit, InvalidStateError } from '@interleave/core';
import { expect, it } from 'vitest';
import { greenlet, RawGreenlet } from './index.js';

class MyError extends Error {}

it('switches by name, and what nobody switches back to never goes on', () => {
  const log: number[] = [];
  const one: RawGreenlet = greenlet(function* () {
    log.push(12);
    yield two.switch();
    log.push(34);
  });
  const two = greenlet(function* () {
    log.push(56);
    yield one.switch();
    log.push(78);
  });
  one.switch();
  expect([log, one.dead, two.dead]).toEqual([[12, 56, 34], true, false]);
});

it('hands values both ways', () => {
  const log: unknown[] = [];
  const one: RawGreenlet = greenlet(function* (x: string, y: string) {
    log.push(yield two.switch(x + y));
    return 'the end';
  });
  const two = greenlet(function* (u: string) {
    log.push(u);
    log.push(yield one.switch(42));
    log.push('never');
  });
  expect(one.switch('hello', ' world')).toBe('the end');
  expect(log).toEqual(['hello world', 42]);
});

it('goes to and fro with the main program, with one value, several, or none', () => {
  const main = RawGreenlet.current;
  const echo = greenlet(function* (first: unknown) {
    let heard = first;
    while (heard !== 'stop') heard = yield main.switch(heard);
    return 'stopped';
  });
  expect([String(main), String(echo)]).toEqual(['<greenlet "main" running>', expect.stringMatching(/not started>$/)]);
  expect([echo.switch(1), echo.switch(2, 3), echo.switch(), echo.started]).toEqual([1, [2, 3], undefined, true]);
  expect(inspect(echo)).toMatch(/^<greenlet ".*" suspended>$/);
  expect([echo.switch('stop'), echo.dead, echo.started, String(echo)]).toEqual([
    'stopped',
    true,
    false,
    expect.stringMatching(/dead>$/),
  ]);
});

it('a body that ends goes on in its parent, with its value', () => {
  const log: unknown[] = [];
  const made = greenlet(function* outer() {
    const inner: RawGreenlet = greenlet(
      function* () {
        log.push([RawGreenlet.current === inner, inner.name, inner.parent?.name]);
        yield* [];
        return 'from inner';
      },
      { name: 'inside' },
    );
    log.push(yield inner.switch());
    return 'from outer';
  });
  expect(made.switch()).toBe('from outer');
  expect(log).toEqual([[true, 'inside', 'outer'], 'from inner']);
  expect(RawGreenlet.current.parent).toBeUndefined();
});

it('a parent of your choice gets the value instead', () => {
  const log: unknown[] = [];
  const other: RawGreenlet = greenlet(function* () {
    log.push(yield worker.switch());
    return 'through other';
  });
  const worker = greenlet(
    function* () {
      yield* [];
      return 'work';
    },
    { parent: other },
  );
  expect([other.switch(), log]).toEqual(['through other', ['work']]);
});

it('an error goes to the parent, which may catch it, and ends in the main program', () => {
  const error = new MyError('no');
  const failing = (): RawGreenlet =>
    greenlet(function* failing() {
      yield* [];
      throw error;
    });
  const careful = greenlet(function* () {
    try {
      yield failing().switch();
    } catch (caught) {
      return ['caught', caught];
    }
    return 'never';
  });
  expect(careful.switch()).toEqual(['caught', error]);
  const careless = greenlet(function* () {
    yield failing().switch();
  });
  expect(() => careless.switch()).toThrow(error);
  expect([careless.dead, RawGreenlet.current.name]).toEqual([true, 'main']);
});

it('throw arrives at the yield; a GreenletExit is a value to the parent', () => {
  const log: string[] = [];
  const main = RawGreenlet.current;
  const waiting = (): RawGreenlet => {
    const made = greenlet(function* () {
      try {
        yield main.switch('waiting');
      } catch (error) {
        if (error instanceof MyError) yield main.switch('caught');
        throw error;
      } finally {
        log.push('cleaned up');
      }
    });
    made.switch();
    return made;
  };
  const error = new MyError('no');
  const one = waiting();
  expect(one.throw(error)).toBe('caught');
  expect(() => one.switch()).toThrow(error);
  expect(waiting().throw()).toBeInstanceOf(GreenletExit);
  expect(() => waiting().throw(RangeError)).toThrow(RangeError);
  expect(log).toEqual(['cleaned up', 'cleaned up', 'cleaned up']);
  expect(() => one.throw('no' as never)).toThrow(TypeError);
});

it('throw into one that never ran ends it', () => {
  let runs = 0;
  const make = (): RawGreenlet =>
    greenlet(function* () {
      runs += 1;
      yield* [];
    });
  const [one, two] = [make(), make()];
  expect(one.throw()).toBeInstanceOf(GreenletExit);
  expect(() => two.throw(new MyError('no'))).toThrow(MyError);
  expect([one.dead, two.dead, runs]).toEqual([true, true, 0]);
});

it('a dead one leaves its place to its parent', () => {
  const dead = greenlet(function* () {
    yield* [];
  });
  dead.switch();
  expect([dead.switch('back'), dead.switch(1, 2), dead.throw()]).toEqual(['back', [1, 2], expect.any(GreenletExit)]);
  expect(() => dead.throw(new MyError('no'))).toThrow(MyError);
  const parent = greenlet(function* () {
    const child = greenlet(function* () {
      yield* [];
      return 'first';
    });
    return [yield child.switch(), yield child.switch('second')];
  });
  expect(parent.switch()).toEqual(['first', 'second']);
});

it('two may call each other for ever: no stack grows', () => {
  let count = 0;
  const ping: RawGreenlet = greenlet(function* () {
    for (;;) yield pong.switch();
  });
  const pong = greenlet(function* () {
    while (count++ < 200_000) yield ping.switch();
    return 'enough';
  });
  expect([ping.switch(), count]).toEqual(['enough', 200_001]);
});

it('a switch that is not yielded is told at the next yield, or at the end', () => {
  const body = function* (): Generator {};
  const other = greenlet(body, { name: 'other' });
  const log: unknown[] = [];
  const twice = greenlet(function* () {
    other.switch();
    try {
      yield other.switch();
    } catch (error) {
      log.push(error);
    }
    yield 5;
  });
  expect(() => twice.switch()).toThrow(/other\.switch\(\) alone goes nowhere; write yield other\.switch\(\)/);
  expect([log, other.started]).toEqual([[expect.any(InvalidStateError)], false]);
  const atTheEnd = greenlet(
    function* () {
      yield* [];
      return other.throw();
    },
    { name: 'forgetful' },
  );
  expect(() => atTheEnd.switch()).toThrow(/Cannot switch from greenlet "forgetful" to "other": other\.throw\(\) alone/);
});

it('a yield of something else is told there, and the body may go on', () => {
  const log: unknown[] = [];
  const made = greenlet(function* wrong() {
    try {
      yield 5;
    } catch (error) {
      log.push(error);
    }
    return 'went on';
  });
  expect(made.switch()).toBe('went on');
  expect(log).toEqual([expect.any(TypeError)]);
  expect(String(log[0])).toContain('Cannot go on behind a yield in greenlet "wrong": it yielded number');
});

it('what is no generator function is refused', () => {
  for (const given of [undefined, null, 5, () => 1, async () => 1, async function* () {}]) {
    expect(() => greenlet(given as never)).toThrow(TypeError);
  }
  expect(() => greenlet(function* () {}, { parent: 5 as never })).toThrow(/as its parent: pass a greenlet/);
});
