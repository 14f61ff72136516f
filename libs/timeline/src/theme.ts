/**
 * How all pictures look: a quiet card with a ground of its own, so that it can be read on any page, light or dark.
 *
 * The card follows `prefers-color-scheme`, which inside an image is the scheme of the page around it. Colours are
 * Okabe and Ito's set for the colour-blind (Color Universal Design, 2008), made pale so that dark text can stand on
 * them; what a colour says is always said by a pattern, a mark or a label too. There are no ids, so any number of
 * pictures can stand on one page, and no scripts.
 */
import { element, escapeText } from './svg.js';

/** Which colours a picture has. `auto`: those of the page it stands on. */
export type Theme = 'auto' | 'light' | 'dark';

/** The width of every picture, in pixels; it shrinks with the page. */
export const WIDTH = 760;
/** Room between the edge of the card and what is on it. */
export const PAD = 18;
/** How many colours there are for things that are told apart by colour. */
export const HUES = 7;

/** [fill, edge] of the hues: blue, orange, green, purple, sky, vermilion, grey. */
const LIGHT_HUES = [
  ['#b7d5ee', '#2f79b5'],
  ['#fbdca6', '#c98a0e'],
  ['#b5e3d2', '#0f9069'],
  ['#ecc9dd', '#b45a8d'],
  ['#cbeafa', '#3a9fd4'],
  ['#f8cdb4', '#c9571a'],
  ['#dde1e6', '#7b8794'],
];
const DARK_HUES = [
  ['#1d4769', '#62aae3'],
  ['#5a4213', '#e3aa3c'],
  ['#14503e', '#3dbf97'],
  ['#5a2f49', '#d98ab6'],
  ['#1c4d63', '#79c8ee'],
  ['#63301a', '#ee8a55'],
  ['#3a414a', '#98a4b1'],
];

interface Colours {
  readonly ground: string;
  readonly rim: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly wait: string;
  readonly hues: readonly (readonly string[])[];
}

const LIGHT: Colours = {
  ground: '#ffffff',
  rim: '#e1e5ea',
  ink: '#1c2733',
  soft: '#5d6b79',
  grid: '#e9ecf0',
  wait: '#e4e8ed',
  hues: LIGHT_HUES,
};
const DARK: Colours = {
  ground: '#15191e',
  rim: '#2d343c',
  ink: '#e4eaf0',
  soft: '#97a4b2',
  grid: '#262c33',
  wait: '#2c333b',
  hues: DARK_HUES,
};

const FONT = `system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif`;

function rules(colours: Colours): string {
  const { ground, rim, ink, soft, grid, wait, hues } = colours;
  const hue = ([fill, edge]: readonly string[], i: number): string =>
    `.interleave .h${i}{fill:${fill};stroke:${edge}}.interleave .l${i}{stroke:${edge}}.interleave .m${i}{fill:${edge}}`;
  return [
    `.interleave .card{fill:${ground};stroke:${rim}}`,
    `.interleave text{fill:${ink}}.interleave .soft{fill:${soft}}`,
    `.interleave .grid{stroke:${grid}}.interleave .base{stroke:${soft}}`,
    `.interleave .wait{fill:${wait}}.interleave .none{stroke:${soft}}.interleave .halo{stroke:${ground}}`,
    // A name on a striped bar keeps a rim of the bar's own colour.
    `.interleave .on5{stroke:${hues[5]?.[0]}}`,
    ...hues.map(hue),
  ].join('');
}

const SHARED = [
  `.interleave text{font:12px ${FONT};font-variant-numeric:tabular-nums}`,
  '.interleave .title{font-size:14px;font-weight:600}',
  '.interleave .small{font-size:11px}',
  '.interleave .end{text-anchor:end}.interleave .mid{text-anchor:middle}',
  '.interleave .grid,.interleave .base,.interleave .line{fill:none}',
  '.interleave .none{fill:none;stroke-dasharray:3 2.5}',
  '.interleave .open{stroke-dasharray:3 2.5}',
  '.interleave .line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}',
  '.interleave .on5,.interleave .halo{paint-order:stroke;stroke-linejoin:round}.interleave .halo{stroke-width:3}',
].join('');

function style(theme: Theme): string {
  const own = rules(theme === 'dark' ? DARK : LIGHT);
  const other = theme === 'auto' ? `@media (prefers-color-scheme:dark){${rules(DARK)}}` : '';
  return element('style', {}, SHARED + own + other);
}

/**
 * A whole picture: the card, and what is drawn on it.
 *
 * @param title - what a screen reader says first
 * @param description - what it says next
 */
export function picture(
  height: number,
  title: string,
  description: string,
  theme: Theme,
  content: readonly string[],
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'interleave',
      role: 'img',
      'aria-label': title,
      width: WIDTH,
      height,
      viewBox: `0 0 ${WIDTH} ${Math.round(height)}`,
      style: 'max-width:100%;height:auto',
    },
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(description)),
    style(theme),
    element('rect', { class: 'card', x: 0.5, y: 0.5, width: WIDTH - 1, height: height - 1, rx: 8 }),
    ...content,
  );
}
