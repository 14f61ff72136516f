import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findChromium } from './chromium.js';

test('the browser that is named is taken, then one on the PATH', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jupyter-chromium-'));
  try {
    for (const name of ['google-chrome', 'mine']) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), 0o755);
    }
    expect(findChromium({ PATH: folder })).toBe(join(folder, 'google-chrome'));
    expect(findChromium({ PATH: folder, CHROMIUM: join(folder, 'mine') })).toBe(join(folder, 'mine'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no browser is a sentence that says what to install', () => {
  expect(() => findChromium({ CHROMIUM: '/absent/chrome' })).toThrow(
    expect.objectContaining({
      name: 'StartProblem',
      message: 'Cannot drive a browser: /absent/chrome does not start',
      advice: expect.arrayContaining(['Debian            sudo apt-get install chromium']),
    }),
  );
});
