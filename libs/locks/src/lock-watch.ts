/**
 * One lock under `debugLocks`: writes down who takes it and who waits for it, and tells those that wait in a circle.
 */
import * as threads from 'node:worker_threads';
import { systemClock, type InvalidStateError, type StopTimer } from '@interleave/core';
import type { Participant } from '@interleave/memory';
import { deadlockError } from './debug-locks.js';
import { SLICE } from './gate.js';
import { numbersAround, type LockCoroutine } from './lock-coroutines.js';
import type { LockNotes, Note, NoteKind, NoteRead } from './lock-notes.js';

/** What a watch knows of its lock. */
export interface WatchedLock {
  /** The same text in all threads. */
  readonly id: string;
  readonly called: string;
  /** Who holds it; 0 if that is nobody. */
  owner(): Participant;
  /** Whether the numbers of owners are those of the notes, which processes have others for. */
  readonly sharesNumbers: boolean;
}

/** See the overview; made for each acquire. */
export class LockWatch {
  readonly #notes: LockNotes;
  readonly #lock: WatchedLock;
  readonly #key: Note['lock'];
  readonly #coroutine: LockCoroutine;
  readonly place: Error;
  #row = -1;
  #circle: string | undefined;
  #stopLook: StopTimer | undefined;

  /** @param place - whose stack says where the lock was asked for */
  constructor(notes: LockNotes, lock: WatchedLock, coroutine: LockCoroutine, place: Error) {
    this.#notes = notes;
    this.#lock = lock;
    this.#key = keyOf(lock.id);
    this.#coroutine = coroutine;
    this.place = place;
  }

  /** The caller has entered. */
  hold(): void {
    this.end();
    this.#notes.eraseHolder(this.#key);
    this.#write('holds');
  }

  /** The caller begins to wait. */
  begin(kind: 'waits' | 'blocked'): void {
    this.#row = this.#write(kind);
  }

  /** The caller waits no longer. */
  end(): void {
    this.#stopLook?.();
    this.#notes.erase(this.#row);
    this.#row = -1;
  }

  /** Calls `found` when the caller waits in a circle. */
  listen(found: (error: InvalidStateError) => void): void {
    this.#stopLook = systemClock.setTimer(SLICE, () => {
      const error = this.look(this.#lock.owner());
      if (error === undefined) this.listen(found);
      else found(error);
    });
  }

  /** Once a slice: the error, when the same circle is there for the second time. */
  look(owner: Participant): InvalidStateError | undefined {
    this.#notes.setOwner(this.#row, this.#lock.sharesNumbers ? owner : 0);
    const circle = this.#notes.circle(this.#row);
    const before = this.#circle;
    this.#circle = circle && sentence(circle);
    if (circle === undefined || this.#circle !== before) return undefined;
    return deadlockError(`Cannot acquire ${this.#lock.called}: ${before}`, places(circle));
  }

  #write(kind: NoteKind): number {
    const { number } = this.#coroutine;
    const stack = (this.place.stack ?? '').split('\n').slice(1).join('\n');
    const text = `${this.#lock.called}\n${workerName()}\n${stack}`;
    return this.#notes.write({
      kind,
      lock: this.#key,
      coroutine: number,
      around: numbersAround(this.#coroutine),
      text,
    });
  }
}

/** The frames of a stack that are locks' own. */
const OWN =
  /[\\/]locks[\\/](?:dist[\\/][^\\/]+\.js|src[\\/](?:[a-z]+-)?(?:lock|rlock|condition|coroutines|watch)\.ts)|node:async_hooks/;

/** An error whose stack is that of whoever called the lock. */
export function placeOf(message: string): Error {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = before + 12;
  const place = new Error(message);
  Error.stackTraceLimit = before;
  place.stack =
    place.stack
      ?.split('\n')
      .filter((line) => !OWN.test(line))
      .join('\n') ?? '';
  return place;
}

/** Nobody holds the lock any more. */
export function forgetHolder(notes: LockNotes, id: string): void {
  notes.eraseHolder(keyOf(id));
}

type Circle = readonly (readonly [waits: NoteRead, holds: NoteRead])[];

function sentence(circle: Circle): string {
  return circle
    .map(([waits, holds]) => {
      const who = `${waits.kind === 'waits' ? 'a coroutine of ' : ''}${threadOf(waits)}`;
      return `${who} waits for ${lockOf(waits)} of ${threadOf(holds)}`;
    })
    .join(', ');
}

/** An error whose stack is the stacks of all in the circle. */
function places(circle: Circle): Error {
  const report = circle.map(([waits, holds], at) => {
    const [next] = circle[(at + 1) % circle.length]!;
    return [
      `${threadOf(holds)} took ${lockOf(waits)} here:\n${stackOf(holds)}`,
      `and waits for ${lockOf(next)} here:\n${stackOf(next)}`,
    ].join('\n');
  });
  const error = new Error(report.join('\n'));
  error.stack = `Error: ${error.message}`;
  return error;
}

function threadOf({ thread, text }: NoteRead): string {
  const name = text.split('\n')[1];
  return `thread ${thread - 1}${name ? ` (${name})` : ''}`;
}

function lockOf({ text }: NoteRead): string {
  return text.split('\n')[0]!;
}

function stackOf({ text }: NoteRead): string {
  return text.split('\n').slice(2).join('\n') || '    (unknown)';
}

/** As `workers` or Node named this thread; empty if neither did. */
function workerName(): string {
  const identity = Symbol.for('@interleave/workers.identity');
  const named = (globalThis as { [key: symbol]: { readonly name?: string } | undefined })[identity]?.name;
  return named ?? (threads as { readonly threadName?: string }).threadName ?? '';
}

/** 64 bits of a random id. */
function keyOf(id: string): Note['lock'] {
  const digits = Buffer.from(id.replaceAll('-', ''), 'hex');
  return [digits.readInt32LE(0), digits.readInt32LE(4)];
}
