/** Writes values for the fingerprint only; what shares or moves counts as itself, not as its contents. */
interface FingerprintWriter {
  /** Whether something in it is meaningful in this process only. */
  readonly isLocal: boolean;
  bytes(data: unknown): Buffer;
}

const objectNumbers = new WeakMap<object, number>();
let lastNumber = 0;

function numberOf(object: object): number {
  let number = objectNumbers.get(object);
  if (number === undefined) {
    number = ++lastNumber;
    objectNumbers.set(object, number);
  }
  return number;
}

/** As many bytes are their own name: most functions are that short, and loading `node:crypto` takes milliseconds. */
const SHORT = 512;

const sha1 = (bytes: Buffer): string =>
  process.getBuiltinModule('node:crypto').createHash('sha1').update(bytes).digest('base64url');

let makeWriter: (() => FingerprintWriter) | undefined;

/** Defined on first use: a worker that only runs what arrives never needs it. */
function defineWriter(): () => FingerprintWriter {
  const { DefaultSerializer } = process.getBuiltinModule('node:v8');
  class Writer extends DefaultSerializer implements FingerprintWriter {
    isLocal = false;

    bytes(data: unknown): Buffer {
      this.writeHeader();
      this.writeValue(data);
      return this.releaseBuffer();
    }

    _getSharedArrayBufferId(buffer: object): number {
      this.isLocal = true;
      return numberOf(buffer);
    }

    _writeHostObject(object: object): void {
      if (ArrayBuffer.isView(object)) {
        // Not its bytes alone: on shared memory it is who that is that counts, and other views may lie on its buffer.
        const { buffer, byteOffset, byteLength } = object;
        this.writeValue([Object.prototype.toString.call(object), buffer, byteOffset, byteLength]);
        return;
      }
      this.isLocal = true;
      this.writeUint32(numberOf(object));
    }
  }
  return () => new Writer();
}

/**
 * A name made of the contents: equal for equal data, so that the same capture is sent only once.
 *
 * Data that shares memory or moves a port is named for this thread only. Data that cannot be read for it gets a name
 * of its own.
 */
export function contentId(data: unknown): string {
  makeWriter ??= defineWriter();
  const writer = makeWriter();
  const here = (): string => `${process.pid}:${process.getBuiltinModule('node:worker_threads').threadId}`;
  let bytes: Buffer;
  try {
    bytes = writer.bytes(data);
  } catch {
    return `own:${here()}:${++lastNumber}`;
  }
  const hash = bytes.length <= SHORT ? bytes.toString('base64url') : sha1(bytes);
  return writer.isLocal ? `${hash}:${here()}` : hash;
}
