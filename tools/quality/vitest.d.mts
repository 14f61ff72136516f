import type { ViteUserConfig } from 'vitest/config';

export declare function projectTests(
  configUrl: string,
  overrides?: NonNullable<ViteUserConfig['test']>,
): ViteUserConfig;
