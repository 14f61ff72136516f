// What cells print becomes `stream` messages. One message per `console.log` is what drowned the socket; none until there
// is time would hide what a cell says before it blocks. So the first pieces leave at once, and when there are many in a
// short time they are merged. The order between stdout, stderr and displays is the order in which the cell wrote.
'use strict';

const { StringDecoder } = require('node:string_decoder');

/** Messages that may leave at once; far fewer than the 512 that zeromq takes in one turn. */
const CREDIT = 64;
/** Milliseconds in which one more of them may. JupyterLab draws the whole text of a cell again for each of them. */
const CREDIT_MS = 20;
/** Milliseconds for which text is collected when there is no credit. */
const MERGE_MS = 20;
/** Characters after which it leaves all the same, so that a loop that never yields is seen too. */
const MERGE_CHARACTERS = 64 * 1024;

// Taken now: a notebook may replace the globals.
const { setTimeout, clearTimeout, performance } = globalThis;

class Output {
  #send;
  #cell;
  #name;
  #chunks = [];
  #size = 0;
  #timer;
  #credit = CREDIT;
  #creditAt = 0;

  /** @param {(cell: object, type: string, content: object) => void} send - publishes one message for a cell */
  constructor(send) {
    this.#send = send;
  }

  /** Adds text that a cell wrote to `stdout` or `stderr`. */
  write(cell, name, text) {
    if (text === '') return;
    if (this.#chunks.length > 0 && (cell !== this.#cell || name !== this.#name)) this.flush();
    this.#cell = cell;
    this.#name = name;
    this.#chunks.push(text);
    this.#size += text.length;
    if (this.#size >= MERGE_CHARACTERS || this.#hasCredit()) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), MERGE_MS).unref();
  }

  #hasCredit() {
    const now = performance.now();
    this.#credit = Math.min(CREDIT, this.#credit + (now - this.#creditAt) / CREDIT_MS);
    this.#creditAt = now;
    return this.#credit >= 1;
  }

  /** Publishes any other output of a cell, behind the text that was written before it. */
  publish(cell, type, content) {
    this.flush();
    this.#send(cell, type, content);
  }

  /** Sends what is collected. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#chunks.length === 0) return;
    const text = this.#chunks.join('');
    this.#chunks = [];
    this.#size = 0;
    this.#credit = Math.max(0, this.#credit - 1);
    this.#send(this.#cell, 'stream', { name: this.#name, text });
  }
}

/**
 * A `write` as streams have it: strings and bytes, an optional encoding, and a callback that is called.
 *
 * @param {(text: string) => void} write - takes the decoded text
 */
function createWrite(write) {
  const decoder = new StringDecoder('utf8');
  return (chunk, encoding, callback) => {
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof chunk !== 'string') write(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    else if (typeof encoding === 'string' && !/^utf-?8$/i.test(encoding))
      write(Buffer.from(chunk, encoding).toString());
    else write(chunk);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

module.exports = { Output, createWrite };
