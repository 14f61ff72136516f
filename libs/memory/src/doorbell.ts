/**
 * Wakes the event loop of another thread or process: a pipe that the loop reads, and anybody can write to.
 *
 * It costs a write here and a turn of the loop there, 7 to 9 µs, and holds no thread. One bell serves all the waits of a
 * thread; which of them are over is in shared memory, so the bytes say nothing. Once opened, it stays until the thread
 * ends; it does not keep the process alive, a pending wait does.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import type { Libc } from './libc.js';

/** Where a bell is; a descriptor of 0 says that there is none. */
export interface BellPlace {
  readonly pid: number;
  readonly descriptor: number;
  /** The kernel's number of the pipe, cut to 32 bits. */
  readonly file: number;
}

/** Milliseconds between two looks for wake-ups whose sender was killed before it could ring. */
const LOOK_AGAIN = 50;

let own: BellPlace | undefined;
const pending = new Set<() => void>();
let keepAlive: NodeJS.Timeout | undefined;

/** The bell of this thread. */
export function ownBell(libc: Libc): BellPlace {
  if (own !== undefined) return own;
  const descriptor = libc.pipe();
  own = { pid: process.pid, descriptor, file: fstatSync(descriptor).ino | 0 };
  new Socket({ fd: descriptor, readable: true, writable: false }).on('data', lookNow).unref();
  return own;
}

/**
 * Calls `look` whenever the bell of this thread rings, and keeps the process alive until the returned function is called.
 */
export function onRing(look: () => void): () => void {
  pending.add(look);
  keepAlive ??= setInterval(lookNow, LOOK_AGAIN);
  return () => {
    pending.delete(look);
    if (pending.size > 0) return;
    clearInterval(keepAlive);
    keepAlive = undefined;
  };
}

function lookNow(): void {
  for (const each of [...pending]) each();
}

/** Open bells of others. */
const open = new Map<string, number>();
const MOST_OPEN = 64;

/** Rings a bell; false if nobody is there to hear it. */
export function ring(bell: BellPlace): boolean {
  if (bell.pid === own?.pid && bell.descriptor === own.descriptor && bell.file === own.file) {
    queueMicrotask(lookNow);
    return true;
  }
  const key = `${bell.pid} ${bell.descriptor} ${bell.file}`;
  const descriptor = open.get(key) ?? openBell(bell);
  if (descriptor === undefined) return false;
  open.set(key, descriptor);
  try {
    writeSync(descriptor, '.');
  } catch (error) {
    // A full pipe has rung already.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return true;
    open.delete(key);
    closeSync(descriptor);
    return false;
  }
  return true;
}

function openBell({ pid, descriptor, file }: BellPlace): number | undefined {
  if (open.size === MOST_OPEN) {
    for (const each of open.values()) closeSync(each);
    open.clear();
  }
  let opened: number | undefined;
  try {
    opened = openSync(`/proc/${pid}/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
    const found = fstatSync(opened);
    if (found.isFIFO() && (found.ino | 0) === file) return opened;
  } catch {
    // Ended.
  }
  if (opened !== undefined) closeSync(opened);
  return undefined;
}
