import { expect, test, vi } from 'vitest';
import { Progress } from './progress.js';

function progress(terminal: { isTTY?: boolean; columns?: number } = {}): { progress: Progress; text: () => string } {
  let text = '';
  return {
    progress: new Progress({ ...terminal, write: (more) => (text += more) }),
    text: () => text.replace(/\d+\.\d s/g, 'N s'),
  };
}

test('in a log, a short step is one line, and a long one is announced', async () => {
  vi.useFakeTimers();
  try {
    const log = progress();
    await log.progress.step('Quick', async () => {});
    const slow = log.progress.step(
      'Slow',
      async (step) => {
        step.detail('half-way');
        await new Promise((wake) => setTimeout(wake, 5000));
        return 7;
      },
      (result) => `Slow is done: ${result}`,
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(await slow).toBe(7);
    expect(log.text()).toBe('  ✓ Quick (N s)\n  … Slow\n  ✓ Slow is done: 7 (N s)\n');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a step that fails is marked, and its error goes on', async () => {
  const log = progress();
  await expect(log.progress.step('Bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(log.text()).toBe('  ✗ Bad (N s)\n');
});

test('a terminal shows the step while it lasts, cut to the width', async () => {
  vi.useFakeTimers();
  try {
    const log = progress({ isTTY: true, columns: 20 });
    const step = log.progress.step('Installing', async ({ detail }) => {
      detail('package 7 of 100');
      await new Promise((wake) => setTimeout(wake, 250));
    });
    await vi.advanceTimersByTimeAsync(250);
    await step;
    expect(log.text()).toContain('\r\x1b[2K  … Installing: pac\r');
    expect(log.text().endsWith('\r\x1b[2K  ✓ Installing (N s)\n')).toBe(true);
    expect(log.text()).not.toContain('package 7');
  } finally {
    vi.useRealTimers();
  }
});
