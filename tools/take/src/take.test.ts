import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closure, take, TakeError, withRelativeImports } from './take.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let project: string;
beforeEach(() => void (project = mkdtempSync(join(tmpdir(), 'take-'))));
afterEach(() => rmSync(project, { recursive: true, force: true }));

test('what a lib stands on comes before it', () => {
  const libs = closure(root, 'pools');
  expect(libs).toContain('core');
  expect(libs.indexOf('core')).toBeLessThan(libs.indexOf('transfer'));
  expect(libs.at(-1)).toBe('pools');
});

test('imports of other libs become relative', () => {
  const text = `import { a } from '@interleave/core';\nexport * from "./b.js";\nimport('@interleave/transfer');`;
  expect(withRelativeImports(text, 'pools/entry/x.ts')).toBe(
    `import { a } from '../../core/index.js';\nexport * from "./b.js";\nimport('../../transfer/index.js');`,
  );
});

test(
  'the copy compiles in a strict project without the workspace, and runs on threads and processes',
  { timeout: 60_000 },
  () => {
    take(root, 'pools', join(project, 'src/interleave'));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(project, 'src/main.ts'),
      `import { ProcessPoolExecutor, ThreadPoolExecutor } from './interleave/pools/index.js';
const offset = 1;
for (const Executor of [ThreadPoolExecutor, ProcessPoolExecutor]) {
  const pool = new Executor({ maxWorkers: 1 });
  console.log(await pool.submit((n: number) => n * n + offset, 6).result());
  await pool.shutdown();
}
`,
    );
    const options = {
      target: 'ES2022',
      lib: ['ES2022', 'ESNext.Disposable'],
      module: 'NodeNext',
      strict: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'out',
      skipLibCheck: true,
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
    // Only what the manifest tells a user to install, and the compiler's types.
    execFileSync('mkdir', ['-p', join(project, 'node_modules/@types')]);
    const { packages } = JSON.parse(readFileSync(join(project, 'src/interleave/interleave.json'), 'utf8')) as {
      packages: object;
    };
    for (const name of [...Object.keys(packages), '@types/node', 'undici-types']) {
      symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    }
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/lib/tsc.js'), '-p', project], {
      stdio: 'inherit',
    });
    const output = execFileSync(process.execPath, [join(project, 'out/main.js')], { encoding: 'utf8' });
    expect(output).toBe('37\n37\n');
  },
);

test('tests and fixtures stay behind; the manifest names versions and packages', () => {
  const { files, libs, packages } = take(root, 'transfer', project);
  expect(Object.keys(files).filter((path) => /\.test\.ts$|fixtures/.test(path))).toEqual([]);
  expect(libs).toMatchObject({ core: '0.1.0', transfer: '0.1.0' });
  expect(Object.keys(packages)).toEqual(['acorn']);
});

test('what a lib can do without is named as well', () => {
  expect(take(root, 'memory', project).packages).toHaveProperty('koffi');
});

test('a changed file is not overwritten; an unchanged one and a forced one are', () => {
  take(root, 'core', project);
  take(root, 'core', project);
  const file = join(project, 'core/collect.ts');
  appendFileSync(file, '// mine\n');
  expect(() => take(root, 'core', project)).toThrow(/core\/collect\.ts: changed since the last copy/);
  expect(readFileSync(file, 'utf8')).toContain('// mine');
  take(root, 'core', project, { force: true });
  expect(readFileSync(file, 'utf8')).not.toContain('// mine');
});

test('an unknown lib is refused before anything is written, with the names there are', () => {
  const target = join(project, 'new');
  expect(() => take(root, 'poools', target)).toThrow(TakeError);
  expect(() => take(root, '../tools', target)).toThrow(/the libs are .*core.*pools/);
  expect(existsSync(target)).toBe(false);
});
