/**
 * Structured clone as bytes, with two differences from `v8.serialize`: large views lie apart, and every view gets memory of
 * its own.
 *
 * What lies apart is copied twice, out of the sender's memory and into the receiver's. Within the clone it would be copied
 * with all that is around it each time the clone grows, and on the other side out of the clone again.
 */
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { borrowCopy } from './spare-memory.js';

/** From how many bytes on a view lies apart. */
const LARGE = 1 << 15;

type View = ArrayBufferView<ArrayBuffer>;
type ViewClass = { readonly BYTES_PER_ELEMENT?: number } & (new (
  memory: ArrayBuffer,
  at: number,
  length: number,
) => View);

/** The kinds of views that can lie apart, by their place; a Buffer is the last. */
const kinds: readonly string[] = [
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView', 'Buffer'],
];
/** Within the clone: here is a view as Node writes it. */
const HERE = kinds.length;

/**
 * Writes a value.
 *
 * @internal
 * @param prefix - bytes to begin with
 * @returns the clone, and copies of the large views, in the order in which they have to follow; `giveBack` takes those
 * @throws the structured-clone error if the value cannot be cloned
 */
export function writeClone(value: unknown, prefix: Uint8Array): { readonly clone: Buffer; readonly apart: Buffer[] } {
  const writer = new CloneWriter();
  writer.writeRawBytes(prefix);
  writer.writeHeader();
  writer.writeValue(value);
  return { clone: writer.releaseBuffer(), apart: writer.apart };
}

/**
 * Reads what {@link writeClone} has written behind the prefix.
 *
 * @internal
 * @returns the value, and the memory of its large views, to be filled with what follows
 */
export function readClone(clone: Buffer): { readonly value: unknown; readonly apart: readonly Buffer[] } {
  const reader = new CloneReader(clone);
  reader.readHeader();
  return { value: reader.readValue() as unknown, apart: reader.apart };
}

class CloneWriter extends DefaultSerializer {
  readonly apart: Buffer[] = [];

  _writeHostObject(object: object): void {
    const kind = kindOf(object);
    this.writeUint32(kind);
    if (kind === HERE) writeView.call(this, object);
    else {
      const { buffer, byteOffset, byteLength } = object as View;
      this.writeDouble(byteLength);
      this.apart.push(borrowCopy(new Uint8Array(buffer, byteOffset, byteLength)));
    }
  }
}

class CloneReader extends DefaultDeserializer {
  readonly apart: Buffer[] = [];

  _readHostObject(): View {
    const kind = this.readUint32();
    if (kind === HERE) return onItsOwn(readView.call(this));
    const bytes = Buffer.allocUnsafeSlow(this.readDouble());
    this.apart.push(bytes);
    const name = kinds[kind] as string;
    if (name === 'Buffer') return bytes;
    const Constructor = (globalThis as unknown as Record<string, unknown>)[name] as ViewClass;
    const { BYTES_PER_ELEMENT: size = 1 } = Constructor;
    return new Constructor(bytes.buffer, 0, bytes.length / size);
  }
}

function kindOf(object: object): number {
  if (!ArrayBuffer.isView(object) || object.byteLength < LARGE) return HERE;
  const name = object.constructor === Buffer ? 'Buffer' : Object.prototype.toString.call(object).slice(8, -1);
  const kind = kinds.indexOf(name);
  return kind < 0 ? HERE : kind;
}

/** Node's own lets a view lie on the clone, or on memory that it has for buffers of all kinds: `view.buffer` shows all that. */
function onItsOwn(view: View): View {
  const { buffer, byteOffset, byteLength } = view;
  // Of a Buffer that is nothing new.
  if (byteLength === buffer.byteLength || Buffer.isBuffer(view)) return view;
  const Constructor = view.constructor as new (memory: ArrayBuffer) => View;
  return new Constructor(buffer.slice(byteOffset, byteOffset + byteLength));
}

const { _writeHostObject: writeView } = DefaultSerializer.prototype as unknown as {
  _writeHostObject: (this: DefaultSerializer, object: object) => void;
};
const { _readHostObject: readView } = DefaultDeserializer.prototype as unknown as {
  _readHostObject: (this: DefaultDeserializer) => View;
};
