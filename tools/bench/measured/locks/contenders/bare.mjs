// Not locks for use: the mechanism alone, without an owner, order, timeout or anybody's death. The measure for the others.
const words = (length) => new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
const send = (lock) => lock.word;

/** Free, taken, taken with somebody asleep: the second mutex of U. Drepper, "Futexes Are Tricky". */
class Mutex {
  constructor(word = words(1)) {
    this.word = word;
  }

  acquireSync() {
    let seen = Atomics.compareExchange(this.word, 0, 0, 1);
    if (seen === 0) return;
    if (seen !== 2) seen = Atomics.exchange(this.word, 0, 2);
    while (seen !== 0) {
      Atomics.wait(this.word, 0, 2);
      seen = Atomics.exchange(this.word, 0, 2);
    }
  }

  release() {
    if (Atomics.sub(this.word, 0, 1) === 1) return;
    Atomics.store(this.word, 0, 0);
    Atomics.notify(this.word, 0, 1);
  }
}

/** The owner's number in the word, how many sleep beside it, and how deep the owner is in local memory. */
class Recursive {
  word = words(2);

  acquireSync() {
    if (Atomics.load(this.word, 0) === 1) this.depth += 1;
    else {
      if (Atomics.compareExchange(this.word, 0, 0, 1) !== 0) this.#sleep();
      this.depth = 1;
    }
  }

  #sleep() {
    Atomics.add(this.word, 1, 1);
    for (let seen; (seen = Atomics.compareExchange(this.word, 0, 0, 1)) !== 0;) Atomics.wait(this.word, 0, seen);
    Atomics.sub(this.word, 1, 1);
  }

  release() {
    this.depth -= 1;
    if (this.depth > 0) return;
    Atomics.store(this.word, 0, 0);
    if (Atomics.load(this.word, 1) > 0) Atomics.notify(this.word, 0, 1);
  }
}

/** One holder, a row of those that wait. */
class Section {
  #taken = false;
  #waiting = [];
  #next = 0;

  acquire() {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
    return undefined;
  }

  release() {
    if (this.#next < this.#waiting.length) this.#waiting[this.#next++]();
    else this.#taken = false;
  }

  async run(body) {
    await this.acquire();
    const pending = body();
    if (pending !== undefined) await pending;
    this.release();
  }

  again = async (times) => {
    for (let time = 0; time < times; time += 1) {
      await this.acquire();
      this.release();
    }
  };
}

/** Looks before it sleeps. */
const LOOKS = 20_000;

const turns = (name, looks) => ({
  name,
  kinds: ['thread'],
  can: ['hand-over'],
  reference: true,
  send: (word) => word,
  arrive: (word) => word,
  turn: () => words(1),
  pass(word) {
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0, 1);
  },
  take(word) {
    for (let look = looks; look > 0 && Atomics.load(word, 0) === 0; look -= 1);
    while (Atomics.compareExchange(word, 0, 1, 0) === 0) Atomics.wait(word, 0, 0);
  },
});

export const contenders = [
  {
    name: 'bare',
    kinds: ['thread'],
    can: ['lock-free', 'rlock-free', 'contended', 'await-free', 'crowd'],
    reference: true,
    send,
    arrive: (word) => new Mutex(word),
    lock: () => new Mutex(),
    rlock: () => new Recursive(),
    section: () => new Section(),
  },
  turns('bare, parked', 0),
  turns('bare, looks first', LOOKS),
];
