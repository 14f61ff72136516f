/**
 * Schedules as text, to be printed, kept and replayed: a digit of base 36 for each step, the number of the thread that
 * made it; `~1` where the time of thread 1 ran out, `!1` where it was killed, `^1` where one of its tasks let another pass.
 *
 *     0001~1100
 */
import { KILL, NOBODY, PASS, TIME } from './control.js';

/** Writes choices as text; a step that is left to the policy is a dot. */
export function choicesText(choices: Iterable<number>): string {
  let text = '';
  for (const choice of choices) {
    if (choice === NOBODY) text += '.';
    else if (choice < TIME) text += choice.toString(36);
    else if (choice < KILL) text += `~${(choice - TIME).toString(36)}`;
    else text += choice < PASS ? `!${(choice - KILL).toString(36)}` : `^${(choice - PASS).toString(36)}`;
  }
  return text;
}

/**
 * Reads them again.
 *
 * @throws {RangeError} if the text is none that was printed
 */
export function readChoices(text: string, threads: number): readonly number[] {
  const choices: number[] = [];
  for (const found of text.matchAll(/([~!^]?)(.)/gs)) {
    const [, mark, digit = ''] = found;
    const thread = digit === '.' && mark === '' ? NOBODY : /[0-9a-t]/.test(digit) ? parseInt(digit, 36) : NaN;
    if (!(thread < threads)) {
      throw new RangeError(`Cannot replay "${text}": it names thread "${digit}", there are ${threads}, from 0`);
    }
    choices.push(thread + (KINDS[mark ?? ''] ?? 0));
  }
  return choices;
}

const KINDS: Readonly<Record<string, number>> = { '~': TIME, '!': KILL, '^': PASS };
