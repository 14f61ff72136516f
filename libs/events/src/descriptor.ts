import { ClosedError } from '@interleave/core';

/** What has a descriptor: the number itself, a `RawSocket`, a socket or server of Node's, or anything with an `fd`. */
export type Descriptor = number | { readonly fd: number } | DescriptorOwner;

/** A socket or server of Node's: its descriptor is known while it is open. */
export interface DescriptorOwner {
  address(): unknown;
}

interface Handled {
  readonly fd?: unknown;
  // Node has no public name for it.
  readonly _handle?: { readonly fd?: unknown } | null;
}

/** The number of a descriptor; undefined for what has none, -1 for what is closed. */
export function findDescriptor(thing: unknown): number | undefined {
  if (typeof thing === 'number') return thing;
  if (typeof thing !== 'object' || thing === null) return undefined;
  const { fd, _handle: handle } = thing as Handled;
  if (typeof fd === 'number') return fd;
  if (handle === null) return -1;
  return typeof handle?.fd === 'number' ? handle.fd : undefined;
}

/**
 * @throws {TypeError} for what has no descriptor
 * @throws {RangeError} for a number that cannot be one
 * @throws {ClosedError} for what is closed
 */
export function descriptorOf(thing: unknown): number {
  const fd = findDescriptor(thing);
  if (fd === undefined) {
    throw new TypeError(
      `Cannot watch ${nameOf(thing)}: it has no descriptor; pass a number, a RawSocket, or a socket of Node's`,
    );
  }
  if (fd === -1 && typeof thing !== 'number') {
    throw new ClosedError(`Cannot watch ${nameOf(thing)}: it is closed, or not connected yet`);
  }
  if (!Number.isInteger(fd) || fd < 0) {
    throw new RangeError(`Cannot watch descriptor ${fd}: descriptors are whole numbers from 0`);
  }
  return fd;
}

/** For messages. */
export function nameOf(thing: unknown): string {
  const fd = findDescriptor(thing);
  if (fd !== undefined && fd !== -1) return `descriptor ${fd}`;
  if (typeof thing === 'number') return `descriptor ${thing}`;
  return typeof thing === 'object' && thing !== null ? `a ${thing.constructor?.name ?? 'null object'}` : typeof thing;
}
