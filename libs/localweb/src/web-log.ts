/** How a request ended: whether the reader has all of it, and if not, why. */
export type RequestOutcome =
  /** Everything the page promises was handed to the operating system. */
  | 'sent'
  /** The page's fault was carried out: reset, truncated, or not HTTP. */
  | 'faulted'
  /** The reader went away before the end. */
  | 'abandoned'
  /** Still being answered; a page that hangs or stalls stays here until its reader leaves. */
  | 'open'
  /** The web was closed first. */
  | 'closed';

/** One request, as the server saw it. */
export interface WebRequest {
  /** The page's name, or `undefined` if no page has this address. */
  readonly page: string | undefined;
  /** What was asked for, with the query: `/www.ce.cn/?delay=5`. */
  readonly path: string;
  /** When it arrived, in milliseconds since 1970 with fractions, comparable with the times of traces. */
  readonly began: number;
  /** When its last byte was handed over or it was given up; `undefined` while it is open. */
  readonly ended: number | undefined;
  /** The status that was sent, or `undefined` if none was. */
  readonly status: number | undefined;
  /** Bytes of the body that were sent. */
  readonly bytes: number;
  readonly outcome: RequestOutcome;
}

/** What the web was asked since its start or the last `clearLog()`. */
export interface WebLog {
  /** In the order they arrived. A reader that has seen the end of its page finds it here as `sent`. */
  readonly requests: readonly WebRequest[];
  /** How many have come and are not over: being answered, or in line for a place. */
  readonly open: number;
  /** How many were open at once, at most. */
  readonly mostAtOnce: number;
  /** Bytes of all bodies together. */
  readonly bytes: number;
}
