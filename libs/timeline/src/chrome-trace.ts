import type { Timeline } from './timeline.js';

/** Events of Chrome's "Trace Event Format": complete events (`X`) in microseconds, one thread id a lane. */
export function toChromeTrace(timeline: Timeline): string {
  const lanes = timeline.lanes;
  const micros = (ms: number): number => Math.round(ms * 1000);
  const names = lanes.map((name, i) => ({ ph: 'M', name: 'thread_name', pid: 1, tid: i + 1, args: { name } }));
  const waits = { ph: 'M', name: 'thread_name', pid: 1, tid: 0, args: { name: 'waiting' } };
  const events = timeline.spans.flatMap((span, id) => {
    const { name, lane, submitted, start, end = timeline.duration, state, executor } = span;
    const common = { name, cat: executor ?? 'span', pid: 1, args: { state } };
    // Waiting overlaps, which only asynchronous events (`b`, `e`) may do.
    const from = { ...common, ph: 'b', id, tid: 0, ts: micros(submitted ?? 0) };
    const to = { ...common, ph: 'e', id, tid: 0, ts: micros(start ?? end) };
    const run = { ...common, ph: 'X', tid: lanes.indexOf(lane ?? '') + 1, ts: micros(start ?? 0) };
    return [
      ...(submitted === undefined ? [] : [from, to]),
      ...(start === undefined ? [] : [{ ...run, dur: micros(end - start) }]),
    ];
  });
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: [waits, ...names, ...events] });
}
