import { expect, test } from 'vitest';
import { activeChildren, cpuCount, currentProcess, currentThread, identity, parentProcess } from './index.js';

test('PRC-09 cpuCount is an integer of at least 1', () => {
  expect(Number.isInteger(cpuCount())).toBe(true);
  expect(cpuCount()).toBeGreaterThanOrEqual(1);
});

test('PRC-05 the main program', () => {
  expect(currentProcess()).toEqual({ name: 'MainProcess', pid: process.pid, daemon: false });
  expect(currentThread()).toEqual({ name: 'MainThread', id: 0, isMain: true, daemon: false });
  expect(parentProcess()).toBeUndefined();
  expect(activeChildren()).toEqual([]);
  expect(identity()).toMatchObject({ kind: 'main', depth: 0, numbers: [] });
});
