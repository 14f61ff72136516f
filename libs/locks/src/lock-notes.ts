/**
 * Who holds which lock and who waits for which, in words that all threads share: what `debugLocks` looks at.
 *
 *     row   [ thread | kind | lock: 2 words | coroutine | those around it: 4 | owner's thread | length | text ... ]
 *
 * A row is its thread's from the claim of the first word until it sets it back to 0. The kind comes last and goes first, so
 * that nobody reads a row that is half written. A coroutine is a number of its thread, 0 is none.
 */
import type { Participant, Words } from '@interleave/memory';

/** What a row says: somebody holds, a coroutine waits, a thread is blocked. */
export type NoteKind = 'holds' | 'waits' | 'blocked';

/** One note. */
export interface Note {
  readonly kind: NoteKind;
  /** The lock, as two 32-bit numbers. */
  readonly lock: readonly [number, number];
  readonly coroutine: number;
  /** The coroutines whose bodies this one runs in; below 0, one that waits for it, which counts as the same. */
  readonly around: readonly number[];
  /** What it is called, who runs, and the stack. */
  readonly text: string;
}

/** A note that was read, by whom, and where it is. */
export interface NoteRead extends Note {
  readonly row: number;
  readonly thread: Participant;
}

const [THREAD, KIND, LOCK, COROUTINE, AROUND, OWNER, LENGTH, TEXT] = [0, 1, 2, 4, 5, 9, 10, 11];
const MOST_AROUND = OWNER - AROUND;
const TEXT_WORDS = 400;
const ROW = TEXT + TEXT_WORDS;
const ROWS = 256;
const kinds: readonly (NoteKind | undefined)[] = [undefined, 'holds', 'waits', 'blocked'];

/** The number of words of {@link LockNotes}. */
export const NOTES_LENGTH: number = ROWS * ROW;

/** See the overview. */
export class LockNotes {
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  /** The number of this thread. */
  self(): Participant {
    return this.#words.self();
  }

  /** Writes a note and returns its row; -1 when there is no room, and then nothing is found out. */
  write({ kind, lock, coroutine, around, text }: Note): number {
    const row = this.#claim();
    if (row < 0) return -1;
    const words = this.#words;
    words.store(row + LOCK, lock[0]);
    words.store(row + LOCK + 1, lock[1]);
    words.store(row + COROUTINE, coroutine);
    for (let at = 0; at < MOST_AROUND; at++) words.store(row + AROUND + at, around[at] ?? 0);
    words.store(row + OWNER, 0);
    const bytes = Buffer.alloc(TEXT_WORDS * 4);
    words.store(row + LENGTH, bytes.write(text));
    for (let at = 0; at * 4 < words.load(row + LENGTH); at++) words.store(row + TEXT + at, bytes.readInt32LE(at * 4));
    words.store(row + KIND, kinds.indexOf(kind));
    return row;
  }

  /** Notes who was seen to hold what the row waits for. */
  setOwner(row: number, owner: Participant): void {
    if (row >= 0) this.#words.store(row + OWNER, owner);
  }

  /** Takes a note away. */
  erase(row: number): void {
    if (row < 0) return;
    this.#words.store(row + KIND, 0);
    this.#words.store(row + THREAD, 0);
  }

  /** Takes away that somebody holds the lock, whoever wrote it. */
  eraseHolder(lock: Note['lock']): void {
    const held = this.holderOf(lock);
    if (held !== undefined) this.erase(held.row);
  }

  /** Who holds the lock, if they wrote it down. */
  holderOf(lock: Note['lock']): NoteRead | undefined {
    return this.#find((row) => kinds[this.#words.load(row + KIND)] === 'holds' && this.#isAbout(row, lock));
  }

  /**
   * The circle of waits that the row is part of: each waits for what the next one holds.
   *
   * @returns pairs of who waits and who holds it; undefined if somebody on the way can go on
   */
  circle(start: number): readonly (readonly [waits: NoteRead, holds: NoteRead])[] | undefined {
    const first = start < 0 ? undefined : this.#read(start);
    return first && this.#circleFrom(first, first, []);
  }

  #circleFrom(
    waits: NoteRead,
    first: NoteRead,
    before: readonly (readonly [NoteRead, NoteRead])[],
  ): readonly (readonly [NoteRead, NoteRead])[] | undefined {
    const holds = this.#holderFor(waits);
    if (holds === undefined) return undefined;
    const steps = [...before, [waits, holds] as const];
    // Two coroutines that were started in one breath look like one; a wait for oneself counts if it cannot be another.
    if (stopsBy(first, holds, steps.length > 1)) return steps;
    for (const next of this.#waiting()) {
      if (!stopsBy(next, holds, true) || steps.some(([seen]) => seen.row === next.row)) continue;
      const found = this.#circleFrom(next, first, steps);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** By the holder's note, or by the owner that was seen at the door: all that is known then is the thread. */
  #holderFor(waits: NoteRead): NoteRead | undefined {
    const noted = this.holderOf(waits.lock);
    const thread = this.#words.load(waits.row + OWNER);
    if (noted !== undefined && (thread === 0 || thread === noted.thread)) return noted;
    if (thread === 0) return undefined;
    return { row: -1, thread, kind: 'holds', lock: waits.lock, coroutine: 0, around: [], text: '' };
  }

  #waiting(): NoteRead[] {
    const found: NoteRead[] = [];
    this.#find((row) => {
      const kind = kinds[this.#words.load(row + KIND)];
      if ((kind === 'waits' || kind === 'blocked') && this.#words.isAlive(this.#words.load(row + THREAD))) {
        const note = this.#read(row);
        if (note !== undefined) found.push(note);
      }
      return false;
    });
    return found;
  }

  #find(fits: (row: number) => boolean): NoteRead | undefined {
    for (let row = 0; row < NOTES_LENGTH; row += ROW) {
      if (this.#words.load(row + THREAD) !== 0 && fits(row)) return this.#read(row);
    }
    return undefined;
  }

  #isAbout(row: number, lock: Note['lock']): boolean {
    return this.#words.load(row + LOCK) === lock[0] && this.#words.load(row + LOCK + 1) === lock[1];
  }

  #read(row: number): NoteRead | undefined {
    const words = this.#words;
    const kind = kinds[words.load(row + KIND)];
    const thread = words.load(row + THREAD);
    if (kind === undefined || thread === 0) return undefined;
    const bytes = Buffer.alloc(TEXT_WORDS * 4);
    const length = words.load(row + LENGTH);
    for (let at = 0; at * 4 < length; at++) bytes.writeInt32LE(words.load(row + TEXT + at), at * 4);
    const around = Array.from({ length: MOST_AROUND }, (_, at) => words.load(row + AROUND + at)).filter(Boolean);
    const lock = [words.load(row + LOCK), words.load(row + LOCK + 1)] as const;
    return {
      row,
      thread,
      kind,
      lock,
      coroutine: words.load(row + COROUTINE),
      around,
      text: bytes.toString('utf8', 0, length),
    };
  }

  /** A free row, or one whose thread has ended. */
  #claim(): number {
    const me = this.#words.self();
    for (let row = 0; row < NOTES_LENGTH; row += ROW) {
      if (this.#words.compareExchange(row, 0, me) === 0) return row;
    }
    for (let row = 0; row < NOTES_LENGTH; row += ROW) {
      const there = this.#words.load(row);
      if (this.#words.isAlive(there) || this.#words.compareExchange(row, there, me) !== there) continue;
      this.#words.store(row + KIND, 0);
      return row;
    }
    return -1;
  }
}

/** Whether a holder cannot go on because of that wait. */
function stopsBy(waits: NoteRead, holds: NoteRead, alsoItself: boolean): boolean {
  if (waits.thread !== holds.thread) return false;
  if (waits.kind === 'blocked') return true;
  if (holds.coroutine === 0) return false;
  if (waits.around.includes(holds.coroutine)) return true;
  return alsoItself && (waits.coroutine === holds.coroutine || waits.around.includes(-holds.coroutine));
}
