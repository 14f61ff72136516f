import { describe, expect, test } from 'vitest';
import { compareOutputs, withoutNumbers } from './compare.js';
import type { Output } from './outputs.js';

const stdout = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text });
const svg = (text: string): Output => ({ output_type: 'display_data', data: { 'image/svg+xml': text }, metadata: {} });

describe('exactly', () => {
  test('equal outputs have no difference', () => {
    expect(compareOutputs([stdout('a\n'), svg('<svg/>')], [stdout('a\n'), svg('<svg/>')], false)).toBeUndefined();
  });

  test('the first differing line is told with both versions', () => {
    expect(compareOutputs([stdout('a\nb 1\nc\n')], [stdout('a\nb 2\nc\n')], false)).toEqual({
      where: 'stdout',
      line: 2,
      saved: 'b 1',
      now: 'b 2',
    });
  });

  test('an output that is missing, or new, or of another kind', () => {
    expect(compareOutputs([stdout('a\n')], [], false)).toMatchObject({ saved: 'a', now: undefined });
    expect(compareOutputs([], [stdout('a\n')], false)).toMatchObject({ saved: undefined, now: 'a' });
    expect(compareOutputs([stdout('a\n')], [svg('<svg/>')], false)).toMatchObject({
      where: 'stdout, now image/svg+xml',
    });
  });

  test('of an error the name and the message count, not the stack', () => {
    const error = (evalue: string, line: string): Output => ({
      output_type: 'error',
      ename: 'RangeError',
      evalue,
      traceback: [line],
    });
    expect(compareOutputs([error('far', 'at a:1:1')], [error('far', 'at b:2:2')], false)).toBeUndefined();
    expect(compareOutputs([error('far', '')], [error('near', '')], false)).toMatchObject({ where: 'error' });
  });
});

describe('with the tag varies', () => {
  for (const [what, saved, now] of [
    ['numbers of any form', '1,234 tasks in 12.5 ms (-3e-5)', '987 tasks in 9 ms (+0.25)'],
    ['the length of bars', 'threads  ▇▇▇▇▇▇▏ 12\nprocesses ▇ 3', 'threads  ▇▇ 4\nprocesses ▇▇▇▇ 9'],
    ['a bar of no length', 'threads ▇▇ 12', 'threads  0'],
    ['bars of letters', '[####------] 40 %', '[#######---] 70 %'],
    ['the width of columns', 'a    9.5 ms\nb   10.2 ms', 'a 1009.5 ms\nb    1.2 ms'],
    ['numbers of a picture', '<path d="M10.5 20L-3 4Z" width="12"/>', '<path d="M1 2L33 44Z" width="120.5"/>'],
    ['numbers of a page', '<b style="width:12.5%">3</b>', '<b style="width:99%">14</b>'],
  ] as const) {
    test(`${what} may differ`, () => {
      expect(compareOutputs([stdout(saved)], [stdout(now)], true)).toBeUndefined();
      expect(compareOutputs([stdout(saved)], [stdout(now)], false)).toBeDefined();
    });
  }

  for (const [what, saved, now] of [
    ['words', 'threads took 5 ms', 'processes took 5 ms'],
    ['units', '5 ms', '5 s'],
    ['the number of lines', 'a 1\nb 2', 'a 1'],
    ['the number of elements', '<rect x="1"/><rect x="2"/>', '<rect x="1"/>'],
  ] as const) {
    test(`${what} may not`, () => {
      expect(compareOutputs([stdout(saved)], [stdout(now)], true)).toBeDefined();
    });
  }

  test('the difference that is told is not a number', () => {
    expect(compareOutputs([stdout('a 1\nb 2\n')], [stdout('a 9\nc 2\n')], true)).toMatchObject({
      line: 2,
      saved: 'b 2',
      now: 'c 2',
    });
  });

  test('the form without numbers is the same for every run', () => {
    expect(withoutNumbers('threads  ▇▇▇▇ 12.5 ms')).toBe(withoutNumbers('threads  ▇▇  9.75 ms'));
  });
});
