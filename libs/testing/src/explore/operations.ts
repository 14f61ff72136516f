/** The numbers of operations in the log. */
export const OPERATIONS = {
  goesOn: 0,
  load: 1,
  store: 2,
  add: 3,
  exchange: 4,
  compareExchange: 5,
  /** A wait that found another value, or may not wait at all. */
  look: 6,
  wait: 7,
  notify: 8,
  now: 9,
  isAlive: 10,
  timeout: 11,
  kill: 12,
  resumes: 13,
  passes: 14,
} as const;

/** What a step of a trace did, by name. */
export type Operation = keyof typeof OPERATIONS;

/** The name of a number of the log. */
export function operationName(number: number): Operation {
  return names[number] as Operation;
}

const names = Object.keys(OPERATIONS) as readonly Operation[];
