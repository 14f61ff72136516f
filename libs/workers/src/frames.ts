/**
 * How messages go through the pipes of a process: each as a frame, in the cheaper of two forms.
 *
 *     text      a list as JSON, then a line feed, which JSON never holds
 *     binary    1, the length as 32 bits, then what `v8.serialize` makes: structured clone of anything
 *
 * Tasks and results are flat lists nearly always. JSON writes and reads one in 1.5 µs, where a serializer of V8 takes 10,
 * most of it to make and to collect the serializer itself; plain data takes two thirds of the time. Node's own channel has
 * one form for all messages, and calls back in a turn of its own for each; with all that a task there and back took twice
 * the processor time.
 */
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { fromText, toText } from './json-frame.js';

/** The first byte of a binary frame; a text begins with a bracket or a brace. */
const BINARY = 1;
/** The bytes in front of a binary frame's contents. */
const PREFIX = 5;
const LINE_FEED = 10;
const prefix = Buffer.from([BINARY, 0, 0, 0, 0]);

/**
 * Writes a message.
 *
 * @internal
 * @returns a text to be written as UTF-8, or bytes
 * @throws the structured-clone error if the message cannot be sent
 */
export function toFrame(message: unknown): string | Buffer {
  if (Array.isArray(message)) {
    const text = toText(message);
    if (text !== undefined) return `${text}\n`;
  }
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(prefix);
  serializer.writeHeader();
  serializer.writeValue(message);
  const frame = serializer.releaseBuffer();
  frame.writeUInt32LE(frame.length - PREFIX, 1);
  return frame;
}

type View = ArrayBufferView<ArrayBuffer>;

/** Node's own lets a view lie on the frame, or on memory that it has for buffers of all kinds: `view.buffer` shows all that. */
class FrameDeserializer extends DefaultDeserializer {
  _readHostObject(): View {
    const view = readView.call(this);
    const { buffer, byteOffset, byteLength } = view;
    // Of a Buffer that is nothing new.
    if (byteLength === buffer.byteLength || Buffer.isBuffer(view)) return view;
    const Constructor = view.constructor as new (memory: ArrayBuffer) => View;
    return new Constructor(buffer.slice(byteOffset, byteOffset + byteLength));
  }
}

const { _readHostObject: readView } = DefaultDeserializer.prototype as unknown as {
  _readHostObject: (this: DefaultDeserializer) => View;
};

/**
 * Puts the frames together again from the pieces in which they arrive.
 *
 * @internal
 */
export class FrameReader {
  readonly #receive: (message: unknown) => void;
  /** The beginning of a frame whose end has not arrived. */
  #text: Buffer[] = [];
  #binary: Buffer | undefined;
  /** How much of {@link #binary} is there. */
  #filled = 0;

  /** @param receive - called for each message, in order; what it throws is thrown later and keeps no other back */
  constructor(receive: (message: unknown) => void) {
    this.#receive = receive;
  }

  /** Takes the next piece; the buffer may be used for something else afterwards. */
  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#binary !== undefined) at = this.#fill(this.#binary, piece, at);
      else if (this.#text.length > 0) at = this.#goOn(piece, at);
      else if (piece[at] === BINARY) at = this.#begin(piece, at);
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
    if (this.#text[0]?.[0] === BINARY) {
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
    // Memory of its own: what is read from it may refer to it.
    this.#binary = Buffer.allocUnsafeSlow(piece.readUInt32LE(at + 1));
    this.#filled = 0;
    return at + PREFIX;
  }

  #fill(frame: Buffer, piece: Buffer, at: number): number {
    const end = at + piece.copy(frame, this.#filled, at);
    this.#filled += end - at;
    if (this.#filled === frame.length) {
      this.#binary = undefined;
      this.#hand(() => {
        const deserializer = new FrameDeserializer(frame);
        deserializer.readHeader();
        return deserializer.readValue() as unknown;
      });
    }
    return end;
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
