/**
 * How a Condition gives up its lock while it waits, takes it back, and hears that it is free: the part of a lock that is for
 * Condition only.
 */
import type { Owner } from '@interleave/core';

/** How the lock was held. */
export interface Lent {
  readonly owner: Owner | undefined;
  readonly depth: number;
}

/** Name of the method that lets the lock go, however deep its owner is. */
export const giveUp: unique symbol = Symbol('giveUp');
/** Name of the method that acquires it as it was held; it cannot be called off. */
export const takeBack: unique symbol = Symbol('takeBack');
/** As {@link takeBack}, and blocks. */
export const takeBackSync: unique symbol = Symbol('takeBackSync');
/** Name of the method that tells whether the caller has got the lock. */
export const isHeld: unique symbol = Symbol('isHeld');

/** Name of the method that calls a function once the lock has been let go. */
export const afterwards: unique symbol = Symbol('afterwards');

/** A lock that a Condition can use. */
export interface Lendable {
  [isHeld](): boolean;
  [giveUp](): Lent;
  [takeBack](lent: Lent): Promise<void>;
  [takeBackSync](lent: Lent): void;
  [afterwards](then: () => void): void;
}
