// zeromq lets one send be in flight per socket and refuses the next with EBUSY. tslab never waits, so everything after
// about 512 messages in one turn was lost, the final `idle` included. Here the refused ones queue up and follow in order.
//
// It also refuses to receive while a socket is being bound. tslab reads before it binds, and a client that is quick then
// ended tslab's reader: the kernel was deaf from its first message on. Here reading waits until the socket is bound.
'use strict';

const { setImmediate } = globalThis;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Sockets with something still to send; `whenSent` waits for all of them. */
const busy = new Map();

/**
 * Makes `send` of every socket kind that tslab uses safe to call without awaiting, and `receive` safe while binding.
 *
 * A send goes out at once, also in the middle of a blocking loop, as long as zeromq takes it; only a refused one waits.
 *
 * @param {object} zmq - the zeromq module that tslab loaded
 */
function mendSockets(zmq) {
  for (const Socket of [zmq.Publisher, zmq.Router, zmq.Reply]) {
    const send = Socket.prototype.send;
    // The inherited methods are not writable: an assignment would be ignored without a word.
    define(Socket.prototype, 'send', function (parts) {
      return enqueue(this, send, parts);
    });
  }
  for (const Socket of [zmq.Router, zmq.Reply]) {
    const receive = Socket.prototype.receive;
    define(Socket.prototype, 'receive', async function () {
      for (;;) {
        try {
          return await receive.call(this);
        } catch (error) {
          if (error?.code !== 'EBUSY' || !/bind/.test(error.message)) throw error;
          await turn();
        }
      }
    });
  }
}

function define(prototype, name, value) {
  Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
}

function enqueue(socket, send, parts) {
  const queue = busy.get(socket);
  if (queue) return join(queue, parts);
  const sent = attempt(socket, send, parts);
  if (sent) return sent;
  const waiting = [];
  busy.set(socket, waiting);
  const result = join(waiting, parts);
  void drain(socket, send, waiting);
  return result;
}

function join(queue, parts) {
  const result = new Promise((resolve, reject) => queue.push({ parts, resolve, reject }));
  result.catch(() => {});
  return result;
}

/** Returns undefined when the socket is busy with an earlier message. */
function attempt(socket, send, parts) {
  try {
    const sent = send.call(socket, parts);
    // Nobody looks at the result of a kernel's send; a closed socket must not become an unhandled rejection.
    sent.catch(() => {});
    return sent;
  } catch (error) {
    if (error?.code === 'EBUSY') return undefined;
    const failed = Promise.reject(error);
    failed.catch(() => {});
    return failed;
  }
}

async function drain(socket, send, waiting) {
  while (waiting.length > 0) {
    const { parts, resolve, reject } = waiting[0];
    const sent = attempt(socket, send, parts);
    if (!sent) {
      await turn();
      continue;
    }
    waiting.shift();
    try {
      resolve(await sent);
    } catch (error) {
      reject(error);
    }
  }
  busy.delete(socket);
}

/** Resolves when no socket has anything left to hand to zeromq. */
async function whenSent() {
  while (busy.size > 0) await turn();
}

module.exports = { mendSockets, whenSent };
