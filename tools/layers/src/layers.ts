/** Every package is `@interleave/<folder>`. */
export const scope = '@interleave/';

/** The floors of the house, from the ground up. A lib imports from the floors below its own, never beside, never above. */
export const floors: readonly (readonly string[])[] = [
  ['core'],
  ['memory', 'transfer'],
  ['locks', 'events'],
  ['workers'],
  ['ipc'],
  ['pools'],
  ['coroutines', 'cluster'],
];

/** The side rooms, with all that each may import. Only tests and notebooks go in. */
export const sides: Readonly<Record<string, readonly string[]>> = {
  timeline: ['core'],
  localweb: ['core'],
  testing: ['core', 'memory', 'transfer'],
};

/** The tool that runs the libs beside their peers: there they are what is measured, and not what it stands on. */
export const bench = 'bench';

/** A global that production code of libs names in these places alone, and the lib to use everywhere else. */
export interface ReservedName {
  readonly name: string;
  /** Path prefixes. */
  readonly places: readonly string[];
  readonly instead: string;
}

/** Names behind a seam: every lock, event and queue is written once, over the interface of `memory`. */
export const reservedNames: readonly ReservedName[] = [
  {
    name: 'Atomics',
    places: [
      'libs/memory/',
      'libs/testing/src/explore',
      // The claim table of the pools is older than `memory`; it moves there with the first lock.
      'libs/pools/src/dispatcher/claims.ts',
    ],
    instead: 'memory',
  },
];
