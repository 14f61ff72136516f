import type { Readable, Writable } from 'node:stream';
import type { Readiness } from './readiness.js';
import { EVENT_READ, EVENT_WRITE } from './selector.js';

/** A stream of Node's, or a socket. */
export type AnyStream = Readable | Writable;

type Both = Readable & Writable & { readonly pending?: boolean };

/** Told in any case: an error is reported as readiness, and not thrown. */
const ALWAYS = ['close', 'error'] as const;
const READING = ['readable', 'end'] as const;
const WRITING = ['drain', 'finish', 'ready'] as const;

/** From a stream's buffers: data or the end has arrived, there is room to write. */
export function streamReadiness(stream: AnyStream): Readiness {
  const both = stream as Both;
  const reads = typeof both.readableLength === 'number';
  const writes = typeof both.writableLength === 'number';
  return {
    can: (reads ? EVENT_READ : 0) | (writes ? EVENT_WRITE : 0),
    now(events) {
      if (both.destroyed || both.errored) return events;
      let ready = 0;
      if ((events & EVENT_READ) !== 0 && isReadable(both)) ready |= EVENT_READ;
      if ((events & EVENT_WRITE) !== 0 && isWritable(both)) ready |= EVENT_WRITE;
      return ready;
    },
    listen(events, changed) {
      const names = [
        ...ALWAYS,
        // A listener for `readable` makes the stream read ahead, and takes it out of flowing mode.
        ...((events & EVENT_READ) !== 0 ? READING : []),
        ...((events & EVENT_WRITE) !== 0 ? WRITING : []),
      ];
      for (const name of names) both.on(name, changed);
      return () => {
        for (const name of names) both.off(name, changed);
      };
    },
  };
}

function isReadable(stream: Both): boolean {
  if (stream.readableLength > 0 || stream.readableEnded) return true;
  // Who read exactly what was there is not told of the end; a read of nothing makes the stream tell.
  stream.read(0);
  return false;
}

/** After `end()`, a write fails at once, and need not wait. */
function isWritable(stream: Both): boolean {
  if (stream.writableEnded) return true;
  // `pending` is a socket that is not connected yet, or a file that is not open yet.
  return !stream.writableNeedDrain && stream.pending !== true;
}
