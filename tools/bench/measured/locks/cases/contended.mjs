// Two sides that want one lock all the time, and count with it held. Nanoseconds for each turn of either.
import { meet, startOther } from '../sides.mjs';

const [BEGIN, END, DONE, COUNT] = [0, 1, 2, 3];
/** Milliseconds. */
const LONG = 400;

export const measure = async (contender, kind) => {
  const lock = contender.lock(kind);
  const words = await startOther('contended', contender, kind, [lock]);
  meet(words, BEGIN, 1);
  const start = performance.now();
  words.store(BEGIN, 2);
  let mine = 0;
  do mine += turns(lock, words);
  while (performance.now() - start < LONG);
  words.store(END, 1);
  meet(words, BEGIN, 3);
  const all = mine + words.load(DONE);
  const took = performance.now() - start;
  if (words.load(COUNT) !== all) throw new Error(`${words.load(COUNT)} of ${all} turns were counted`);
  return { value: (took * 1e6) / all };
};

export const there = (_, words, lock) => {
  words.store(BEGIN, 1);
  meet(words, BEGIN, 2);
  let mine = 0;
  while (words.load(END) === 0) mine += turns(lock, words);
  words.store(DONE, mine);
  words.store(BEGIN, 3);
};

function turns(lock, words) {
  for (let time = 0; time < 64; time += 1) {
    lock.acquireSync();
    words.store(COUNT, words.load(COUNT) + 1);
    lock.release();
  }
  return 64;
}
