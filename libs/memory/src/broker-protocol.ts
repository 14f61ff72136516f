/**
 * What a broker and its clients say to each other: rows of 32-bit integers, little-endian, in frames of one length.
 *
 *     request    operation, row, index, two values, -        to the broker; each but HELLO and HEARD is answered
 *     answer     ANSWER, value   or   WOKEN, waiter          from the broker; answers come in the order of the requests
 *
 * A waiter that was woken is the broker's until the client has said that it HEARD of it: if the client dies in between,
 * the wake-up goes to the next.
 */

/** In words; the first request is HELLO, who it is, and the four words of the key. */
export const REQUEST_LENGTH = 6;
export const ANSWER_LENGTH = 2;

export const operations = {
  hello: 1,
  load: 2,
  store: 3,
  add: 4,
  exchange: 5,
  compareExchange: 6,
  notify: 7,
  /** `expected` and the waiter's number; 1 if it waits now, 0 if the word is another one. */
  wait: 8,
  /** The waiter's number; 1 if it had been woken before, 0 if it will not be any more. */
  leave: 9,
  /** The waiter's number. */
  heard: 10,
  isAlive: 11,
} as const;

export const [ANSWER, WOKEN] = [1, 2];

/** Stands for "all" in a request to notify. */
export const ALL = 2 ** 31 - 1;

const NOTHING: Buffer = Buffer.alloc(0);

/** Puts bytes together to frames of so many words. */
export function frameReader(length: number, take: (frame: Int32Array) => void): (bytes: Buffer) => void {
  const size = length * Int32Array.BYTES_PER_ELEMENT;
  let rest: Buffer = NOTHING;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let from = 0;
    for (; from + size <= rest.length; from += size) {
      const words = new Int32Array(length);
      for (let word = 0; word < length; word++)
        words[word] = rest.readInt32LE(from + word * Int32Array.BYTES_PER_ELEMENT);
      take(words);
    }
    rest = from === rest.length ? NOTHING : rest.subarray(from);
  };
}

/** The bytes of a frame. */
export function frame(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * Int32Array.BYTES_PER_ELEMENT);
  words.forEach((word, index) => bytes.writeInt32LE(word | 0, index * Int32Array.BYTES_PER_ELEMENT));
  return bytes;
}

/** What a broker is started with. */
export interface BrokerStart {
  readonly address: string;
  readonly key: readonly number[];
  /** Who is connected, and the maker; 0 is a free place. */
  readonly living: Int32Array;
  /** How many rows the broker knows; -1 until it listens, below that if it cannot. */
  readonly rows: Int32Array;
}

/**
 * Places in the memory that a client shares with the thread that calls. DESCRIPTOR is the socket's, or 0 where it has none
 * that can be written to; WRITING is 1 while the calling thread does so.
 */
export const [TURN, VALUE, STATE, BLOCKED, DESCRIPTOR, WRITING] = [0, 1, 2, 3, 4, 5];
export const CLIENT_LENGTH = 6;
/** Values of {@link STATE}. */
export const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];

/** What a client is started with. */
export interface ClientStart {
  readonly address: string;
  readonly key: readonly number[];
  readonly who: number;
  /**
   * The calling thread sleeps on TURN, which counts the answers; while it blocks in a wait, it sleeps on BLOCKED, which
   * holds the waiter's number until that is woken.
   */
  readonly shared: Int32Array;
}
