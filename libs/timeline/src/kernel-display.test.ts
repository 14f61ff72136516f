import { createRequire } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { displayBundle, inKernel, openDisplay } from './kernel-display.js';
import { madeUp, ran } from './fixtures/made-up.js';
import { progress } from './progress.js';
import { show } from './show.js';

type Kernel = { lastWriteDisplayData: unknown };

/** The kernel's own module, as it stands in the cache of a process that runs tslab. */
function kernel(): Kernel {
  return createRequire(import.meta.url)('tslab/dist/jupyter.js') as Kernel;
}

afterEach(() => {
  kernel().lastWriteDisplayData = null;
  vi.restoreAllMocks();
});

const timeline = madeUp([ran('a', 0, 0, 0, 100)], 100);

test('outside a kernel pictures are text on the console', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(inKernel()).toBe(false);
  expect(displayBundle({ 'text/plain': 'a' })).toBe(false);
  expect(openDisplay()).toBe(undefined);
  show(timeline, { title: 'One' });
  expect(log.mock.calls).toEqual([[timeline.toText({ title: 'One' })]]);
});

test('a kernel that has not run a cell yet counts as none', () => {
  expect(kernel().lastWriteDisplayData).toBe(null);
  expect(inKernel()).toBe(false);
});

test('in a cell a picture is sent with its text twin', () => {
  const write = vi.fn();
  kernel().lastWriteDisplayData = write;
  expect(inKernel()).toBe(true);
  show(timeline, { title: 'One', rows: 'task' });
  const data = {
    'image/svg+xml': timeline.toSvg({ title: 'One', rows: 'task' }),
    'text/plain': timeline.toText({ title: 'One', rows: 'task' }),
  };
  expect(write.mock.calls).toEqual([[{ data, metadata: {}, transient: {} }]]);
});

test('each cell has its own place: the writer is looked up anew', () => {
  const [first, second] = [vi.fn(), vi.fn()];
  kernel().lastWriteDisplayData = first;
  show(timeline);
  kernel().lastWriteDisplayData = second;
  show(timeline);
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
});

test('updates go to the cell in which the display was opened', () => {
  const [first, second] = [vi.fn(), vi.fn()];
  kernel().lastWriteDisplayData = first;
  const display = openDisplay();
  display?.update({ 'text/plain': 'a' });
  kernel().lastWriteDisplayData = second;
  display?.update({ 'text/plain': 'b' });
  expect(second).not.toHaveBeenCalled();
  const [[shown, update], [changed, updated]] = first.mock.calls as never as [[any, boolean], [any, boolean]];
  expect([update, updated]).toEqual([false, true]);
  expect(changed.transient.display_id).toBe(shown.transient.display_id);
  expect(openDisplay()).not.toBe(display);
});

test('a progress bar in a cell is one display', () => {
  const write = vi.fn();
  kernel().lastWriteDisplayData = write;
  const bar = progress(2, { label: '<downloads>' });
  bar.tick();
  bar.tick();
  bar.done();
  const ids = new Set(write.mock.calls.map(([{ transient }]) => transient.display_id));
  expect(ids.size).toBe(1);
  const last = write.mock.calls.at(-1)?.[0].data;
  expect(last['text/plain']).toBe(`<downloads>  ${'█'.repeat(30)}  2 of 2`);
  expect(last['text/html']).toMatch(/&lt;downloads&gt; <progress max="2" value="2".*2 of 2/);
});

test('what is no picture is refused', () => {
  expect(() => show({} as never)).toThrow(TypeError);
  expect(() => show(undefined as never)).toThrow(/Cannot show undefined/);
});
