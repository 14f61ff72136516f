import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { kernelHas, kernelNumber, kernelSelf } from './kernel-threads.js';
import { canMapSegments } from './segment-words.js';

const started: ChildProcess[] = [];

async function start(count: number): Promise<ChildProcess[]> {
  const children = Array.from({ length: count }, () => spawn('sleep', ['60'], { stdio: 'ignore' }));
  started.push(...children);
  await Promise.all(children.map((child) => once(child, 'spawn')));
  return children;
}

const numbersOf = (children: readonly ChildProcess[]): number[] => children.map(({ pid }) => kernelNumber(pid!));
const openFiles = (): number => readdirSync('/proc/self/fd').length;

describe.skipIf(!canMapSegments())('on this system', () => {
  afterEach(async () => {
    const running = started.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    await Promise.all(running.map((child) => (child.kill('SIGKILL'), once(child, 'exit'))));
  });

  test('MEM-08 who has ended is nobody, even before its parent asks how', async () => {
    const [child] = (await start(1)) as [ChildProcess];
    const [number] = numbersOf([child]) as [number];
    expect([kernelHas(number), kernelHas(number), kernelHas(kernelSelf())]).toEqual([true, true, true]);
    child.kill('SIGKILL');
    // This thread does not return to its event loop, so nobody asks.
    const due = performance.now() + 5_000;
    while (kernelHas(number) && performance.now() < due);
    expect(kernelHas(number)).toBe(false);
    expect(child.signalCode).toBe(null);
    await once(child, 'exit');
    expect(kernelHas(number)).toBe(false);
  });

  test('MEM-08 a namesake that was started at another time is somebody else', async () => {
    const [number] = numbersOf(await start(1)) as [number];
    const others = Array.from({ length: 511 }, (_, tag) => (number & (2 ** 22 - 1)) | ((tag + 1) << 22));
    expect(others.filter(kernelHas)).toEqual([number]);
  });

  test('MEM-08 it keeps files of few, and of nobody who was seen to be dead', async () => {
    const children = await start(70);
    const numbers = numbersOf(children);
    const before = openFiles();
    for (let round = 0; round < 3; round++) expect(numbers.every(kernelHas)).toBe(true);
    expect(openFiles()).toBeGreaterThan(before);
    expect(openFiles()).toBeLessThanOrEqual(before + 64);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(numbers.filter(kernelHas)).toEqual([]);
    expect(openFiles()).toBeLessThanOrEqual(before);
  });
});
