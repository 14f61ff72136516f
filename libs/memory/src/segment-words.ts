import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { onAbort, systemClock } from '@interleave/core';
import { AtomicWords, checkLength } from './atomic-words.js';
import { onRing } from './doorbell.js';
import { kernelHas, kernelSelf } from './kernel-threads.js';
import { libc } from './libc.js';
import { registerGround } from './open-words.js';
import { allocate, mappedSegments, open, type Place, type Segment } from './segment.js';
import { letTravel } from './shared-words.js';
import { Waiters } from './waiters.js';
import type { Participant, WaitAsyncOptions, WaitResult, Words, WordsHandle } from './words.js';

const GROUND = 'segment';

interface SegmentWordsHandle extends WordsHandle {
  readonly place: Place;
}

/** Whether words can lie in a segment here: on Linux, with koffi. */
export function canMapSegments(): boolean {
  return libc() !== undefined;
}

/**
 * Words in a segment of memory that processes share.
 *
 * @throws {NotSupportedError} where {@link canMapSegments} says no
 */
export function segmentWords(length: number): Words {
  checkLength(length);
  const { segment, place } = allocate(length);
  return new SegmentWords(segment, place);
}

const waiters = new Map<Segment, Waiters>();

function waitersOf(segment: Segment): Waiters {
  let found = waiters.get(segment);
  if (found === undefined) waiters.set(segment, (found = new Waiters(segment)));
  return found;
}

/** The wait in which this thread blocks. Ctrl-C in a notebook leaves it without a `finally`. */
let blocked: { readonly waiters: Waiters; readonly waiter: number; readonly word: number } | undefined;

class SegmentWords extends AtomicWords implements Words {
  static {
    letTravel(this);
  }

  readonly #place: Place;
  readonly #waiters: Waiters;

  constructor(segment: Segment, place: Place) {
    super(segment.words.subarray(place.first, place.first + place.length));
    this.#place = place;
    this.#waiters = waitersOf(segment);
  }

  wait(index: number, expected: number, timeout = Infinity): WaitResult {
    if (this.load(index) !== (expected | 0)) return 'not-equal';
    if (timeout <= 0) return 'timed-out';
    leaveAbandoned();
    const due = systemClock.now() + timeout;
    const word = this.#place.first + index;
    const waiter = this.#waiters.enter(word, expected | 0, 'blocks');
    if (waiter === 0) return 'not-equal';
    blocked = { waiters: this.#waiters, waiter, word };
    let left = timeout;
    while (left > 0 && !this.#waiters.isWoken(waiter)) {
      this.#waiters.sleep(waiter, left);
      left = due - systemClock.now();
    }
    blocked = undefined;
    return this.#waiters.leave(waiter) ? 'ok' : 'timed-out';
  }

  waitAsync(index: number, expected: number, options: WaitAsyncOptions = {}): WaitResult | Promise<WaitResult> {
    const { timeout = Infinity, signal } = options;
    if (this.load(index) !== (expected | 0)) return 'not-equal';
    if (timeout <= 0 || signal?.aborted) return 'timed-out';
    const waiter = this.#waiters.enter(this.#place.first + index, expected | 0, 'listens');
    if (waiter === 0) return 'not-equal';
    return new Promise((resolve) => {
      const end = (): void => {
        stopListening();
        stopTimer();
        stopHearing?.();
        resolve(this.#waiters.leave(waiter) ? 'ok' : 'timed-out');
      };
      const stopListening = onRing(() => {
        if (this.#waiters.isWoken(waiter)) end();
      });
      const stopTimer = systemClock.setTimer(timeout, end);
      const stopHearing = signal && onAbort(signal, end);
    });
  }

  notify(index: number, count = Infinity): number {
    // Asks for the range of the index, too.
    this.load(index);
    return this.#waiters.wake(this.#place.first + index, count);
  }

  self(): Participant {
    return kernelSelf();
  }

  isAlive(participant: Participant): boolean {
    return kernelHas(participant);
  }

  handle(): WordsHandle {
    const handle: SegmentWordsHandle = { ground: GROUND, place: this.#place };
    return handle;
  }
}

/** A wake-up that reached a wait whose thread was torn out of it goes to the next. */
function leaveAbandoned(): void {
  if (blocked === undefined) return;
  const { waiters: queue, waiter, word } = blocked;
  blocked = undefined;
  if (queue.leave(waiter)) queue.wake(word, 1);
}

registerGround(GROUND, (handle) => {
  const { place } = handle as SegmentWordsHandle;
  return new SegmentWords(open(place), place);
});

if (isMainThread) {
  process.on('exit', () => {
    for (const segment of mappedSegments()) waitersOf(segment).stirOwn();
  });
}
