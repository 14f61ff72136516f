/**
 * The least that many sleeps can cost: a circle of 2,048 milliseconds behind one timer. Nothing in it can be stopped, it
 * knows no async context, those of one millisecond fire in any order, and what lies further ahead does not fit.
 */
const SLOTS = 2_048;

export class BareWheel {
  #slots = Array.from({ length: SLOTS }, () => []);
  #tick = 0;
  #size = 0;
  #fire;

  constructor(fire) {
    this.#fire = fire;
  }

  add(delay, item) {
    const now = performance.now();
    if (this.#size === 0) {
      this.#tick = Math.floor(now);
      setTimeout(this.#ring, 1);
    }
    this.#size += 1;
    this.#slots[Math.ceil(now + delay) % SLOTS].push(item);
  }

  #ring = () => {
    const now = Math.floor(performance.now());
    while (this.#tick < now) {
      this.#tick += 1;
      const slot = this.#slots[this.#tick % SLOTS];
      if (slot.length === 0) continue;
      this.#slots[this.#tick % SLOTS] = [];
      this.#size -= slot.length;
      for (const item of slot) this.#fire(item);
    }
    if (this.#size > 0) setTimeout(this.#ring, 1);
  };
}
