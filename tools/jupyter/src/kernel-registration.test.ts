import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerKernel } from './kernel-registration.js';
import { labEnvironment } from './lab-environment.js';
import { projectFolders } from './project-folders.js';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'jupyter-kernel-'))));
afterEach(() => rmSync(root, { recursive: true }));

test("kernel.json starts this project's tslab, and lies where only our JupyterLab looks", () => {
  const folders = projectFolders(root);
  const file = registerKernel(folders);
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  expect(spec).toMatchObject({
    display_name: 'TypeScript (Interleave)',
    language: 'typescript',
    interrupt_mode: 'signal',
  });
  expect(spec.env).toMatchObject({ NO_COLOR: '1' });
  expect(isAbsolute(spec.argv[0])).toBe(true);
  expect(spec.argv.filter((word: string) => word.startsWith(root)).length).toBeGreaterThanOrEqual(2);
  expect(spec.argv).toContain('{connection_file}');
  const { JUPYTER_PATH } = labEnvironment(folders, join(root, '.jupyter/runtime/1'), {});
  expect(file).toBe(join(JUPYTER_PATH ?? '', 'kernels', 'tslab', 'kernel.json'));
  // Nothing half-written stays beside it.
  expect(readdirSync(dirname(file))).toEqual(['kernel.json']);
});

test('registering again replaces what another checkout or Node has left', () => {
  const folders = projectFolders(root);
  const file = registerKernel(folders);
  writeFileSync(file, '{ "argv": ["/old/node"] }');
  registerKernel(folders);
  expect(readFileSync(file, 'utf8')).not.toContain('/old/node');
});

test('a folder that cannot be made is a sentence, not a trace', () => {
  mkdirSync(join(root, '.jupyter'));
  writeFileSync(join(root, '.jupyter', 'share'), 'a file in the way');
  expect(() => registerKernel(projectFolders(root))).toThrow(
    expect.objectContaining({
      name: 'StartProblem',
      message: 'Cannot register the kernel in .jupyter: a file is in the way',
    }),
  );
});

test('every place that Jupyter writes to is below .jupyter', () => {
  const env = labEnvironment(projectFolders(root), join(root, '.jupyter/runtime/1'), {
    FORCE_COLOR: '1',
    JUPYTER_CONFIG_DIR: '/home/me/.jupyter',
    JUPYTER_PATH: '/shared/jupyter',
  });
  const places = ['CONFIG_DIR', 'DATA_DIR', 'RUNTIME_DIR'].map((name) => env[`JUPYTER_${name}`] ?? '');
  places.push(env['JUPYTERLAB_SETTINGS_DIR'] ?? '', env['JUPYTERLAB_WORKSPACES_DIR'] ?? '', env['IPYTHONDIR'] ?? '');
  for (const place of places) {
    expect(place.startsWith(join(root, '.jupyter'))).toBe(true);
    expect(existsSync(place)).toBe(true);
  }
  expect(env['JUPYTER_PATH']).toBe(`${join(root, '.jupyter/share/jupyter')}:/shared/jupyter`);
  // A task runner's wish for colours would end up in the outputs of cells.
  expect(env['FORCE_COLOR']).toBeUndefined();
});
