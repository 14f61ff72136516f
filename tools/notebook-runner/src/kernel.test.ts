// The real kernel, driven over its sockets: what a client of any kind depends on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LONG, text, useKernel } from './fixtures/kernel.js';
import { until } from './fixtures/notebooks.js';
import { KernelSession } from './session.js';

const kernel = useKernel();
const { run } = kernel;

describe('output', () => {
  test('100,000 lines arrive complete, and the kernel becomes idle', async () => {
    const done = await run('for (let line = 0; line < 100_000; line++) console.log(line);');
    expect(done.status).toBe('ok');
    expect(text(done)).toBe(Array.from({ length: 100_000 }, (_, line) => `${line}\n`).join(''));
  });

  test('1,000 small cells lose nothing', async () => {
    const lost: number[] = [];
    for (let at = 0; at < 1_000; at++) {
      const done = await run(`console.log(${at}); console.error('e'); console.log('x')`);
      if (text(done) !== `${at}\ne\nx\n`) lost.push(at);
    }
    expect(lost).toEqual([]);
  });

  test('the order of stdout, stderr and displays is the order of writing', async () => {
    const { outputs } = await run(`import * as tslab from 'tslab';
console.log('a'); console.error('b'); tslab.display.text('c'); console.log('d');`);
    expect(outputs.outputs.map(({ output_type: type }) => type)).toEqual([
      'stream',
      'stream',
      'display_data',
      'stream',
    ]);
  });

  test('a write calls back, and keeps a character that comes in two pieces', async () => {
    const done = await run(`await new Promise<void>((resolve) => process.stdout.write('called ', () => resolve()));
const euro = Buffer.from('€');
process.stdout.write(euro.subarray(0, 1));
process.stdout.write(euro.subarray(1));
await new Promise<void>((resolve) => process.stdout.write('', 'utf8', () => resolve()));`);
    expect(text(done)).toBe('called €');
  });

  test('what a cell says before it blocks is seen while it blocks', async () => {
    const running = run(`console.log('before');
console.log('begun');
for (;;) {}`);
    await until(() => kernel.session.lastText === 'begun\n');
    kernel.session.interrupt();
    expect(text(await running)).toBe('before\nbegun\n');
  });

  test('a display that is updated later, from another cell too, has its last content', async () => {
    const first = await run(`import { newDisplay } from 'tslab';
const view = newDisplay();
view.text('one');
view.text('two');`);
    expect(first.outputs.outputs).toMatchObject([{ data: { 'text/plain': 'two' } }]);
    await run(`view.text('three');`);
    expect(first.outputs.outputs).toMatchObject([{ data: { 'text/plain': 'three' } }]);
  });
});

describe('output that comes late belongs to the cell that caused it', () => {
  test('a timer, and what is awaited behind it', async () => {
    const first = await run(`const gate = { open: false };
const poll = setInterval(async () => {
  if (!gate.open) return;
  clearInterval(poll);
  console.log('first');
  await null;
  console.log('first again');
}, 1);`);
    const second = await run(`console.log('second');
gate.open = true;
await new Promise((resolve) => setTimeout(resolve, 100));
console.log('second again');`);
    await kernel.session.settle(30, 2_000);
    expect(text(first)).toBe('first\nfirst again\n');
    expect(text(second)).toBe('second\nsecond again\n');
  });

  test('timers/promises', async () => {
    const first = await run(`import { setTimeout as sleep } from 'node:timers/promises';
const later = { open: false };
void (async () => {
  while (!later.open) await sleep(1);
  console.log('first');
})();`);
    const second = await run(`later.open = true;
await new Promise((resolve) => setTimeout(resolve, 100));`);
    expect([text(first), text(second)]).toEqual(['first\n', '']);
  });

  test('a worker prints into the cell that last sent it something', async () => {
    const first = await run(`import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
const echo = new Worker(\`
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (text) => { console.log(text); setTimeout(() => parentPort.postMessage('done'), 5); });
\`, { eval: true });
echo.postMessage('one');
const heardOne = await once(echo, 'message');`);
    const second = await run(`echo.postMessage('two');
const heardTwo = await once(echo, 'message');`);
    await run('await echo.terminate();');
    await kernel.session.settle(30, 2_000);
    expect([text(first), text(second)]).toEqual(['one\n', 'two\n']);
  });
});

describe('failures', () => {
  test('an exception has a name, a message, and a stack without kernel frames and machine paths', async () => {
    const done = await run(
      `interface Named { name: string }

function outer(thing: Named): string {
  return inner(thing);
}
const inner = (thing: Named): string => { throw new RangeError('too far: ' + thing.name, { cause: new Error('why') }); };
outer({ name: 'x' });`,
      'throws',
    );
    expect(done.status).toBe('error');
    expect(done.outputs.error).toMatchObject({ ename: 'RangeError', evalue: 'too far: x' });
    expect(done.outputs.error?.traceback).toEqual([
      'RangeError: too far: x',
      '    at inner (throws:6:49)',
      '    at outer (throws:4:10)',
      '    at throws:7:1',
      '  [cause]: Error: why',
      '      at inner (throws:6:99)',
      '      at outer (throws:4:10)',
      '      at throws:7:1',
    ]);
  });

  test('a stack that a cell prints itself is as clean', async () => {
    const done = await run(`console.log(new Error('printed').stack)`, 'prints');
    expect(text(done)).toBe('Error: printed\n    at prints:1:13\n');
  });

  test('fields of an error are shown, and paths are told from the notebook', async () => {
    const done = await run(`import { readFileSync } from 'node:fs';
readFileSync(process.cwd() + '/none.txt');`);
    const shown = done.outputs.error?.traceback.join('\n') ?? '';
    expect(shown).toContain("open 'none.txt'");
    expect(shown).toContain("  code: 'ENOENT'");
    expect(shown).not.toContain(kernel.folder.path);
  });

  test('anything can be thrown', async () => {
    for (const [code, evalue] of [
      [`throw 'text'`, "'text'"],
      [`throw undefined`, 'undefined'],
      [`throw { a: 1 }`, '{ a: 1 }'],
    ] as const) {
      const done = await run(code);
      expect(done).toMatchObject({ status: 'error', outputs: { error: { ename: 'Thrown', evalue } } });
    }
  });

  test('the type checker refuses with the place and the line', async () => {
    const done = await run(`let a = 1;\na.b();`);
    expect(done.outputs.error).toEqual({
      ename: 'TypeScriptError',
      evalue: "Property 'b' does not exist on type 'number'.",
      traceback: ["2:3 - Property 'b' does not exist on type 'number'.", '  a.b();', '    ^'],
    });
  });

  test('a rejection that is handled before the cell ends is none', async () => {
    const done = await run(`const rejected = Promise.reject(new Error('no'));
await new Promise((resolve) => setTimeout(resolve, 5));
try { await rejected; } catch { console.log('caught'); }`);
    expect(done).toMatchObject({ status: 'ok' });
    expect(text(done)).toBe('caught\n');
  });

  test('what is queued behind a failing cell is aborted, and what comes later runs', async () => {
    for (const failing of [`throw new Error('no')`, `await Promise.reject(new Error('no'))`, `const n: number = 'x'`]) {
      const folder = mkdtempSync(join(tmpdir(), 'gate-'));
      const sign = join(folder, 'open');
      const gate = run(
        `const fs = require('node:fs'); while (!fs.existsSync(${JSON.stringify(sign)})) await new Promise(setImmediate);`,
      );
      const queued = [failing, `console.log('never')`, 'never()', '2'].map((code) => run(code));
      // The answer comes behind everything that was sent before: the kernel has it all.
      await kernel.session.ask('kernel_info_request');
      writeFileSync(sign, '');
      expect((await gate).status).toBe('ok');
      rmSync(folder, { recursive: true });
      const all = await Promise.all(queued);
      expect(all.map(({ status }) => status)).toEqual(['error', 'aborted', 'aborted', 'aborted']);
      expect(all.map(text)).toEqual(['', '', '', '']);
      expect(text(await run(`'runs again'`))).toBe('runs again\n');
    }
  });

  test('nothing is aborted when the client does not want it', async () => {
    const failing = kernel.session.execute(`throw new Error('no')`, { ...LONG, stopOnError: false });
    const all = await Promise.all([failing, run(`'runs'`)]);
    expect(all.map(({ status }) => status)).toEqual(['error', 'ok']);
  });
});

describe('the rest of the protocol', () => {
  test('comm_info and history are answered as such', async () => {
    expect(await kernel.session.ask('comm_info_request', { target_name: 'jupyter.widget' })).toEqual({
      type: 'comm_info_reply',
      content: { status: 'ok', comms: {} },
    });
    expect(await kernel.session.ask('history_request')).toMatchObject({
      type: 'history_reply',
      content: { history: [] },
    });
  });

  test("completion, inspection and completeness are tslab's own", async () => {
    await run('const completeMe = 12;');
    expect(await kernel.session.ask('complete_request', { code: 'complete', cursor_pos: 8 })).toMatchObject({
      type: 'complete_reply',
      content: { matches: expect.arrayContaining(['completeMe']) },
    });
    const inspected = await kernel.session.ask('inspect_request', {
      code: 'completeMe',
      cursor_pos: 3,
      detail_level: 0,
    });
    expect(inspected).toMatchObject({ content: { found: true } });
    expect(await kernel.session.ask('is_complete_request', { code: 'if (x) {' })).toMatchObject({
      content: { status: 'incomplete' },
    });
  });

  test('kernel_info has the status that clients ask for', async () => {
    expect(await kernel.session.ask('kernel_info_request')).toMatchObject({
      content: { status: 'ok', protocol_version: '5.3', language_info: { name: 'typescript' } },
    });
  });
});

test('workers and child processes of a cell start without the preload', async () => {
  const done = await run(`import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
writeFileSync('child.cjs', 'process.send(process.execArgv)');
const child = fork('./child.cjs');
const fromChild = await new Promise((resolve) => child.once('message', resolve));
const worker = new Worker("require('node:worker_threads').parentPort.postMessage(String(setTimeout))", { eval: true });
const fromWorker = await new Promise<string>((resolve) => worker.once('message', resolve));
console.log(fromChild, fromWorker.includes('remembered'));`);
  expect(text(done)).toBe('[] false\n');
});

test('a shutdown ends the kernel although workers and timers live, and runs its exit handlers', async () => {
  const other = await KernelSession.start({ cwd: kernel.folder.path });
  await other.execute(
    `import { Worker } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
setInterval(() => {}, 1_000);
const endless = new Worker('for (;;) {}', { eval: true });
process.on('exit', () => writeFileSync('exited', 'yes'));`,
    LONG,
  );
  await other.close();
  expect(other.exit).toEqual({ code: 0, signal: null });
  expect(await kernel.folder.read('exited')).toBe('yes');
});

test('in a process that only has its name, the preload does nothing', async () => {
  const child = spawn(process.execPath, [
    '--require',
    new URL('../../kernel/preload.cjs', import.meta.url).pathname,
    '-p',
    'String(setTimeout).includes("remembered")',
  ]);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  await once(child, 'close');
  expect(printed).toBe('false\n');
});
