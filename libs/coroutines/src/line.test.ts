import { expect, test } from 'vitest';
import { Line } from './line.js';

test('items come out in their order, but for those that left, whoever they stood beside', () => {
  const names = ['a', 'b', 'c', 'd'];
  for (let leaving = 0; leaving < 2 ** names.length; leaving++) {
    const line = new Line<string>();
    const leaves = names.map((name) => line.push(name));
    const gone = names.filter((_, at) => leaving & (1 << at));
    for (const name of [...gone, ...gone]) leaves[names.indexOf(name)]?.();
    const rest = names.filter((name) => !gone.includes(name));
    expect([line.size, line.first]).toEqual([rest.length, rest[0]]);
    expect(Array.from({ length: rest.length + 1 }, () => line.shift())).toEqual([...rest, undefined]);
    for (const leave of leaves) leave();
    line.push('e');
    expect([line.size, line.shift(), line.size]).toEqual([1, 'e', 0]);
  }
});

test('a line of 100,000 is as quick as a short one', () => {
  const line = new Line<number>();
  const leaves = Array.from({ length: 100_000 }, (_, at) => line.push(at));
  for (let at = 0; at < 100_000; at += 2) leaves[at]?.();
  let sum = 0;
  for (let item = line.shift(); item !== undefined; item = line.shift()) sum += item;
  expect([sum, line.size]).toEqual([50_000 ** 2, 0]);
});
