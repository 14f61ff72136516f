import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StopSignals } from './stop-signals.js';

let source: EventEmitter;
let signals: StopSignals;
let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  source = new EventEmitter();
  signals = new StopSignals(source);
});
afterEach(() => vi.restoreAllMocks());

test('one Ctrl-C that arrives twice within a moment is one wish', () => {
  source.emit('SIGINT', 'SIGINT');
  now += 100;
  source.emit('SIGINT', 'SIGINT');
  expect([signals.stop.aborted, signals.hurry.aborted, signals.exitCode]).toEqual([true, false, 130]);
  now += 600;
  source.emit('SIGINT', 'SIGINT');
  expect(signals.hurry.aborted).toBe(true);
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s stops with %i', (name, code) => {
  source.emit(name, name);
  expect([signals.stop.aborted, signals.exitCode]).toEqual([true, code]);
});

test('afterwards nobody listens', () => {
  signals[Symbol.dispose]();
  expect(source.eventNames()).toEqual([]);
});
