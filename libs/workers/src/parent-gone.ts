/**
 * Whether the parent of this process has gone.
 *
 * On `globalThis` for the same reason as the identity: a task may load a second copy of this lib. The news is the event
 * that Node has for children of `fork`, so that everybody can listen.
 */
const KEY = Symbol.for('@interleave/workers.parentGone');
const place = globalThis as { [KEY]?: boolean };

/** @internal Whether it has gone, as far as this process has heard. */
export function hasLostParent(): boolean {
  return place[KEY] === true;
}

/**
 * Says that it has gone. Called once, by the entry of a process.
 *
 * @internal
 * @returns whether anybody listened
 */
export function loseParent(): boolean {
  place[KEY] = true;
  return process.emit('disconnect');
}
