import { traceTime } from '@interleave/core';
import type { RequestOutcome, WebLog, WebRequest } from '../web-log.js';

type Entry = { -readonly [K in keyof WebRequest]: WebRequest[K] };

/** Keeps the log of the web: one entry a request, from its arrival to its end. */
export class Recorder {
  #entries: Entry[] = [];
  #answering = 0;
  #mostAtOnce = 0;

  /** A request arrived. */
  begin(page: string | undefined, path: string): Entry {
    const entry: Entry = {
      page,
      path,
      began: traceTime(),
      ended: undefined,
      status: undefined,
      bytes: 0,
      outcome: 'open',
    };
    this.#entries.push(entry);
    this.#answering += 1;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#answering);
    return entry;
  }

  /** A request is over. Only the first call for an entry counts. */
  end(entry: Entry, outcome: RequestOutcome): void {
    if (entry.outcome !== 'open') return;
    entry.outcome = outcome;
    entry.ended = traceTime();
    this.#answering -= 1;
  }

  /** Ends what is still open. */
  close(): void {
    for (const entry of this.#entries) this.end(entry, 'closed');
  }

  /** Forgets what is over; requests that are open stay. */
  clear(): void {
    this.#entries = this.#entries.filter((entry) => entry.outcome === 'open');
    this.#mostAtOnce = this.#answering;
  }

  /** The log as it is now. */
  log(): WebLog {
    return {
      requests: this.#entries.map((entry) => ({ ...entry })),
      open: this.#answering,
      mostAtOnce: this.#mostAtOnce,
      bytes: this.#entries.reduce((sum, entry) => sum + entry.bytes, 0),
    };
  }
}

export type { Entry as LogEntry };
