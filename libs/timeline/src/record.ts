import { spanTrace, taskTrace, traceTime, type SpanEvent, type TaskEvent } from '@interleave/core';
import { Timeline, type Span, type SpanState } from './timeline.js';

type Draft = { -readonly [K in keyof Span]: Span[K] } & { readonly key: number };

/**
 * Runs `body` and records what executors and `span` do meanwhile, in this thread's whole program.
 *
 * **Errors** of `body` come out as they are; there is no timeline then.
 * **Cost** one small object a task while the recording runs, nothing afterwards. Recordings may overlap and nest; each
 * sees everything that happens during it.
 * **At the end** tasks that are not over are kept as they stand: `waiting` or `running`. Await what you started if you
 * want to see its end.
 *
 * @param body - what to record; may be async
 * @returns the timeline, with what `body` returned as `timeline.value`
 * @throws {TypeError} if `body` is not a function
 *
 * @example
 * ```ts
 * const timeline = await record(async () => {
 *   for (const url of urls) await span('download', () => download(url));
 * });
 * show(timeline);
 * ```
 */
export async function record<T>(body: () => T | PromiseLike<T>): Promise<Timeline<Awaited<T>>> {
  if (typeof body !== 'function') throw new TypeError(`Cannot record ${typeof body}: pass a function`);
  const recorder = new Recorder();
  try {
    const value = await body();
    return recorder.timeline(value);
  } finally {
    recorder.stop();
  }
}

/** Listens to the trace channels from its making until `stop()`. */
class Recorder {
  readonly #began = traceTime();
  readonly #tasks = new Map<number, Draft>();
  readonly #marks: Draft[] = [];
  readonly #stops = [
    taskTrace.subscribe((event) => this.#task(event)),
    spanTrace.subscribe((event) => this.#mark(event)),
  ];

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  timeline<T>(value: T): Timeline<T> {
    const duration = traceTime() - this.#began;
    const byKey = (a: Draft, b: Draft): number => a.key - b.key;
    // By number, which is the order of submission: the order of the events differs from run to run.
    const drafts = [...this.#marks.sort(byKey), ...[...this.#tasks.values()].sort(byKey)];
    return new Timeline({
      value,
      duration,
      began: this.#began,
      spans: drafts.map((draft) => settle(draft, duration)),
    });
  }

  #task(event: TaskEvent): void {
    const time = event.time - this.#began;
    let draft = this.#tasks.get(event.task);
    if (draft === undefined) {
      const { task: key, name, executor } = event;
      draft = {
        key,
        name,
        executor,
        lane: undefined,
        submitted: undefined,
        start: undefined,
        end: undefined,
        state: 'waiting',
      };
      this.#tasks.set(key, draft);
    }
    switch (event.phase) {
      case 'submit':
        draft.submitted = time;
        break;
      case 'start':
        draft.start = time;
        draft.lane = event.worker;
        draft.state = 'running';
        break;
      case 'end':
        draft.end = time;
        draft.lane ??= event.worker;
        draft.state = event.state;
        break;
    }
  }

  #mark({ span: key, name, lane, start, end, state }: SpanEvent): void {
    this.#marks.push({
      key,
      name,
      lane,
      executor: undefined,
      submitted: undefined,
      start: start - this.#began,
      end: end - this.#began,
      state,
    });
  }
}

/**
 * Brings the times of one span into order. Clocks of two processes may differ by a little, and a task may have been
 * handed in before the recording began.
 */
function settle({ key: _, ...draft }: Draft, duration: number): Span {
  const inside = (time: number | undefined, from: number): number | undefined =>
    time === undefined ? undefined : Math.min(Math.max(time, from), Math.max(from, duration));
  const submitted = inside(draft.submitted, 0);
  // A task that began before the recording did was running at its beginning.
  const start = inside(
    draft.start ?? (draft.lane !== undefined && draft.end !== undefined ? 0 : undefined),
    submitted ?? 0,
  );
  const end = inside(draft.end, start ?? submitted ?? 0);
  const state: SpanState = draft.state;
  return { ...draft, submitted, start, end, state };
}
