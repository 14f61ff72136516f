import { SerializationError } from '@interleave/core';
import { openWords } from './open-words.js';
import { processWords } from './process-words.js';
import { RemoteWords } from './remote-words.js';
import { mostLooks } from './spin.js';
import { threadWords } from './thread-words.js';
import type { Words, WordsHandle } from './words.js';

/** Where the words of a lock, an event or a queue are: made for it, or a part of somebody's. */
export interface Home {
  readonly words: Words;
  /** The index of the first word. */
  readonly at: number;
  /** How often a thread that has to wait looks again at most before it goes to sleep; see {@link Spin}. */
  readonly spin: number;
}

/** Options of everything that is made of words: who shares it, and what it is called. */
export interface SharedOptions {
  /** Who can share it: `threads` of this process (the default), or `processes` of this machine. */
  readonly scope?: 'threads' | 'processes' | undefined;
  /** A name for messages and pictures. */
  readonly name?: string | undefined;
  /** Words to be used instead of new ones, all 0: for many small locks in one row, or for the explorer of `testing`. */
  readonly words?: Words | undefined;
  /** The index in `words` of the first that is used. Default: 0. */
  readonly at?: number | undefined;
  /**
   * How often at most a thread that has to wait looks again before it sleeps; it learns from its waits how often that pays.
   * Default: 10,000, some 80 µs; 0 for given `words`, or on one core.
   */
  readonly spin?: number | undefined;
}

/** A home on its way. */
export interface HomeHandle {
  readonly words: WordsHandle;
  readonly at: number;
  readonly spin: number;
}

/**
 * Finds or makes the words.
 *
 * @param length - how many
 * @throws {TypeError} if the scope is none
 * @throws {RangeError} if `words` has not so many from `at` on
 */
export function findHome(options: SharedOptions, length: number): Home {
  const { scope = 'threads', words, at = 0, spin } = options;
  if (scope !== 'threads' && scope !== 'processes') {
    throw new TypeError(`Cannot share with ${String(scope)}: scope is 'threads' or 'processes'`);
  }
  if (words !== undefined) {
    if (!Number.isInteger(at) || at < 0 || at + length > words.length) {
      throw new RangeError(`Cannot use ${length} words from ${at}: there are ${words.length}`);
    }
    return { words, at, spin: spin ?? 0 };
  }
  return { words: newWords(scope, length), at: 0, spin: spin ?? mostLooks() };
}

function newWords(scope: 'threads' | 'processes', length: number): Words {
  return scope === 'threads' ? threadWords(length) : processWords(length);
}

/**
 * What to send for a home.
 *
 * @param ground - where it goes
 * @param what - whose home it is, for the message
 * @throws {SerializationError} if the words cannot be shared there
 */
export function sendHome(home: Home, ground: 'thread' | 'process', what: string): HomeHandle {
  const words = home.words.handle();
  if (ground === 'process' && words.ground === 'threads') {
    throw new SerializationError(`${what} is shared by threads only; make it with { scope: 'processes' }`);
  }
  return { words, at: home.at, spin: home.spin };
}

/** The same words on the other side. */
export function openHome(handle: HomeHandle): Home {
  const words = openWords(handle.words);
  // A look that is a message to a broker takes as long as to be woken.
  return { words, at: handle.at, spin: words instanceof RemoteWords ? 0 : handle.spin };
}
