/** One notebook as a page. */
import type { Cell, Notebook } from '../notebook-file.js';
import { escapeHtml } from './escape.js';
import { highlightCode } from './highlight.js';
import { renderMarkdown } from './markdown.js';
import type { Heading, MarkdownContext } from './markdown.js';
import { renderOutput } from './outputs.js';
import { page } from './page.js';

/** A page that can be gone to. */
export interface PageLink {
  readonly title: string;
  /** Relative to the page that holds the link. */
  readonly href: string;
}

export interface Neighbours {
  readonly index?: PageLink;
  readonly previous?: PageLink;
  readonly next?: PageLink;
}

/** What a tag says to a reader. */
const notes: Record<string, string> = {
  'raises-exception': 'this cell is meant to fail',
  varies: 'the numbers are different on every run',
  live: 'shown only while it runs',
  slow: 'takes a while',
};

/** The title of a notebook: its first heading, or its file name. */
export function notebookTitle(notebook: Notebook): string {
  for (const cell of notebook.cells) {
    const heading = cell.type === 'markdown' ? /^#\s+(.+)$/m.exec(cell.source) : null;
    if (heading?.[1] !== undefined) return heading[1].replace(/[*_`]/g, '');
  }
  return notebook.name.split('/').at(-1) ?? notebook.name;
}

/** Renders a notebook. */
export function renderNotebook(notebook: Notebook, neighbours: Neighbours): string {
  const headings: Heading[] = [];
  const anchors = new Set(notebook.cells.map((cell) => cell.id));
  const body = notebook.cells
    .map((cell) => renderCell(cell, { path: notebook.path, anchors, headings, ...attachmentsOf(cell) }))
    .join('\n');
  return page({
    title: notebookTitle(notebook),
    trail: trail(neighbours),
    contents: contents(headings),
    body: `${body}\n${footer(neighbours)}`,
  });
}

function attachmentsOf(cell: Cell): Pick<MarkdownContext, 'attachments'> {
  return cell.attachments ? { attachments: cell.attachments } : {};
}

function renderCell(cell: Cell, context: MarkdownContext): string {
  const id = escapeHtml(cell.id);
  const inner = cell.type === 'code' ? renderCode(cell, context) : renderText(cell, context);
  const folded = cell.tags.includes('solution') ? fold('Solution', inner) : inner;
  return `<section class="cell ${cell.type}" id="${id}"><a class="anchor" href="#${id}" title="${id}" aria-label="Link to ${id}">#</a>${folded}</section>`;
}

function renderText(cell: Cell, context: MarkdownContext): string {
  if (cell.type === 'raw') return `<pre class="stream">${escapeHtml(cell.source)}</pre>`;
  return renderMarkdown(cell.source, context);
}

function renderCode(cell: Cell, context: MarkdownContext): string {
  const said = cell.tags.flatMap((tag) => notes[tag] ?? []);
  const note = said.length > 0 ? `<p class="note">${escapeHtml(said.join('; '))}</p>` : '';
  const code = `<pre class="source"><code>${highlightCode(cell.source, 'typescript')}</code></pre>`;
  const outputs = cell.outputs.map((output) => renderOutput(output, context)).join('\n');
  const shown = outputs === '' ? '' : `<div class="outputs">${note}${outputs}</div>`;
  return `${code}${shown === '' ? note : shown}`;
}

function fold(title: string, inner: string): string {
  return `<details class="solution"><summary>${title}</summary>${inner}</details>`;
}

function trail({ index }: Neighbours): string {
  return index ? `<a href="${escapeHtml(index.href)}">${escapeHtml(index.title)}</a>` : '';
}

function contents(headings: readonly Heading[]): string {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return '';
  const items = shown.map(
    ({ level, text, anchor }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><ol>${items.join('')}</ol></nav>`;
}

function footer({ previous, next }: Neighbours): string {
  const to = (link: PageLink | undefined, label: string): string =>
    link ? `<a href="${escapeHtml(link.href)}"><small>${label}</small>${escapeHtml(link.title)}</a>` : '<span></span>';
  return previous || next ? `<nav class="neighbours">${to(previous, 'Before')}${to(next, 'Next')}</nav>` : '';
}
