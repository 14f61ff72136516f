import { expect, it } from 'vitest';
import { local, sleep, spawn, Timeout } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';

it('GRN-25 what a greenlet sets in a local object, no other sees', () =>
  inNoTime(async () => {
    const request = local<{ user: string; id: number }>();
    request.user = 'outside';
    const body = async (user: string): Promise<unknown> => {
      const before = { ...request };
      Object.assign(request, { user, id: user.length });
      await sleep(10);
      delete request.id;
      await new Timeout(50).run(async () => sleep(10));
      return [before, { ...request }, 'id' in request];
    };
    const both = [spawn(body, 'ann'), spawn(body, 'ben')];
    expect(await both[0]?.get()).toEqual([{}, { user: 'ann' }, false]);
    expect(await both[1]?.get()).toEqual([{}, { user: 'ben' }, false]);
    expect(Object.entries(request)).toEqual([['user', 'outside']]);
  }));
