export { check } from './check.js';
export { CheckFailedError, type CheckFailedErrorOptions } from './check-failed-error.js';
export { expectNothingLeft, type NothingLeftOptions } from './expect-nothing-left.js';
export { explore } from './explore/explore.js';
export type { ExploreOptions, ExploredRun, ExploredThread } from './explore/explore-options.js';
export { Exploration, type Search } from './explore/exploration.js';
export { Failure, type FailureKind, type SchedulePictureOptions } from './explore/failure.js';
export type { TraceStep } from './explore/trace.js';
export type { Operation } from './explore/operations.js';
