/** How the states of spans look, and the legend that says so. No look is told from another by colour alone. */
import { element, short, textWidth } from './svg.js';
import { PAD, WIDTH } from './theme.js';
import type { Span, SpanState } from './timeline.js';

const SMALL = 11;

/**
 * The classes of a bar.
 *
 * @param hue - the number of the colour of a bar whose state has no colour of its own
 */
export function barClass(state: SpanState, hue: number): string {
  switch (state) {
    case 'failed':
      return 'h5';
    case 'cancelled':
      return 'h6 open';
    case 'running':
    case 'waiting':
      return `h${hue} open`;
    case 'succeeded':
      return `h${hue}`;
  }
}

/** The upright stripes of a bar that failed: one thick dashed line, which needs no pattern and so no id. */
export function stripes(x: number, width: number, top: number, height: number): string {
  return element('path', {
    class: 'l5',
    d: `M${short(x + 1)} ${short(top + height / 2)}h${short(Math.max(0.5, width - 2))}`,
    'stroke-width': height - 2,
    'stroke-dasharray': '1.2 3.3',
    opacity: 0.75,
  });
}

/** Says what the looks mean, for those that occur, ending at the right edge. Empty if there is only one. */
export function legend(spans: readonly Span[], byTask: boolean, y: number): string {
  const has = (state: SpanState): boolean => spans.some((span) => span.state === state);
  const items: [text: string, look: string][] = [];
  if (spans.some(({ submitted }) => submitted !== undefined)) items.push(['waiting', 'wait']);
  if (has('succeeded') || has('running')) items.push([byTask ? 'running, by worker' : 'running', 'h0']);
  if (has('failed')) items.push(['failed', 'h5']);
  if (has('cancelled')) items.push(['cancelled', 'h6 open']);
  if (items.length < 2) return '';
  let x = WIDTH - PAD;
  const drawn = items.reverse().map(([text, look]) => {
    x -= textWidth(text, SMALL);
    const label = element('text', { class: 'soft small', x, y }, text);
    x -= 17;
    const size = look === 'wait' ? 5 : 10;
    const top = y - 3.5 - size / 2;
    const box = { class: look, x: x + 0.5, y: top, width: 11, height: size, rx: 2 };
    const mark = element('rect', box) + (look === 'h5' ? stripes(x + 0.5, 11, top - 0.5, 11) : '');
    x -= 14;
    return mark + label;
  });
  return drawn.join('');
}
