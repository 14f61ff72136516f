/**
 * Who waits for which word of a segment, in the order they came, whether they block or have an event loop.
 *
 *     queue    [ lock | first | last | - ]                               one for every 256th word
 *     waiter   [ state | word | next | ticket | who | bell: pid, descriptor, file ]
 *
 * A waiter sleeps on its own `state`, so it may wake up in slices and keeps its place. The kernel's queue of a futex would
 * lose it with every slice, and knows nothing of event loops.
 *
 * Invariants: a waiter is in its queue exactly while it is WAITING and nobody holds the lock; whoever sets WOKEN takes it
 * out; whoever entered it frees it. Every step is written so that a kill in the middle leaves a state from which
 * {@link Waiters.#rebuild} makes a good queue again: what is WAITING belongs in, by ticket, the rest does not.
 *
 * No wake-up is lost between a look at the word and the sleep: the waiter stands in the queue before it looks, and
 * `wake` comes after the store. One of the two sees the other.
 */
import process from 'node:process';
import { ownBell, ring, type BellPlace } from './doorbell.js';
import { kernelHas, kernelSelf } from './kernel-threads.js';
import { restIfEnding } from './load-gate.js';
import {
  FIRST_QUEUE,
  FIRST_WAITER,
  MOST_WAITERS,
  QUEUES,
  QUEUE_SIZE,
  TICKETS,
  WAITERS,
  WAITER_SIZE,
  type Segment,
} from './segment.js';
import type { Participant } from './words.js';

const [LOCK, FIRST, LAST] = [0, 1, 2];
const [STATE, WORD, NEXT, TICKET, WHO, BELL_PID, BELL, BELL_FILE] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FREE, TAKEN, WAITING, WOKEN] = [0, 1, 2, 3];

/** Looks at a lock before a thread sleeps: it is held for a microsecond, unless its holder lost the processor. */
const LOOKS = 50;

/** A waiter that is out of the queue, and how to tell it. */
interface Called {
  readonly waiter: number;
  readonly who: Participant;
  readonly bell: BellPlace;
}

/** The waiters of one segment, as this thread sees them. A waiter is the index of its first word; 0 is none. */
export class Waiters {
  readonly #segment: Segment;
  readonly #words: Int32Array;
  /** The number of the waiter that this thread had last: most likely it is free, or the one after it. */
  #recent = 0;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.#words = segment.words;
  }

  /** Stands in the queue for the word; 0 if the word is not `expected`. */
  enter(word: number, expected: number, how: 'blocks' | 'listens'): number {
    const waiter = this.#take();
    const bell = how === 'listens' ? ownBell(this.#segment.libc) : { pid: process.pid, descriptor: 0, file: 0 };
    this.#set(waiter + WORD, word);
    this.#set(waiter + BELL_PID, bell.pid);
    this.#set(waiter + BELL, bell.descriptor);
    this.#set(waiter + BELL_FILE, bell.file);
    this.#set(waiter + TICKET, Atomics.add(this.#words, TICKETS, 1));
    const queue = queueOf(word);
    this.#lock(queue);
    this.#set(waiter + STATE, WAITING);
    this.#append(queue, waiter);
    const equal = this.#get(word) === expected;
    if (!equal) this.#remove(queue, waiter, TAKEN);
    this.#unlock(queue);
    if (equal) return waiter;
    this.#free(waiter);
    return 0;
  }

  isWoken(waiter: number): boolean {
    return this.#get(waiter + STATE) === WOKEN;
  }

  /** Blocks until the waiter is woken, at most for a slice of 50 ms. */
  sleep(waiter: number, left: number): void {
    this.#segment.sleep(waiter + STATE, WAITING, left);
    restIfEnding();
  }

  /** Leaves; whether it had been woken before. */
  leave(waiter: number): boolean {
    const queue = queueOf(this.#get(waiter + WORD));
    let woken = this.isWoken(waiter);
    if (!woken) {
      this.#lock(queue);
      woken = this.isWoken(waiter);
      if (!woken) this.#remove(queue, waiter, TAKEN);
      this.#unlock(queue);
    }
    this.#free(waiter);
    return woken;
  }

  /** Wakes the first `count` waiters of the word that are alive; returns how many that were. */
  wake(word: number, count: number): number {
    const queue = queueOf(word);
    let woken = 0;
    while (woken < count && this.#get(queue + FIRST) !== 0) {
      const called = this.#callOut(queue, word, count - woken);
      const alive = called.filter((one) => this.#stirOrReclaim(one)).length;
      woken += alive;
      if (alive === called.length) break;
    }
    return woken;
  }

  /**
   * Takes the first `count` waiters of the word out of the queue. They are stirred when it is unlocked: who wakes up on this
   * processor takes it from the thread that stirs, and the first it does may be to ask for the queue again.
   */
  #callOut(queue: number, word: number, count: number): Called[] {
    const called: Called[] = [];
    this.#lock(queue);
    for (let waiter = this.#get(queue + FIRST); waiter !== 0 && called.length < count;) {
      const next = this.#get(waiter + NEXT);
      if (this.#get(waiter + WORD) === word) {
        // Read before it is woken: from then on it may be free, and somebody else's.
        const who = this.#get(waiter + WHO);
        const pid = this.#get(waiter + BELL_PID);
        const descriptor = this.#get(waiter + BELL);
        const file = this.#get(waiter + BELL_FILE);
        called.push({ waiter, who, bell: { pid, descriptor, file } });
        this.#remove(queue, waiter, WOKEN);
      }
      waiter = next;
    }
    this.#unlock(queue);
    return called;
  }

  /** Wakes the threads of this process that block, so that they hear that it ends. */
  stirOwn(): void {
    for (const waiter of this.#used()) {
      const blocks = this.#get(waiter + STATE) === WAITING && this.#get(waiter + BELL) === 0;
      if (blocks && this.#get(waiter + BELL_PID) === process.pid) this.#stir(waiter);
    }
  }

  /** Whether it is alive. */
  #stirOrReclaim({ waiter, who, bell }: Called): boolean {
    const heard = bell.descriptor === 0 ? this.#stir(waiter) : ring(bell);
    // A thread that was not asleep is between two slices, or dead; only then the kernel is asked, which takes longer.
    if (heard || kernelHas(who)) return true;
    this.#reclaim(waiter, who);
    return false;
  }

  #stir(waiter: number): boolean {
    return this.#segment.libc.futexWake(this.#segment.addressOf(waiter + STATE));
  }

  #append(queue: number, waiter: number): void {
    this.#set(waiter + NEXT, 0);
    const last = this.#get(queue + LAST);
    this.#set(last === 0 ? queue + FIRST : last + NEXT, waiter);
    this.#set(queue + LAST, waiter);
  }

  #remove(queue: number, waiter: number, state: number): void {
    const next = this.#get(waiter + NEXT);
    let before = 0;
    for (let each = this.#get(queue + FIRST); each !== waiter; each = this.#get(each + NEXT)) {
      if (each === 0) throw new Error(`Cannot find waiter ${waiter} in its queue: the shared memory was overwritten`);
      before = each;
    }
    // The state first: from here on, a rebuilt queue is one without it.
    this.#set(waiter + STATE, state);
    this.#set(before === 0 ? queue + FIRST : before + NEXT, next);
    if (next === 0) this.#set(queue + LAST, before);
  }

  #lock(queue: number): void {
    const me = kernelSelf();
    for (let looks = 1; ; looks++) {
      const holder = Atomics.compareExchange(this.#words, queue + LOCK, 0, me);
      if (holder === 0) return;
      if (looks < LOOKS) continue;
      this.#segment.sleep(queue + LOCK, holder, 0.1);
      // No thread waits for itself, so a holder with our number is a namesake who died.
      const died = holder === me || (looks % LOOKS === 0 && !kernelHas(holder));
      if (!died || Atomics.compareExchange(this.#words, queue + LOCK, holder, me) !== holder) continue;
      this.#rebuild(queue);
      return;
    }
  }

  /** Wakes nobody: those that wait for the lock sleep for a tenth of a millisecond. */
  #unlock(queue: number): void {
    Atomics.store(this.#words, queue + LOCK, 0);
  }

  #rebuild(queue: number): void {
    const waiting = [...this.#used()].filter(
      (waiter) => this.#get(waiter + STATE) === WAITING && queueOf(this.#get(waiter + WORD)) === queue,
    );
    // Tickets wrap around at 32 bits, so only their distance counts.
    waiting.sort((one, other) => (this.#get(one + TICKET) - this.#get(other + TICKET)) | 0);
    this.#set(queue + FIRST, 0);
    this.#set(queue + LAST, 0);
    for (const waiter of waiting) this.#append(queue, waiter);
  }

  #take(): number {
    for (let tried = 0; tried < WAITERS; tried++) {
      const number = (this.#recent + tried) % WAITERS;
      const waiter = FIRST_WAITER + number * WAITER_SIZE;
      if (!this.#tryTake(waiter)) continue;
      for (let most = this.#get(MOST_WAITERS); most <= number; most = this.#get(MOST_WAITERS)) {
        Atomics.compareExchange(this.#words, MOST_WAITERS, most, number + 1);
      }
      this.#recent = number;
      return waiter;
    }
    if (this.#sweep() === 0)
      throw new RangeError(`Cannot wait: ${WAITERS} others wait already for words of one segment`);
    return this.#take();
  }

  #tryTake(waiter: number): boolean {
    if (this.#get(waiter + STATE) !== FREE) return false;
    if (Atomics.compareExchange(this.#words, waiter + STATE, FREE, TAKEN) !== FREE) return false;
    this.#set(waiter + WHO, kernelSelf());
    return true;
  }

  #free(waiter: number): void {
    // Nobody's before it is free: a sweep must not take it for one of the dead.
    this.#set(waiter + WHO, 0);
    this.#set(waiter + STATE, FREE);
    this.#recent = (waiter - FIRST_WAITER) / WAITER_SIZE;
  }

  /** Frees the waiters of the dead; returns how many. */
  #sweep(): number {
    let freed = 0;
    for (const waiter of this.#used()) {
      const who = this.#get(waiter + WHO);
      if (who === 0 || kernelHas(who)) continue;
      const queue = queueOf(this.#get(waiter + WORD));
      this.#lock(queue);
      const waits = this.#get(waiter + WHO) === who && this.#get(waiter + STATE) === WAITING;
      if (waits) this.#remove(queue, waiter, WOKEN);
      this.#unlock(queue);
      if (this.#reclaim(waiter, who)) freed++;
    }
    return freed;
  }

  /** Only one of those that find a dead one frees it. */
  #reclaim(waiter: number, who: number): boolean {
    if (Atomics.compareExchange(this.#words, waiter + WHO, who, kernelSelf()) !== who) return false;
    this.#free(waiter);
    return true;
  }

  *#used(): Generator<number> {
    const most = this.#get(MOST_WAITERS);
    for (let number = 0; number < most; number++) yield FIRST_WAITER + number * WAITER_SIZE;
  }

  #get(place: number): number {
    return Atomics.load(this.#words, place);
  }

  #set(place: number, value: number): void {
    Atomics.store(this.#words, place, value);
  }
}

function queueOf(word: number): number {
  return FIRST_QUEUE + (word % QUEUES) * QUEUE_SIZE;
}
