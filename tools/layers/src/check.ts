import { cycleFindings } from './cycles.js';
import type { Finding } from './finding.js';
import type { House } from './house.js';
import { importFindings } from './import-rules.js';
import { manifestFindings } from './manifest-rules.js';

/**
 * Applies every rule to a house.
 *
 * @returns what breaks a rule, ordered by file and line; empty when all is well
 */
export function checkHouse(house: House): Finding[] {
  const unreadable = house.unreadable.map(({ file, reason }) => ({
    file,
    message: `cannot be read: ${reason}; make it valid JSON`,
  }));
  const findings: Finding[] = [
    ...unreadable,
    ...importFindings(house),
    ...manifestFindings(house),
    ...cycleFindings(house),
  ];
  return findings.sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
}
