import { expect, test } from 'vitest';
import { Progress } from '../progress.js';
import { assertNone, Report } from './report.js';

function make(
  stop: AbortSignal,
  wanted = (_: string): boolean => true,
): { report: Report; text: () => string; shot: string[] } {
  let text = '';
  const shot: string[] = [];
  const progress = new Progress({ write: (more) => (text += more) });
  const report = new Report(progress, stop, wanted, async (title) => {
    shot.push(title);
    throw new Error('no picture to be had');
  });
  return { report, shot, text: () => text.replace(/\d+\.\d s/g, 'N s') };
}

test('failures are printed in full and counted, and the next check goes on', async () => {
  const { report, shot, text } = make(new AbortController().signal);
  await report.check('one', async () => assertNone(['first fault', 'second fault']) as unknown as string);
  await report.check('two', () => Promise.reject(new Error('\x1b[2mTimeout\x1b[22m\n')));
  await report.check('three', async () => '4 cells');
  report.end();
  expect(text()).toBe(
    '  ✗ one (N s)\n      first fault\n      second fault\n' +
      '  ✗ two (N s)\n      Timeout\n' +
      '  ✓ three: 4 cells (N s)\n' +
      '\n1 passed, 2 failed\n  ✗ one\n  ✗ two\n',
  );
  expect(shot).toEqual(['one', 'two']);
  expect(report.failed).toBe(2);
});

test('unwanted checks are left out, and so are all after a stop; what a stop broke is no failure', async () => {
  const stop = new AbortController();
  const { report } = make(stop.signal, (title) => title !== 'unwanted');
  const ran: string[] = [];
  const check = (title: string, body = async (): Promise<string> => ''): Promise<void> =>
    report.check(title, () => {
      ran.push(title);
      return body();
    });
  await check('unwanted');
  await check('broken by the stop', async () => {
    stop.abort();
    throw new Error('the browser is gone');
  });
  await check('late');
  expect(ran).toEqual(['broken by the stop']);
  expect(report.failed).toBe(0);
});
