import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';

// A program of its own needs its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));

/** Runs a program of its own, which must end by itself. */
async function program(code: string): Promise<string> {
  const text = `import { LocalWeb } from ${JSON.stringify(built)};\n${code}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], {
    timeout: 25_000,
  });
  return stdout.trim();
}

test('a web that nobody closed does not keep the process alive', async () => {
  const code = `const web = await LocalWeb.start({ pages: [{ name: 'a', bytes: 10 }] });
    console.log((await (await fetch(web.urlOf('a'))).text()).length);`;
  expect(await program(code)).toBe('10');
});

test('waiting for the log keeps the process alive', async () => {
  const code = `const web = await LocalWeb.start({ pages: [] });
    await new Promise((resolve) => setImmediate(resolve));
    console.log((await web.log()).open, (await web.clearLog()).open);
    await web.close();
    console.log('closed');`;
  expect(await program(code)).toBe('0 0\nclosed');
});

test('after close nothing is left', async () => {
  const code = `import { setTimeout as pause } from 'node:timers/promises';
    const left = () => process.getActiveResourcesInfo().filter((kind) => !/Timeout|PipeWrap/.test(kind));
    const web = await LocalWeb.start({ pages: [{ name: 'a', bytes: 10 }] });
    await (await fetch(web.urlOf('a'))).text();
    await web.close();
    for (let i = 0; i < 500 && left().length > 0; i++) await pause(5);
    console.log(left().join() || 'nothing left');`;
  expect(await program(code)).toBe('nothing left');
});
