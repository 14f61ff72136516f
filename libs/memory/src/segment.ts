/**
 * One piece of memory that processes share, and the rows of words in it.
 *
 *     [ magic | counters ] [ durations ] [ queues ] [ waiters ] [ row | row | row | free ........ ]
 *
 * A segment has no path, only its owner's descriptor: others open `/proc/<pid>/fd/<descriptor>` and check that it is the
 * file they were told of. So the kernel frees it when the last process that mapped it has ended, however it ended, and
 * there is nothing to sweep. Tried instead: a file in `/dev/shm` with its owner's name, which a crash leaves behind until
 * somebody comes and looks. Its size is sealed, since touching memory that was cut off ends a process.
 *
 * A mapping is never taken away again, because nobody knows who still looks at it, and a look would end the process. For
 * the same reason words are never given out twice: their handles may be anywhere.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { NotSupportedError, SharedMemoryNotFoundError } from '@interleave/core';
import { libc, type Address, type Libc } from './libc.js';

/** How many waiters a segment has room for. Room that was never used takes no memory. */
export const WAITERS = 16_384;
export const QUEUES = 256;
/** In words. */
export const QUEUE_SIZE = 4;
export const WAITER_SIZE = 8;

const MAGIC = 0x77_6f_72_64;
/** Places of the header, in words. */
export const [TICKETS, MOST_WAITERS] = [1, 2];
const DURATIONS = 16;
export const FIRST_QUEUE = 64;
export const FIRST_WAITER = FIRST_QUEUE + QUEUES * QUEUE_SIZE;
const FIRST_ROW = FIRST_WAITER + WAITERS * WAITER_SIZE;

const WORD = Int32Array.BYTES_PER_ELEMENT;
const SIZE = 2 ** 20;
/** With segments of a megabyte, some eight million words; a row that is longer has one of its own. */
const MOST_SEGMENTS = 64;

/**
 * Milliseconds that a thread sleeps in one piece, the longest first. They lie in the segment and never change: a thread
 * that is ended may leave the kernel looking at its duration, and memory of JavaScript would be gone by then.
 */
const SLICES = [50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1] as const;

/** Where a row is. Plain numbers, so that it goes through JSON. */
export interface Place {
  readonly pid: number;
  readonly descriptor: number;
  /** The kernel's number of the file: a process id or a descriptor may come to mean another one. */
  readonly file: number;
  readonly size: number;
  /** The index of the row's first word. */
  readonly first: number;
  readonly length: number;
}

type SegmentId = Pick<Place, 'pid' | 'descriptor' | 'file' | 'size'>;

/** A segment as this thread has it mapped. */
export class Segment {
  /** All of it. */
  readonly words: Int32Array;
  readonly libc: Libc;
  readonly #id: SegmentId;
  readonly #address: Address;
  #free = FIRST_ROW;

  constructor(id: SegmentId, address: Address, c: Libc) {
    this.libc = c;
    this.words = new Int32Array(c.view(address, id.size));
    this.#id = id;
    this.#address = address;
  }

  /** Room for a row, in this segment of this thread; undefined if there is too little left. */
  take(length: number): Place | undefined {
    if (this.#free + length > this.words.length) return undefined;
    const first = this.#free;
    this.#free += length;
    return { ...this.#id, first, length };
  }

  addressOf(word: number): Address {
    return this.#address + word * WORD;
  }

  /** Sleeps while the word is `value`; at most 50 ms, and about `left` milliseconds if that is less. */
  sleep(word: number, value: number, left: number): void {
    const fits = SLICES.findIndex((slice) => slice <= left);
    const slice = fits === -1 ? SLICES.length - 1 : fits;
    this.libc.futexWait(this.addressOf(word), value, this.addressOf(DURATIONS + slice * 4));
  }
}

const mapped = new Map<string, Segment>();
const own: Segment[] = [];

/** The segments that this thread has mapped. */
export function mappedSegments(): IterableIterator<Segment> {
  return mapped.values();
}

/**
 * Room for a row of words that are 0.
 *
 * @throws {RangeError} when this thread has made some eight million words
 */
export function allocate(length: number): { readonly segment: Segment; readonly place: Place } {
  const latest = own.at(-1);
  const place = latest?.take(length);
  if (latest !== undefined && place !== undefined) return { segment: latest, place };
  if (own.length === MOST_SEGMENTS) {
    throw new RangeError(`Cannot make ${length} words: this thread has made ${MOST_SEGMENTS} segments; reuse words`);
  }
  const made = create(Math.ceil(Math.max(SIZE, (FIRST_ROW + length) * WORD) / SIZE) * SIZE);
  own.push(made);
  return { segment: made, place: made.take(length)! };
}

function create(size: number): Segment {
  const c = needed();
  const descriptor = c.memoryFile(`interleave-${process.pid}-${own.length}`, size);
  const id = { pid: process.pid, descriptor, file: fstatSync(descriptor).ino, size };
  const segment = new Segment(id, c.map(descriptor, size), c);
  const durations = new BigInt64Array(segment.words.buffer, DURATIONS * WORD, SLICES.length * 2);
  SLICES.forEach((slice, index) => (durations[index * 2 + 1] = BigInt(slice * 1e6)));
  Atomics.store(segment.words, 0, MAGIC);
  mapped.set(keyOf(id), segment);
  return segment;
}

/**
 * The segment that a place is in.
 *
 * @throws {SharedMemoryNotFoundError} if its owner has ended
 */
export function open(place: Place): Segment {
  const known = mapped.get(keyOf(place));
  if (known !== undefined) return known;
  const c = needed();
  const descriptor = openFile(place);
  try {
    const segment = new Segment(place, mappedAt(place.file) ?? c.map(descriptor, place.size), c);
    mapped.set(keyOf(place), segment);
    return segment;
  } finally {
    closeSync(descriptor);
  }
}

function openFile({ pid, descriptor, file, size }: Place): number {
  let opened: number | undefined;
  try {
    opened = openSync(`/proc/${pid}/fd/${descriptor}`, 'r+');
    const found = fstatSync(opened);
    if (found.ino === file && found.size === size) return opened;
  } catch {
    // Ended, or nothing that this process may see.
  }
  if (opened !== undefined) closeSync(opened);
  throw new SharedMemoryNotFoundError(
    `Cannot open words of process ${pid}: it has ended, or runs as another user; keep it alive while others begin`,
  );
}

/**
 * Where another thread of this process has mapped the file already; else every thread that comes and goes would leave a
 * mapping behind. The kernel's list is the one list that all threads see.
 */
function mappedAt(file: number): Address | undefined {
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [range = '', , from, , inode, path] = line.split(/\s+/);
    if (Number(inode) !== file || Number(from) !== 0 || !path?.startsWith('/memfd:interleave-')) continue;
    return parseInt(range, 16);
  }
  return undefined;
}

function keyOf({ pid, descriptor, file }: SegmentId): string {
  return `${pid} ${descriptor} ${file}`;
}

function needed(): Libc {
  const c = libc();
  if (c !== undefined) return c;
  throw new NotSupportedError('Cannot share a segment of memory: that needs Linux and the package koffi; install it');
}
