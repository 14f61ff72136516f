/**
 * How messages go through the pipes of a process: each as a frame, in the cheapest of three forms.
 *
 *     text      a list or a plain object as JSON, then a line feed, which JSON never holds
 *     binary    1, the length as 32 bits, then a structured clone of anything
 *     apart     2, the length as 32 bits, a structured clone without its large views, then their bytes
 *
 * Tasks and results are flat lists nearly always. JSON writes and reads one in 1.5 µs, where a serializer of V8 takes 10,
 * most of it to make and to collect the serializer itself; plain data takes two thirds of the time. Node's own channel has
 * one form for all messages, and calls back in a turn of its own for each; with all that a task there and back took twice
 * the processor time. A process that gets nothing but texts comes up 0.8 ms sooner: it does not load that serializer.
 */
import type { Writable } from 'node:stream';
import { readClone, writeClone } from './clone.js';
import { fromText, toText } from './json-frame.js';
import { giveBack } from './spare-memory.js';

/** The first byte of a frame that is no text; a text begins with a bracket or a brace. */
const BINARY = 1;
const APART = 2;
/** The bytes in front of the clone. */
const PREFIX = 5;
const LINE_FEED = 10;
const prefix = Buffer.from([BINARY, 0, 0, 0, 0]);

/** A message as it is written: a text as UTF-8, or bytes; what follows the first bytes is for `giveBack` afterwards. */
type Frame = string | readonly [clone: Buffer, ...apart: Buffer[]];

/**
 * Makes a message ready to be written.
 *
 * @internal
 * @param ownLists - see `StartWorkerOptions`
 * @throws the structured-clone error if the message cannot be sent
 */
export function toFrame(message: unknown, ownLists: boolean): Frame {
  if (typeof message === 'object' && message !== null) {
    const text = toText(message, ownLists);
    if (text !== undefined) return `${text}\n`;
  }
  const { clone, apart } = writeClone(message, prefix);
  if (apart.length > 0) clone[0] = APART;
  clone.writeUInt32LE(clone.length - PREFIX, 1);
  return [clone, ...apart];
}

/**
 * Writes a message into a pipe; of it no later change is seen. One that has ended takes nothing.
 *
 * @internal
 * @param ownLists - see `StartWorkerOptions`
 * @param done - called when it has gone out, or never will
 * @throws the structured-clone error if the message cannot be sent; nothing was written then
 */
export function writeFrame(pipe: Writable, message: unknown, ownLists: boolean, done?: () => void): void {
  const frame = toFrame(message, ownLists);
  if (!pipe.writable) done?.();
  else if (typeof frame === 'string') pipe.write(frame, done);
  else if (frame.length === 1) pipe.write(frame[0], done);
  else {
    const [clone, ...apart] = frame;
    // In one call of the system, as far as there is room.
    pipe.cork();
    pipe.write(clone);
    apart.forEach((bytes, at) => {
      pipe.write(bytes, (error) => {
        if (!error) giveBack(bytes);
        if (at === apart.length - 1) done?.();
      });
    });
    pipe.uncork();
  }
}

/**
 * Puts the frames together again from the pieces in which they arrive.
 *
 * @internal
 */
export class FrameReader {
  readonly #receive: (message: unknown) => void;
  /** The beginning of a frame whose end has not arrived. */
  #text: Buffer[] = [];
  /** A clone, or one of the views that lie apart, and how much of it is there. */
  #bytes: Buffer | undefined;
  #filled = 0;
  /** Whether large views come after the clone. */
  #divided = false;
  /** What was read already, and what of it comes after {@link #bytes}. */
  #open: { readonly value: unknown; readonly apart: readonly Buffer[]; next: number } | undefined;

  /** @param receive - called for each message, in order; what it throws is thrown later and keeps no other back */
  constructor(receive: (message: unknown) => void) {
    this.#receive = receive;
  }

  /** Takes the next piece; the buffer may be used for something else afterwards. */
  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#bytes !== undefined) at = this.#fill(this.#bytes, piece, at);
      else if (this.#text.length > 0) at = this.#goOn(piece, at);
      else if (isBinary(piece[at])) at = this.#begin(piece, at);
      else at = this.#line(piece, at);
    }
  }

  /** A text that begins here. */
  #line(piece: Buffer, at: number): number {
    const end = piece.indexOf(LINE_FEED, at);
    if (end === -1) return this.#keep(piece, at);
    this.#hand(() => fromText(piece.toString('utf8', at, end)));
    return end + 1;
  }

  /** More of what has begun: a text, or a binary frame whose length is not whole yet. */
  #goOn(piece: Buffer, at: number): number {
    if (isBinary(this.#text[0]?.[0])) {
      const start = Buffer.concat(this.#text);
      this.#text = [];
      const missing = PREFIX - start.length;
      const head = Buffer.concat([start, piece.subarray(at, at + missing)]);
      if (head.length < PREFIX) return this.#keep(head, 0) && piece.length;
      this.#begin(head, 0);
      return at + missing;
    }
    const end = piece.indexOf(LINE_FEED, at);
    if (end === -1) return this.#keep(piece, at);
    const whole = Buffer.concat([...this.#text, piece.subarray(at, end)]);
    this.#text = [];
    this.#hand(() => fromText(whole.toString('utf8')));
    return end + 1;
  }

  /** A binary frame that begins here. */
  #begin(piece: Buffer, at: number): number {
    if (piece.length - at < PREFIX) return this.#keep(piece, at);
    this.#divided = piece[at] === APART;
    // Memory of its own: what is read from it may refer to it.
    this.#bytes = Buffer.allocUnsafeSlow(piece.readUInt32LE(at + 1));
    this.#filled = 0;
    return at + PREFIX;
  }

  #fill(bytes: Buffer, piece: Buffer, at: number): number {
    const end = at + piece.copy(bytes, this.#filled, at);
    this.#filled += end - at;
    if (this.#filled === bytes.length) this.#whole(bytes);
    return end;
  }

  /** Looks for the next bytes of the message, or hands it on. */
  #whole(bytes: Buffer): void {
    this.#filled = 0;
    if (this.#open === undefined && this.#divided) this.#open = { ...readClone(bytes), next: 0 };
    const open = this.#open;
    this.#bytes = open?.apart[open.next++];
    if (this.#bytes !== undefined) return;
    this.#open = undefined;
    this.#hand(() => (open ?? readClone(bytes)).value);
  }

  #keep(piece: Buffer, at: number): number {
    this.#text.push(Buffer.from(piece.subarray(at)));
    return piece.length;
  }

  #hand(read: () => unknown): void {
    try {
      this.#receive(read());
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

function isBinary(first: number | undefined): boolean {
  return first === BINARY || first === APART;
}
