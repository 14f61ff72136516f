import { inspect } from 'node:util';
import { ClosedError, collect, QueueEmptyError, QueueFullError, TimeoutError } from '@interleave/core';
import { expect, it } from 'vitest';
import { Channel, joinAll, sleep, spawn } from './index.js';
import { inNoTime } from './fixtures/in-no-time.js';

it('GRN-32 the order of events is that of the meetings', async () => {
  const channel = new Channel<string>();
  const events: string[] = [];
  const taker = spawn(async () => {
    events.push(await channel.get());
    events.push(await channel.get());
  });
  events.push('sending');
  await channel.put('hello');
  events.push('sent hello');
  await channel.put('world');
  events.push('sent world');
  expect(events).toEqual(['sending', 'hello', 'sent hello', 'world', 'sent world']);
  await taker.join();
});

it('GRN-32 put waits for a taker', () =>
  inNoTime(async (clock) => {
    const channel = new Channel<number>();
    const giver = spawn(async () => {
      await channel.put(5);
      return clock.now();
    });
    await sleep(10);
    expect([giver.dead, channel.balance, String(channel)]).toEqual([false, 1, '<Channel 1 waiting to put>']);
    expect(await channel.get()).toBe(5);
    expect([await giver.get(), channel.balance, String(channel)]).toEqual([10, 0, '<Channel>']);
    const taker = spawn(() => channel.get());
    await sleep(10);
    expect(inspect(channel)).toBe('<Channel 1 waiting to get>');
    await channel.put(6);
    expect(await taker.get()).toBe(6);
  }));

it('GRN-32 givers and takers are served in order, each item once', () =>
  inNoTime(async () => {
    const channel = new Channel<number>();
    const givers = [1, 2, 3, 4].map((item) => spawn(() => channel.put(item)));
    await sleep(1);
    const takers = [1, 2, 3, 4].map(() => spawn(() => channel.get()));
    await joinAll([...givers, ...takers]);
    expect(takers.map((each) => each.value)).toEqual([1, 2, 3, 4]);
  }));

it('GRN-32 for await ends on close, and leaves the channel open when it is left', () =>
  inNoTime(async () => {
    const channel = new Channel<number>();
    const giver = spawn(async () => {
      for (const item of [1, 2, 3, 4, 5]) await channel.put(item);
      channel.close();
      channel.close();
    });
    for await (const item of channel) if (item === 2) break;
    expect(channel.closed).toBe(false);
    expect(await collect(channel)).toEqual([3, 4, 5]);
    expect([await collect(channel), giver.dead, String(channel)]).toEqual([[], true, '<Channel closed>']);
  }));

it('GRN-32 a closed channel refuses, also those who wait', () =>
  inNoTime(async () => {
    const [putting, getting] = [new Channel<number>(), new Channel<number>()];
    const both = [spawn(() => putting.put(1)), spawn(() => getting.get())];
    await sleep(1);
    putting.close();
    getting.close();
    for (const each of both) await expect(each.get()).rejects.toThrow(ClosedError);
    await expect(putting.put(1)).rejects.toThrow('Cannot put into a Channel: it is closed');
    await expect(putting.get()).rejects.toThrow('Cannot get from a Channel: it is closed');
    expect(() => putting.putNowait(1)).toThrow(ClosedError);
    expect(() => putting.getNowait()).toThrow(ClosedError);
  }));

it('GRN-32 without waiting', () =>
  inNoTime(async () => {
    const channel = new Channel<number>();
    expect(() => channel.putNowait(1)).toThrow(QueueFullError);
    expect(() => channel.getNowait()).toThrow(QueueEmptyError);
    const taker = spawn(() => channel.get());
    await sleep(1);
    channel.putNowait(7);
    const giver = spawn(() => channel.put(8));
    await sleep(1);
    expect([await taker.get(), channel.getNowait()]).toEqual([7, 8]);
    await giver.join();
  }));

it('GRN-32 a giver and a taker that gave up leave nothing behind', () =>
  inNoTime(async (clock) => {
    const channel = new Channel<number>();
    await expect(channel.put(1, { timeout: 10 })).rejects.toThrow(TimeoutError);
    await expect(channel.get({ timeout: 10 })).rejects.toThrow(TimeoutError);
    await expect(channel.get({ timeout: 0 })).rejects.toThrow(TimeoutError);
    await expect(channel.put(1, { timeout: -1 })).rejects.toThrow(RangeError);
    await expect(channel.get({ timeout: -1 })).rejects.toThrow(RangeError);
    expect([clock.now(), channel.balance]).toEqual([20, 0]);
    const [dying, taker] = [spawn(() => channel.get()), spawn(() => channel.get())];
    await sleep(1);
    await dying.kill();
    await channel.put(2, { timeout: 0 });
    expect(await taker.get()).toBe(2);
  }));

it('GRN-19 linked to a channel, the greenlet is put there', () =>
  inNoTime(async () => {
    const channel = new Channel();
    const greenlet = spawn(() => sleep(5));
    greenlet.link(channel);
    expect(await channel.get()).toBe(greenlet);
  }));

it('GRN-32 an item is neither lost nor doubled when a taker is killed in the same turn', () =>
  inNoTime(async () => {
    for (const killed of [0, 1, 2]) {
      for (const order of ['put first', 'kill first']) {
        const channel = new Channel<string>();
        const takers = [0, 1, 2].map(() => spawn(() => channel.get()));
        await sleep(1);
        if (order === 'kill first') takers[killed]?.throw();
        channel.putNowait('item');
        if (order === 'put first') takers[killed]?.throw();
        await sleep(1);
        const got = takers.filter((each) => each.value === 'item');
        // The first one gets it, unless it was killed before: then the second does.
        expect(got).toEqual([takers[order === 'kill first' && killed === 0 ? 1 : 0]]);
        channel.close();
        for (const each of takers) await each.get().catch(() => 'closed');
      }
    }
  }));
