/**
 * Who a thread is among all threads of all processes, and whether it lives: the kernel knows.
 *
 *     bits   30 .. 22   when it was started, mixed down to 1 .. 511
 *            21 ..  0   the kernel's number of the thread, which is below 2^22
 *
 * The kernel gives a number out again some time after its thread has ended, so the start time belongs to it: one in 511
 * such namesakes passes for the old one. Nothing is registered anywhere, so nothing is left of who was killed.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Participant } from './words.js';

const NUMBER_BITS = 22;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;

let own: Participant | undefined;

/** This thread. */
export function kernelSelf(): Participant {
  own ??= read();
  return own;
}

function read(): Participant {
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  return thread | (startTag(thread) << NUMBER_BITS);
}

/** Whether that thread still runs; takes 10 to 20 µs. */
export function kernelHas(participant: Participant): boolean {
  const tag = participant >>> NUMBER_BITS;
  return participant > 0 && tag !== 0 && startTag(participant & NUMBER_MASK) === tag;
}

/** 0 for a thread that has ended, or is none. */
function startTag(thread: number): number {
  let status: string;
  try {
    status = readFileSync(`/proc/${thread}/stat`, 'latin1');
  } catch {
    return 0;
  }
  // The second field is the program's name in brackets, and may hold blanks and brackets itself.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  // Ended, and nobody has asked for its exit code yet.
  if (state === 'Z' || state === 'X' || startTime === undefined) return 0;
  return Math.imul(Number(startTime), 0x9e3779b1) >>> (32 - 9) || 1;
}
