import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KERNEL_NAME, kernelSpec } from './index.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

test('the command line names files that are there, absolutely, and where to listen', () => {
  const { argv } = kernelSpec(root);
  expect(argv[0]).toBe(process.execPath);
  expect(argv[1]).toBe('--require');
  expect(argv.slice(2, 4).every((file) => existsSync(file))).toBe(true);
  expect(argv.slice(4)).toEqual(['kernel', '--config-path', '{connection_file}']);
});

test('it is JSON, and says what Jupyter has to know', () => {
  expect(JSON.parse(JSON.stringify(kernelSpec(root)))).toMatchObject({
    display_name: 'TypeScript (Interleave)',
    language: 'typescript',
    interrupt_mode: 'signal',
    env: { NO_COLOR: '1' },
  });
  expect(kernelSpec(root).env).not.toHaveProperty('FORCE_COLOR');
  expect(KERNEL_NAME).toBe('tslab');
});

test('plain leaves the preload away', () => {
  expect(kernelSpec(root, { plain: true }).argv).not.toContain('--require');
});
