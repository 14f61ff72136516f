// Interrupts of the real kernel, as a client sends them: SIGINT, whatever the kernel is doing.
import { expect, test } from 'vitest';
import { LONG, text, useKernel } from './fixtures/kernel.js';
import { isAlive, until } from './fixtures/notebooks.js';
import type { Execution } from './session.js';

const kernel = useKernel();
const { run } = kernel;

// The cell says when it is where it shall be interrupted, in words of its own when the one before it says so too.
async function interrupted(code: string, words = 'there'): Promise<Execution> {
  const running = run(code);
  await until(() => kernel.session.lastText.endsWith(`${words}\n`));
  kernel.session.interrupt();
  return running;
}

for (const [name, code] of [
  ['an endless loop', `console.log('there'); for (;;) {}`],
  ['a pending await', `console.log('there'); await new Promise(() => {});`],
  ['a blocking wait', `console.log('there'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`],
  [
    'a blocking wait after an await',
    `await new Promise((resolve) => setTimeout(resolve, 1)); console.log('there');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  ],
  [
    'an endless loop after an await',
    `await new Promise((resolve) => setTimeout(resolve, 1)); console.log('there'); for (;;) {}`,
  ],
  [
    'an endless loop in a callback',
    `setTimeout(() => { console.log('there'); for (;;) {} }, 1); await new Promise(() => {});`,
  ],
] as const) {
  test(`an interrupt ends ${name}, and the kernel goes on with all its variables`, async () => {
    await run(`const kept = 'kept';`);
    const done = await interrupted(code);
    expect(done).toMatchObject({ status: 'error', outputs: { error: { ename: 'Interrupted' } } });
    expect(text(await run('kept'))).toBe('kept\n');
    // Timers and promises work as before.
    expect(text(await run(`await new Promise((resolve) => setTimeout(resolve, 1)); 'on'`))).toBe('on\n');
  });
}

test('twenty interrupts in a row, of the kind that has to be ended from outside', async () => {
  for (let round = 0; round < 20; round++) {
    const done = await interrupted(
      `await null; console.log('there'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    );
    expect(done.outputs.error?.ename).toBe('Interrupted');
    expect(text(await run(`${round}`))).toBe(`${round}\n`);
  }
});

test('a second interrupt while the first one is being delivered stops neither', async () => {
  for (const gap of [1, 20, 50, 80, 110]) {
    const running = run(`console.log('gap ${gap}'); for (;;) {}`);
    await until(() => kernel.session.lastText === `gap ${gap}\n`);
    kernel.session.interrupt();
    // Wherever the first one is by then, a blocked cell has to end.
    await new Promise((resolve) => setTimeout(resolve, gap));
    kernel.session.interrupt();
    expect((await running).outputs.error?.ename).toBe('Interrupted');
  }
});

test('an endless loop and, right behind it, a pending await can both be interrupted, twenty times', async () => {
  for (let round = 1; round <= 20; round++) {
    const loop = await interrupted(`console.log('loop ${round}'); for (;;) {}`, `loop ${round}`);
    const wait = await interrupted(`console.log('wait ${round}'); await new Promise(() => {});`, `wait ${round}`);
    expect([loop, wait].map(({ outputs }) => outputs.error?.ename)).toEqual(['Interrupted', 'Interrupted']);
  }
});

for (const [name, code] of [
  ['awaits', `await heard; await new Promise((resolve) => setTimeout(resolve, 1)); 'whole'`],
  // Long enough to be asked several times whether it may be ended.
  ['blocks', `for (const until = Date.now() + 400; Date.now() < until; ); await heard; 'whole'`],
] as const) {
  test(`an interrupt that comes at the end of a cell leaves the next one alone, which ${name}`, async () => {
    for (let round = 0; round < 10; round++) {
      await run(`const heard = new Promise((resolve) => process.once('SIGINT', resolve));\n0;`);
      // Both are sent at once: nothing lies between the end of the first and the beginning of the next.
      const first = kernel.session.execute(`process.kill(process.pid, 'SIGINT');`, { ...LONG, stopOnError: false });
      const next = await run(code);
      expect(['ok', 'error']).toContain((await first).status);
      expect(next.status).toBe('ok');
      expect(text(next)).toBe('whole\n');
    }
  });
}

test('an interrupt while nothing runs is ignored', async () => {
  await run(`process.once('SIGINT', () => console.log('heard'));\n0;`);
  kernel.session.interrupt();
  await until(() => kernel.session.lastText === 'heard\n');
  expect((await run('1')).status).toBe('ok');
});

test('an interrupt of the whole process group leaves children alive that are detached or ignore it', async () => {
  const started = await run(`import { spawn } from 'node:child_process';
const apart = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
const deaf = spawn('sh', ['-c', 'trap "" INT; echo ready; while :; do sleep 1; done']);
await new Promise((resolve) => deaf.stdout.once('data', resolve));
console.log([apart.pid, deaf.pid].join());`);
  const pids = text(started).trim().split(',').map(Number);
  const running = run(`console.log('there'); await new Promise(() => {});`);
  await until(() => kernel.session.lastText.endsWith('there\n'));
  // This is how Jupyter does it.
  process.kill(-kernel.session.pid, 'SIGINT');
  expect((await running).status).toBe('error');
  for (const pid of pids) expect(await isAlive(pid)).toBe(true);
  await run(`apart.kill('SIGKILL'); deaf.kill('SIGKILL');`);
  for (const pid of pids) await until(async () => !(await isAlive(pid)));
});

test('a second interrupt right behind the first does not end the kernel', async () => {
  const running = run(`console.log('there'); for (;;) {}`);
  await until(() => kernel.session.lastText.endsWith('there\n'));
  for (let count = 0; count < 5; count++) kernel.session.interrupt();
  expect((await running).status).toBe('error');
  expect((await run('1')).status).toBe('ok');
});
