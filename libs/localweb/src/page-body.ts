/**
 * The text of the pages: plain English words, the same on every run and every machine, so that a checksum, a length or
 * a word count can be written down once and compared for ever.
 *
 * The words of a page are drawn from a small list by a generator that is seeded with the page's name. Early words of
 * the list come far more often than late ones, as in a real language, so that counting words gives a curve and not a
 * flat line.
 */

const WORDS = (
  'the of and to in is it that for on with as by at one two more than not all each when then wait run page work time ' +
  'thread lock queue task worker result future done ready first last slow fast same order done many few most read ' +
  'write send take give hold free busy start stop begin end begin turn share count sum split merge map reduce chain ' +
  'link news city river tea rice bun morning evening winter summer north south street bridge market station ticket ' +
  'letter paper number question answer reason picture window garden mountain ocean harbour lantern festival railway ' +
  'engine signal platform journey traveller notebook experiment prediction measurement'
).split(' ');

const HEAD = '<!doctype html>\n<meta charset="utf-8">\n<title>';
const LINE = 100;

/**
 * The body of a page: `bytes` ASCII characters of HTML, always the same for the same name and size.
 *
 * A page that is too small for its head (about 60 bytes and its name) is plain text.
 *
 * @param name - the page's name, which is also the seed
 * @param bytes - how long, in bytes
 *
 * @example
 * ```ts
 * pageBody('www.163.com', 695_359).length; // 695359
 * ```
 */
export function pageBody(name: string, bytes: number): string {
  const random = randomFrom(name);
  const head = `${HEAD}${name}</title>\n<p>`;
  const parts: string[] = head.length < bytes ? [head] : [];
  let length = parts.length === 0 ? 0 : head.length;
  let column = 0;
  while (length < bytes) {
    // The square of an even number draw: the nearer to 0, the more often.
    const word = WORDS[Math.floor(random() ** 2 * WORDS.length)] ?? 'the';
    column += word.length + 1;
    const part = column > LINE ? `${word}\n` : `${word} `;
    if (column > LINE) column = 0;
    parts.push(part);
    length += part.length;
  }
  return parts.join('').slice(0, bytes);
}

/** Numbers from 0 up to 1, seeded by a text: FNV-1a for the seed, then Marsaglia's 32-bit xorshift (2003). */
function randomFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
