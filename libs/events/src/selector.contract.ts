/** What every selector has to do, whatever it watches. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { BaseSelector } from './base-selector.js';
import { until } from './fixtures/until.js';
import { EVENT_READ, EVENT_WRITE } from './index.js';

/** One end of a connection, as a test uses it. */
export interface End<F> {
  readonly fileObj: F;
  send(text: string): void;
  /** What has arrived; '' at the end of the conversation. */
  receive(): string;
  close(): void;
  /** The number of its listeners, for what has any. */
  listeners(): number;
}

/** How the suite makes what it tests. */
export interface SelectorRig<F> {
  readonly name: string;
  make(): BaseSelector<F, unknown>;
  pairs(count: number): Promise<[End<F>, End<F>][]>;
  /** How many descriptors this process has open. */
  open(): number;
}

const BOTH = EVENT_READ | EVENT_WRITE;

export function selectorContract<F>(rig: SelectorRig<F>): void {
  const ends: End<F>[] = [];
  const selectors: BaseSelector<F, unknown>[] = [];

  const make = (): BaseSelector<F, unknown> => {
    const selector = rig.make();
    selectors.push(selector);
    return selector;
  };
  const pairs = async (count: number): Promise<[End<F>, End<F>][]> => {
    const made = await rig.pairs(count);
    ends.push(...made.flat());
    return made;
  };
  const pair = async (): Promise<[End<F>, End<F>]> => (await pairs(1))[0]!;
  const unknown = expect.objectContaining({ name: 'NotRegisteredError' });

  afterEach(() => {
    for (const selector of selectors.splice(0)) selector.close();
    for (const end of ends.splice(0)) end.close();
  });

  it(`SEL-01 ${rig.name}: register returns a frozen key, and getKey the same`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    const key = selector.register(fileObj, EVENT_READ, 'mine');
    expect(key).toMatchObject({ events: EVENT_READ, data: 'mine' });
    expect([key.fileObj === fileObj, Object.isFrozen(key), selector.getKey(fileObj) === key]).toEqual([
      true,
      true,
      true,
    ]);
    expect(String(selector)).toBe(`<${rig.name} 1 registered>`);
  });

  it(`SEL-02 ${rig.name}: unknown bits, no bits, and what cannot be watched`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    for (const events of [0, 4, EVENT_READ | 8, -1, 1.5, NaN]) {
      expect(() => selector.register(fileObj, events)).toThrow(RangeError);
    }
    expect(() => selector.register(fileObj, '1' as never)).toThrow(TypeError);
    for (const bad of [{}, null, undefined, 'socket', Symbol('s'), () => {}]) {
      expect(() => selector.register(bad as never, EVENT_READ)).toThrow(TypeError);
    }
    expect(selector.getMap().size).toBe(0);
  });

  it(`SEL-03 ${rig.name}: the same twice is refused`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    const key = selector.register(fileObj, EVENT_READ);
    expect(() => selector.register(fileObj, EVENT_WRITE)).toThrow(
      expect.objectContaining({ name: 'AlreadyRegisteredError', code: 'ERR_ALREADY_REGISTERED' }),
    );
    expect(selector.getKey(fileObj)).toBe(key);
  });

  it(`SEL-04 ${rig.name}: unregister returns the key, once`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    const key = selector.register(fileObj, EVENT_READ);
    expect(selector.unregister(fileObj)).toBe(key);
    expect(() => selector.unregister(fileObj)).toThrow(unknown);
    expect(() => selector.getKey(fileObj)).toThrow(unknown);
    selector.register(fileObj, EVENT_WRITE);
  });

  it(`SEL-05 ${rig.name}: unregister works after the object was closed, and leaves nothing`, async () => {
    const [left] = await pair();
    const selector = make();
    const before = left.listeners();
    const key = selector.register(left.fileObj, BOTH);
    left.close();
    expect(selector.unregister(left.fileObj)).toBe(key);
    expect(left.listeners()).toBe(before);
    expect([selector.getMap().size, await selector.select({ timeout: 0 })]).toEqual([0, []]);
  });

  it(`SEL-06 ${rig.name}: modify changes events or data`, async () => {
    const [left] = await pair();
    const { fileObj } = left;
    const selector = make();
    expect(() => selector.modify(fileObj, EVENT_READ)).toThrow(unknown);
    const first = selector.register(fileObj, EVENT_READ, 1);
    expect(await selector.select({ timeout: 0 })).toEqual([]);
    const second = selector.modify(fileObj, EVENT_WRITE, 1);
    expect([first.events, second.events]).toEqual([EVENT_READ, EVENT_WRITE]);
    expect(await selector.select()).toEqual([[second, EVENT_WRITE]]);
    const before = left.listeners();
    const third = selector.modify(fileObj, EVENT_WRITE, 2);
    expect([third.data, Object.isFrozen(third), left.listeners()]).toEqual([2, true, before]);
    expect((await selector.select())[0]![0]).toBe(third);
    expect(() => selector.modify(fileObj, 0)).toThrow(RangeError);
    expect(selector.getKey(fileObj)).toBe(third);
  });

  it(`SEL-07 ${rig.name}: close forgets all keys and listeners, and may be repeated`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const before = [left.listeners(), right.listeners()];
    const map = selector.getMap();
    selector.register(left.fileObj, EVENT_READ);
    selector.register(right.fileObj, EVENT_READ);
    const pending = selector.select();
    pending.catch(() => {});
    await setTimeout(1);
    selector.close();
    selector.close();
    const closed = expect.objectContaining({ name: 'InvalidStateError' });
    await expect(pending).rejects.toEqual(closed);
    await expect(selector.select()).rejects.toEqual(closed);
    expect(() => selector.getKey(left.fileObj)).toThrow(closed);
    expect(() => selector.register(left.fileObj, EVENT_READ)).toThrow(closed);
    expect([map.size, [...map], String(selector)]).toEqual([0, [], `<${rig.name} closed>`]);
    expect([left.listeners(), right.listeners()]).toEqual(before);
  });

  it(`SEL-08 ${rig.name}: getMap is a live view that nobody can change`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const map = selector.getMap();
    expect([map.size, map.has(left.fileObj), map.get(left.fileObj), map.get(left.fileObj, 7)]).toEqual([
      0,
      false,
      undefined,
      7,
    ]);
    const keys = [left, right].map(({ fileObj }) => selector.register(fileObj, EVENT_READ));
    expect([map.size, map.has(right.fileObj), map.get(right.fileObj) === keys[1]]).toEqual([2, true, true]);
    expect([...map.values()]).toEqual(keys);
    expect([...map].map(([, key]) => key)).toEqual(keys);
    expect([...map.keys()].every((each, at) => each === keys[at]?.fileObj)).toBe(true);
    expect(() => map.set()).toThrow(TypeError);
    expect(() => map.delete()).toThrow(TypeError);
    selector.unregister(left.fileObj);
    expect(map.size).toBe(1);
  });

  it(`SEL-09 ${rig.name}: only what is ready, and only registered bits`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const reading = selector.register(left.fileObj, EVENT_READ);
    const writing = selector.register(right.fileObj, EVENT_WRITE);
    expect(await selector.select()).toEqual([[writing, EVENT_WRITE]]);
    selector.unregister(right.fileObj);
    const waiting = selector.select();
    right.send('hello');
    expect(await waiting).toEqual([[reading, EVENT_READ]]);
    expect(left.receive()).toBe('hello');
    expect(await selector.select({ timeout: 0 })).toEqual([]);
  });

  it(`SEL-10 ${rig.name}: reading and writing in one answer`, async () => {
    const [left, right] = await pair();
    const selector = make();
    left.send('a');
    const read = selector.register(right.fileObj, EVENT_READ);
    await selector.select();
    selector.unregister(right.fileObj);
    const both = selector.register(right.fileObj, BOTH);
    expect(read.fileObj).toBe(both.fileObj);
    expect(await selector.select()).toEqual([[both, BOTH]]);
  });

  it(`SEL-11 ${rig.name}: nothing registered, no time`, async () => {
    expect(await make().select({ timeout: 0 })).toEqual([]);
    expect(await make().select({ timeout: -1 })).toEqual([]);
  });

  it(`SEL-12 ${rig.name}: a timeout ends it with nothing, not too early`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    selector.register(fileObj, EVENT_READ);
    const before = performance.now();
    expect(await selector.select({ timeout: 1_000 })).toEqual([]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(1_000);
    await expect(selector.select({ timeout: NaN })).rejects.toThrow(RangeError);
    await expect(selector.select({ timeout: '1' as never })).rejects.toThrow(TypeError);
  });

  it(`SEL-12 ${rig.name}: an aborted wait takes nothing with it`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const key = selector.register(left.fileObj, EVENT_READ);
    const before = rig.open();
    const stopping = new AbortController();
    const waits = [1, 2, 3].map(() => selector.select({ signal: stopping.signal, timeout: 60_000 }));
    const reason = new Error('enough');
    await setTimeout(1);
    stopping.abort(reason);
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ name: 'CancelledError', reason });
    await expect(selector.select({ signal: stopping.signal })).rejects.toMatchObject({ name: 'CancelledError' });
    right.send('x');
    expect(await selector.select()).toEqual([[key, EVENT_READ]]);
    await until(() => expect(rig.open()).toBe(before));
  });

  it(`SEL-13 ${rig.name}: twelve conversations by means of select alone`, async () => {
    const selector = make();
    const sent = new Map<string, string>();
    const got = new Map<string, string>();
    const byObject = new Map<F, { end: End<F>; name: string }>();
    for (const [at, [left, right]] of (await pairs(12)).entries()) {
      const name = `pair ${at}`;
      sent.set(name, `${'message '.repeat(at * 50)}${at}.`);
      byObject.set(left.fileObj, { end: left, name });
      byObject.set(right.fileObj, { end: right, name });
      selector.register(left.fileObj, EVENT_WRITE, 'writer');
      selector.register(right.fileObj, EVENT_READ, 'reader');
    }
    while (selector.getMap().size > 0) {
      for (const [{ fileObj, data }] of await selector.select()) {
        const { end, name } = byObject.get(fileObj)!;
        if (data === 'writer') end.send(sent.get(name)!);
        else got.set(name, (got.get(name) ?? '') + end.receive());
        if (data === 'writer' || got.get(name)!.endsWith('.')) selector.unregister(fileObj);
      }
    }
    expect(got).toEqual(sent);
  });

  it(`SEL-14 ${rig.name}: what is left unread is reported again`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const key = selector.register(left.fileObj, EVENT_READ);
    right.send('here');
    for (let time = 0; time < 3; time++) expect(await selector.select()).toEqual([[key, EVENT_READ]]);
    expect(left.receive()).toBe('here');
    expect(await selector.select({ timeout: 0 })).toEqual([]);
  });

  it(`SEL-14 ${rig.name}: who is always ready does not starve the others`, async () => {
    const [left, right] = await pair();
    const selector = make();
    selector.register(left.fileObj, EVENT_WRITE);
    selector.register(right.fileObj, EVENT_READ);
    const timer = setTimeout(5).then(() => left.send('late'));
    for (let seen = 0; (seen & EVENT_READ) === 0;) for (const [, events] of await selector.select()) seen |= events;
    await timer;
    expect(right.receive()).toBe('late');
  });

  it(`SEL-15 ${rig.name}: a signal neither ends a select nor makes it longer`, async () => {
    const [{ fileObj }] = await pair();
    const selector = make();
    selector.register(fileObj, EVENT_READ);
    let signals = 0;
    const count = (): void => void (signals += 1);
    process.on('SIGUSR2', count);
    try {
      const before = performance.now();
      const waiting = selector.select({ timeout: 300 });
      await setTimeout(1);
      process.kill(process.pid, 'SIGUSR2');
      expect(await waiting).toEqual([]);
      expect(performance.now() - before).toBeGreaterThanOrEqual(300);
      await until(() => expect(signals).toBe(1));
    } finally {
      process.off('SIGUSR2', count);
    }
  });

  it(`SEL-16 ${rig.name}: the end of a conversation is there to be read`, async () => {
    const [left, right] = await pair();
    const selector = make();
    const key = selector.register(left.fileObj, EVENT_READ);
    right.send('bye');
    expect(await selector.select()).toEqual([[key, EVENT_READ]]);
    right.close();
    expect(left.receive()).toBe('bye');
    expect(await selector.select()).toEqual([[key, EVENT_READ]]);
    expect(left.receive()).toBe('');
    expect(await selector.select()).toEqual([[key, EVENT_READ]]);
  });
}
