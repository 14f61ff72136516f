import { Event } from '@interleave/events';
import { Condition, Lock, RLock } from '@interleave/locks';
import { allowMainThreadBlocking, processWords, threadWords } from '@interleave/memory';
import { decodeValue, encodeValue } from '@interleave/transfer';

allowMainThreadBlocking();

/** How things of ours travel. */
const travel = {
  package: '@interleave/locks',
  ours: true,
  send: (thing, ground) => encodeValue([thing], { ground }),
  arrive: async (handle) => (await decodeValue(handle))[0],
};
const scoped = (kind) => ({ scope: kind === 'thread' ? 'threads' : 'processes' });

/** A lock that is taken, and that the other side gives back. */
const turnOf = (lock) => {
  lock.tryAcquire();
  return lock;
};

export const contenders = [
  {
    ...travel,
    name: 'interleave',
    kinds: ['thread', 'process'],
    can: ['lock-free', 'rlock-free', 'contended', 'hand-over', 'await-free', 'crowd', 'event-thousand', 'idle'],
    lock: (kind) => new Lock(scoped(kind)),
    rlock: (kind) => new RLock(scoped(kind)),
    turn: (kind) => turnOf(new Lock(scoped(kind))),
    pass: (lock) => lock.release(),
    take: (lock) => void lock.acquireSync(),
    event: () => new Event(),
    section() {
      const lock = new Lock();
      return {
        run: (body) => lock.withLock(body),
        async again(times) {
          for (let time = 0; time < times; time += 1) {
            await lock.acquire();
            lock.release();
          }
        },
      };
    },
    idle: () => new Lock(),
  },
  {
    ...travel,
    name: 'interleave, fair: false',
    kinds: ['thread', 'process'],
    can: ['lock-free', 'contended'],
    lock: (kind) => new Lock({ ...scoped(kind), fair: false }),
  },
  {
    ...travel,
    name: 'interleave Event',
    kinds: ['thread', 'process'],
    can: ['hand-over'],
    turn: (kind) => new Event(scoped(kind)),
    pass: (event) => event.set(),
    take(event) {
      event.waitSync();
      event.clear();
    },
  },
  {
    ...travel,
    name: 'interleave Condition',
    kinds: ['thread', 'process'],
    can: ['hand-over'],
    turn: (kind) => ({
      changed: new Condition(new Lock(scoped(kind)), scoped(kind)),
      flag: kind === 'thread' ? threadWords(1) : processWords(1),
    }),
    pass({ changed, flag }) {
      changed.acquireSync();
      flag.store(0, 1);
      changed.notify();
      changed.release();
    },
    take({ changed, flag }) {
      changed.acquireSync();
      changed.waitForSync(() => flag.load(0) === 1);
      flag.store(0, 0);
      changed.release();
    },
  },
];
