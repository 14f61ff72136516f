import { NOBODY, STEP, type Control } from './control.js';
import type { Verdict } from './judge.js';

/** The most executions spent on one failure. */
const MOST_TRIES = 400;

/**
 * Makes a failing schedule simpler: leaves out one by one the choices at which a thread was made to stop, was killed, or
 * ran out of time, as long as it fails in the same way. The control memory then holds the execution that is returned.
 *
 * @param schedule - the choices of the execution that failed
 * @param found - how it failed
 * @param follow - runs an execution by the choices, {@link NOBODY} to let the current thread go on
 * @returns how the simplest one failed
 */
export async function shrink(
  control: Control,
  schedule: Int32Array,
  found: Verdict,
  follow: (choices: Int32Array) => Promise<Verdict | undefined>,
): Promise<Verdict> {
  let [best, verdict] = [deviations(control, schedule), found];
  let tries = 0;
  for (let at = best.length - 1; at >= 0 && tries < MOST_TRIES; at--) {
    if (best[at] === NOBODY) continue;
    const candidate = best.slice();
    candidate[at] = NOBODY;
    tries += 1;
    const other = await follow(candidate);
    if (other?.kind !== verdict.kind) continue;
    const simpler = deviations(control, usedChoices(control));
    // Others may have lost their meaning with it; begin anew with those that are left.
    if (count(simpler) >= count(best)) continue;
    [best, verdict] = [simpler, other];
    at = best.length;
  }
  return (await follow(best)) ?? verdict;
}

/** What was chosen in the last execution, as far as something else than going on was. */
export function usedChoices({ head, chosen, standard }: Control): Int32Array {
  let length = head[STEP] as number;
  while (length > 0 && chosen[length - 1] === standard[length - 1]) length -= 1;
  return chosen.slice(0, length);
}

/** The choices at which something else happened than would have by itself. */
function deviations({ standard }: Control, choices: Int32Array): Int32Array {
  return choices.map((choice, step) => (choice === standard[step] ? NOBODY : choice));
}

function count(choices: Int32Array): number {
  return choices.reduce((sum, choice) => (choice === NOBODY ? sum : sum + 1), 0);
}
