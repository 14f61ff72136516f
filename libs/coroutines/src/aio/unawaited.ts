/**
 * Failures that nobody has asked for yet. Each is reported once: when the run that it belongs to ends, when nobody can
 * ask any more because the task was collected, or when the program ends, whichever comes first.
 */
import { reportUncaught } from '@interleave/core';

/** A failure that waits for somebody to ask. Holds nothing of its task, so that the task can be collected. */
export interface UnawaitedFailure {
  readonly error: unknown;
  readonly where: string;
  /** The tasks of the run that it belongs to, if it belongs to one. */
  readonly household: object | undefined;
}

const failures = new Set<UnawaitedFailure>();
const collected = new FinalizationRegistry(report);

/** Remembers the failure of `task`, until {@link forgetFailure}. */
export function rememberFailure(task: object, failure: UnawaitedFailure): void {
  if (failures.size === 0) process.on('exit', reportAll);
  failures.add(failure);
  // Until its text is asked for, an error holds what was on the stack: the task, too.
  if (failure.error instanceof Error) void failure.error.stack;
  collected.register(task, failure, failure);
}

/** Somebody has asked. */
export function forgetFailure(failure: UnawaitedFailure): void {
  if (!failures.delete(failure)) return;
  collected.unregister(failure);
  if (failures.size === 0) process.off('exit', reportAll);
}

/** Reports the failures of a run that ends. */
export function reportFailuresOf(household: object): void {
  for (const failure of [...failures]) {
    if (failure.household === household) report(failure);
  }
}

function report(failure: UnawaitedFailure): void {
  forgetFailure(failure);
  reportUncaught(failure.error, { where: failure.where });
}

function reportAll(): void {
  for (const failure of [...failures]) report(failure);
}
