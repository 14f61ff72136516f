/**
 * The picture of one schedule: a column for each thread, a line for each step, and at the right what the words are.
 *
 *     deadlock: ...
 *          deposit          withdraw            lock   balance
 *      0  | load(...)    |                 |     0        100
 *      1                 | load(...)       |     0        100
 *
 * It looks like the pictures of timeline: the same card, the same colours, no ids and no scripts, so that any number of
 * them can stand on one page. What a colour says is said by the column, too.
 */
import type { FailureData, SchedulePictureOptions } from './failure.js';
import { stepText } from './step-text.js';
import type { TraceStep } from './trace.js';

const WIDTH = 760;
const PAD = 18;
const ROW = 24;
const NUMBER = 30;
const VALUE = 62;
/** More words than this leave no room for the threads. */
const MOST_WORDS = 4;
/** Longer schedules lose their middle. */
const MOST_STEPS = 80;
const HUES = 5;

const LIGHT = {
  rules: ['#ffffff', '#e1e5ea', '#1c2733', '#5d6b79', '#e9ecf0'],
  hues: [
    '#b7d5ee #2f79b5',
    '#fbdca6 #c98a0e',
    '#b5e3d2 #0f9069',
    '#ecc9dd #b45a8d',
    '#cbeafa #3a9fd4',
    '#f8cdb4 #c9571a',
  ],
};
const DARK = {
  rules: ['#15191e', '#2d343c', '#e4eaf0', '#97a4b2', '#262c33'],
  hues: [
    '#1d4769 #62aae3',
    '#5a4213 #e3aa3c',
    '#14503e #3dbf97',
    '#5a2f49 #d98ab6',
    '#1c4d63 #79c8ee',
    '#63301a #ee8a55',
  ],
};

/** Draws a failure as an SVG document. */
export function drawSchedule(failure: FailureData, options: SchedulePictureOptions): string {
  const { trace, threads, words, message, kind } = failure;
  // Not "invariant: the invariant ...".
  const { title = message.includes(kind) ? message : `${kind}: ${message}`, theme = 'auto' } = options;
  const shown = words.map((_, word) => word).filter((word) => trace.some((step) => step.word === word));
  const columns = shown.slice(0, MOST_WORDS);
  const left = PAD + NUMBER;
  const lane = (WIDTH - left - PAD - columns.length * VALUE) / threads.length;
  const place = { x: (thread: number) => left + thread * lane, lane };
  const valueX = (at: number): number => WIDTH - PAD - (columns.length - 1 - at) * VALUE;

  const parts = [text({ class: 'title', x: PAD, y: PAD + 13 }, fit(title, 14, WIDTH - 2 * PAD))];
  let y = PAD + 28;
  threads.forEach((name, thread) =>
    parts.push(text({ x: place.x(thread) + 6, y: y + 12, class: 'strong' }, fit(name, 12, lane - 10))),
  );
  columns.forEach((word, at) =>
    parts.push(text({ x: valueX(at), y: y + 12, class: 'strong end' }, fit(words[word] ?? '', 12, VALUE - 8))),
  );
  y += ROW;
  const values = [...failure.start];
  const skipped = Math.max(0, trace.length - MOST_STEPS);
  trace.forEach((step, at) => {
    const changes = step.word !== undefined && step.operation !== 'timeout' && step.before !== step.after;
    if (changes) values[step.word] = step.after;
    if (skipped > 0 && at >= MOST_STEPS / 2 && at < MOST_STEPS / 2 + skipped) {
      if (at > MOST_STEPS / 2) return;
      parts.push(text({ class: 'soft', x: left + 6, y: y + 16 }, `... ${skipped} steps`));
      y += ROW;
      return;
    }
    parts.push(`<path class="grid" d="M${left} ${y + ROW - 0.5}H${WIDTH - PAD}"/>`);
    parts.push(text({ class: 'soft small', x: PAD, y: y + 16 }, String(step.step)), drawStep(step, failure, y, place));
    columns.forEach((word, column) => {
      const looks = changes && step.word === word ? 'small strong end' : 'soft small end';
      parts.push(text({ class: looks, x: valueX(column), y: y + 16 }, String(values[word])));
    });
    y += ROW;
  });
  const height = y + PAD;
  const description = escape(`${message}; ${trace.length} steps, choices ${failure.choices}`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="schedule" role="img" aria-label="${escape(title)}" width="${WIDTH}"` +
    ` height="${height}" viewBox="0 0 ${WIDTH} ${height}" style="max-width:100%;height:auto">` +
    `<title>${escape(title)}</title><desc>${description}</desc>${style(theme)}` +
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>${parts.join('')}</svg>`
  );
}

interface Place {
  readonly x: (thread: number) => number;
  readonly lane: number;
}

function drawStep(step: TraceStep, failure: FailureData, y: number, { x, lane }: Place): string {
  const said = stepText(step, failure);
  const hue = step.operation === 'kill' ? HUES : step.thread % HUES;
  const from = x(step.thread);
  const box = `<rect class="h${hue}" x="${short(from + 0.5)}" y="${y + 2.5}" width="${short(lane - 5)}" height="${ROW - 6}" rx="3"/>`;
  // Where a thread was made to stop, the box of the next has a thick edge.
  const edge = step.preempts ? `<path class="l${hue}" d="M${short(from + 1.5)} ${y + 3}v${ROW - 7}"/>` : '';
  const tip = `<title>${escape(`${failure.threads[step.thread]}: ${said}`)}</title>`;
  return `<g>${tip}${box}${edge}${text({ class: 'small', x: from + 7, y: y + 15.5 }, fit(said, 11, lane - 14))}</g>`;
}

function style(theme: 'auto' | 'light' | 'dark'): string {
  const shared =
    '.schedule text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}' +
    '.schedule .title{font-size:14px;font-weight:600}.schedule .small{font-size:11px}.schedule .strong{font-weight:600}' +
    '.schedule .end{text-anchor:end}.schedule .grid{fill:none}.schedule path{stroke-width:1}.schedule [class^=l]{stroke-width:3}';
  const own = colours(theme === 'dark' ? DARK : LIGHT);
  const other = theme === 'auto' ? `@media (prefers-color-scheme:dark){${colours(DARK)}}` : '';
  return `<style>${shared}${own}${other}</style>`;
}

function colours({ rules: [ground, rim, ink, soft, grid], hues }: typeof LIGHT): string {
  const hue = (pair: string, at: number): string => {
    const [fill, edge] = pair.split(' ');
    return `.schedule .h${at}{fill:${fill};stroke:${edge}}.schedule .l${at}{stroke:${edge}}`;
  };
  return (
    `.schedule .card{fill:${ground};stroke:${rim}}.schedule text{fill:${ink}}.schedule .soft{fill:${soft}}` +
    `.schedule .grid{stroke:${grid}}${hues.map(hue).join('')}`
  );
}

function text(at: { readonly x: number; readonly y: number; readonly class?: string }, content: string): string {
  const looks = at.class === undefined ? '' : ` class="${at.class}"`;
  return `<text${looks} x="${short(at.x)}" y="${short(at.y)}">${escape(content)}</text>`;
}

/** As much of the text as surely fits; nothing here can measure one. */
function fit(content: string, size: number, width: number): string {
  const most = Math.max(1, Math.floor(width / (size * 0.56)));
  const characters = [...content];
  return characters.length <= most ? content : `${characters.slice(0, most - 1).join('')}…`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(content: string): string {
  // Control characters have no place in XML, in any spelling.
  // eslint-disable-next-line no-control-regex -- these are the characters
  const clean = content.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g, '\ufffd');
  return clean.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
