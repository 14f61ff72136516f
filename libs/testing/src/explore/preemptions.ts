import { KILL, NOBODY, PASS, TIME, type Control } from './control.js';

/** How many of the bound a choice costs at a step: 1 or 0. */
export function preemptionsOf({ current, standard }: Control, step: number, choice: number): number {
  if (choice >= PASS) return 1;
  if (choice === standard[step] || choice >= KILL) return 0;
  return choice >= TIME || current[step] !== NOBODY ? 1 : 0;
}
