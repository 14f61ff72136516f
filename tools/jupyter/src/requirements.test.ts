import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const lines = readFileSync(new URL('../requirements.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

test('JupyterLab 4 and everything under it is pinned to one version, and no index is named', () => {
  for (const line of lines) expect(line).toMatch(/^[\w-]+==\d[\w.]*$/);
  expect(lines[0]).toMatch(/^jupyterlab==4\./);
  const names = lines.map((line) => line.split('==')[0]?.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
});

test('no news, no update check, no line numbers', () => {
  const read = (name: string): any => JSON.parse(readFileSync(new URL(`../config/${name}`, import.meta.url), 'utf8'));
  const overrides = read('labconfig/default_setting_overrides.json');
  expect(overrides['@jupyterlab/apputils-extension:notification']).toEqual({
    checkForUpdates: false,
    fetchNews: 'false',
  });
  expect(overrides['@jupyterlab/notebook-extension:tracker'].codeCellConfig.lineNumbers).toBe(false);
  expect(read('labconfig/page_config.json').disabledExtensions).toEqual({
    '@jupyterlab/apputils-extension:announcements': true,
  });
  expect(read('jupyter_server_config.json').KernelSpecManager.allowed_kernelspecs).toEqual(['tslab']);
});
