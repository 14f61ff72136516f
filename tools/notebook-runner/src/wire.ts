/**
 * Messages of the Jupyter protocol 5.3 as frames on a socket, and back.
 *
 * A message is `[identity..., <IDS|MSG>, signature, header, parent header, metadata, content, buffers...]`; the
 * signature is an HMAC-SHA256 over the four JSON frames.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

const DELIMITER = '<IDS|MSG>';

/** The part of a message that names it. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** One message; `content` is what the message type says it is. */
export interface Message {
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Makes a request of this session, with an id of its own. */
export function createRequest(
  session: string,
  type: string,
  content: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Message {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'notebook',
    date: new Date().toISOString(),
    version: '5.3',
  };
  return { header, parent: {}, metadata, content };
}

/** The frames of a message, signed with `key`. */
export function encode(key: string, message: Message): string[] {
  const { header, parent, metadata, content } = message;
  const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
  return [DELIMITER, sign(key, parts), ...parts];
}

/**
 * Reads the frames of a message.
 *
 * @throws {Error} when the frames are no message, or are signed with another key
 */
export function decode(key: string, frames: readonly Buffer[]): Message {
  const at = frames.findIndex((frame) => frame.length === DELIMITER.length && frame.toString('latin1') === DELIMITER);
  const parts = frames.slice(at + 2, at + 6);
  if (at < 0 || parts.length < 4) {
    throw new Error(
      `Cannot read a message of ${frames.length} frames: the Jupyter protocol has a delimiter and five more`,
    );
  }
  const expected = Buffer.from(sign(key, parts));
  const actual = frames[at + 1] ?? Buffer.alloc(0);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
    throw new Error('Cannot trust a message: its signature does not fit the key of this kernel');
  }
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as unknown);
  return { header, parent, metadata, content } as Message;
}

function sign(key: string, parts: readonly (string | Buffer)[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}
