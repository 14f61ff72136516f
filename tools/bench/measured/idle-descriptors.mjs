// Sends one byte after another to one of many descriptors, of which all others are idle, and prints how long it takes from the
// send until the byte is received, in microseconds, as one line of JSON:
//
//     node idle-descriptors.mjs WAY COUNT
import { Socket } from 'node:net';
import { allowMainThreadBlocking } from '@interleave/memory';
import {
  DefaultSelector,
  EpollSelector,
  EVENT_READ,
  PollSelector,
  SelectSelector,
  socketPair,
} from '@interleave/events';

const [, , way, count] = process.argv;
const DURATION = 1_000;
const BATCH = 20;

const [sender, receiver] = socketPair();
// Both ends of a pair are idle if nobody sends.
const idle = Array.from({ length: Math.ceil((count - 1) / 2) }, () => socketPair())
  .flat()
  .slice(0, count - 1);
const node = (socket) => new Socket({ fd: socket.detach() });

const blocking = (Selector) => () => {
  allowMainThreadBlocking();
  const selector = new Selector();
  for (const socket of [...idle, receiver]) selector.register(socket, EVENT_READ);
  return () => {
    sender.send('x');
    for (const [{ fileObj }] of selector.selectSync()) fileObj.recv(16);
  };
};

const ways = {
  select: blocking(SelectSelector),
  poll: blocking(PollSelector),
  epoll: blocking(EpollSelector),
  // What runs anyway: no selector, a listener for each.
  loop() {
    for (const socket of idle) node(socket).on('data', () => {});
    let received;
    node(receiver).on('data', () => received());
    return () =>
      new Promise((resolve) => {
        received = resolve;
        sender.send('x');
      });
  },
  DefaultSelector() {
    const selector = new DefaultSelector();
    for (const socket of [...idle, receiver]) selector.register(node(socket), EVENT_READ);
    return async () => {
      sender.send('x');
      for (const [{ fileObj }] of await selector.select()) fileObj.read();
    };
  },
};

const once = ways[way]();
// The least of all batches: whatever else the machine does only adds.
let value = Infinity;
for (let warm = 0; warm < 2 * BATCH; warm++) await once();
for (const end = performance.now() + DURATION; performance.now() < end;) {
  const start = performance.now();
  for (let at = 0; at < BATCH; at++) await once();
  value = Math.min(value, ((performance.now() - start) * 1_000) / BATCH);
}
process.stdout.write(`\n${JSON.stringify({ value })}\n`, () => process.exit(0));
