import { expect, test } from 'vitest';
import { floors, reservedNames, sides } from './layers.js';

const libs = floors.flat();

test('a lib has one place', () => {
  const all = [...libs, ...Object.keys(sides)];
  expect(new Set(all).size).toBe(all.length);
});

test('side rooms stand on libs that exist', () => {
  for (const [side, needs] of Object.entries(sides)) {
    for (const need of needs) expect(libs, `${side} needs ${need}`).toContain(need);
  }
});

test('what to use instead of a reserved name is a lib', () => {
  for (const { instead } of reservedNames) expect(libs).toContain(instead);
});
