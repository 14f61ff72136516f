/**
 * How a Condition gives up its lock while it waits, and takes it back: the part of a lock that is for Condition only.
 */

/** Name of the method that lets the lock go whatever its depth; returns the depth, or undefined if the caller has not got it. */
export const giveUp: unique symbol = Symbol('giveUp');
/** Name of the method that acquires it again, to a depth, for an owner; it cannot be called off. */
export const takeBack: unique symbol = Symbol('takeBack');
/** As {@link takeBack}, and blocks. */
export const takeBackSync: unique symbol = Symbol('takeBackSync');
/** Name of the method that tells whether the caller has got the lock. */
export const isHeld: unique symbol = Symbol('isHeld');

/** A lock that a Condition can use. */
export interface Lendable {
  [isHeld](): boolean;
  [giveUp](): number;
  [takeBack](depth: number): Promise<void>;
  [takeBackSync](depth: number): void;
}
