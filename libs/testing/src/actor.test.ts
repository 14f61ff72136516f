import { afterEach, describe, expect, it } from 'vitest';
import { processWords } from '@interleave/memory';
import { actorsFor } from './actors-for.js';

const { startActor, startActors } = actorsFor(new URL('../dist/index.js', import.meta.url), afterEach);

describe.each(['thread', 'process'] as const)('in a %s', (ground) => {
  it('runs functions by their text, with words that travel and plain data', async () => {
    const words = processWords(1);
    const [one, other] = startActors(2, ground);
    await one!.run((t) => void t.words.add(0, t.amount), { words, amount: 3 });
    expect(await other!.run(async (t) => t.words.load(0), { words })).toBe(3);
  });

  it('tells what was thrown there, and that it has ended', async () => {
    const actor = startActor(ground);
    const failing = actor.run(() => {
      throw Object.assign(new RangeError('too much'), { code: 'ERR_MUCH' });
    }, {});
    await expect(failing).rejects.toMatchObject({ name: 'RangeError', message: 'too much', code: 'ERR_MUCH' });
    const words = processWords(1);
    const blocked = actor.run((t) => t.words.wait(0, 0), { words });
    await actor.kill();
    await expect(blocked).rejects.toThrow('the actor has ended');
  });
});
