// The one test setup of every lib and tool: `export default projectTests(import.meta.url)` in its vitest.config.ts.
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Test settings for the project that holds the given config file.
 *
 * @param {string} configUrl - `import.meta.url` of the project's `vitest.config.ts`
 * @param {import('vitest/config').ViteUserConfig['test']} [overrides] - settings of this project alone
 * @returns {import('vitest/config').ViteUserConfig} the settings vitest reads
 */
export function projectTests(configUrl, overrides = {}) {
  const root = dirname(fileURLToPath(configUrl));
  return defineConfig({
    root,
    cacheDir: join(root, '.reports/.vite'),
    test: {
      name: basename(root),
      include: ['src/**/*.test.ts', '*.test.mjs'],
      // Processes, not threads: tests start threads and end processes of their own, and a crash must stay in one file.
      pool: 'forks',
      maxWorkers: 2,
      // Nx asks for colours, and programs that tests start would print them into what is compared.
      env: { FORCE_COLOR: '0' },
      testTimeout: 10_000,
      hookTimeout: 20_000,
      reporters: ['default', ['json', { outputFile: join(root, '.reports/test.json') }]],
      ...overrides,
    },
  });
}
