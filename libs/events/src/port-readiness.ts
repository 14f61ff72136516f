import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Readiness } from './readiness.js';
import { EVENT_READ, EVENT_WRITE } from './selector.js';

interface Inbox {
  readonly messages: unknown[];
  closed: boolean;
}

// A port cannot be asked whether a message is there without taking it. So taken messages wait here, also after the port
// was unregistered.
const inboxes = new WeakMap<MessagePort, Inbox>();

/**
 * Takes the oldest message of a port, also one that a selector has seen.
 *
 * A `DefaultSelector` has to take messages from a port to see them, so Node's `receiveMessageOnPort` would miss them.
 *
 * @returns the message in an object, or undefined if there is none, as when the port was closed
 *
 * @example
 * ```ts
 * selector.register(port, EVENT_READ);
 * await selector.select();
 * const { message } = takeMessage(port);
 * ```
 */
export function takeMessage(port: MessagePort): { message: unknown } | undefined {
  const inbox = inboxes.get(port);
  if (inbox !== undefined && inbox.messages.length > 0) return { message: inbox.messages.shift() };
  return receiveMessageOnPort(port);
}

/** A port is ready for reading when a message is there or it was closed, and for writing always. */
export function portReadiness(port: MessagePort): Readiness {
  const inbox = inboxOf(port);
  return {
    can: EVENT_READ | EVENT_WRITE,
    now(events) {
      const readable = inbox.messages.length > 0 || inbox.closed;
      return events & ((readable ? EVENT_READ : 0) | EVENT_WRITE);
    },
    listen(events, changed) {
      if ((events & EVENT_READ) === 0) return () => {};
      const receive = (message: unknown): void => {
        inbox.messages.push(message);
        changed();
      };
      const close = (): void => {
        inbox.closed = true;
        changed();
      };
      const held = (port as MessagePort & { hasRef(): boolean }).hasRef();
      port.on('message', receive);
      port.on('close', close);
      // A listener keeps the process alive, a selector must not.
      if (!held) port.unref();
      return () => {
        port.off('message', receive);
        port.off('close', close);
      };
    },
  };
}

function inboxOf(port: MessagePort): Inbox {
  let inbox = inboxes.get(port);
  if (inbox === undefined) {
    inboxes.set(port, (inbox = { messages: [], closed: false }));
  }
  return inbox;
}
