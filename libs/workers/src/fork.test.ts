import { SerializationError } from '@interleave/core';
import { expectNothingLeft } from '@interleave/testing';
import { activeChildren, currentProcess, fork } from '@interleave/workers';
import { beforeAll, expect, test } from 'vitest';
import { note, notes } from './fixtures/notes.js';

beforeAll(async () => {
  // What is made once and kept: the timer that holds programs, the inspector's session.
  const word = 'warm';
  await fork(() => word).join();
});

test('fork goes on in a new process with copies of what the function reaches', () =>
  expectNothingLeft(async () => {
    const paper = notes();
    const data = { sum: 1 };
    const add = (n: number): number => (data.sum += n);
    const child = fork(() => note(paper.file, [add(1), currentProcess().name, process.pid]), { name: 'branch' });
    data.sum = 100;
    expect(child.isAlive()).toBe(true);
    expect(activeChildren()).toContain(child);
    await child.join();
    expect(child.exitCode).toBe(0);
    expect(paper.read()).toEqual([[2, 'branch', child.pid]]);
    expect(data.sum).toBe(100);
    paper.close();
  }));

test('fork takes a flag, and refuses at once what cannot go along', async () => {
  const daemon = fork(() => new Promise(() => {}), { daemon: true });
  expect(daemon.daemon).toBe(true);
  await daemon.kill();
  const socket = Promise.resolve();
  expect(() => fork(() => socket)).toThrow(SerializationError);
  expect(() => fork(undefined as never)).toThrow(TypeError);
  expect(() => fork(5 as never)).toThrow(TypeError);
  expect(activeChildren()).toEqual([]);
});
