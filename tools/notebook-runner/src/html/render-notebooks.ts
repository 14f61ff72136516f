/** The command `html`: a page per notebook and, for more than one, an index. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { readNotebook } from '../notebook-file.js';
import type { Notebook } from '../notebook-file.js';
import { escapeHtml } from './escape.js';
import { renderMarkdown } from './markdown.js';
import { notebookTitle, renderNotebook } from './notebook-page.js';
import type { PageLink } from './notebook-page.js';
import { page } from './page.js';

/** Where pages go when nothing is said. */
const DEFAULT_OUT = '.reports/html';

/**
 * Renders notebooks.
 *
 * Pages keep the folders of their notebooks, from the folder that all of them have in common.
 *
 * @param paths - notebooks
 * @param out - the folder for the pages; `.reports/html` by default
 * @returns the page to open first
 * @throws {InvalidNotebookError} if one is no notebook
 */
export async function renderNotebooks(paths: readonly string[], out: string = DEFAULT_OUT): Promise<string> {
  const target = resolve(out);
  const notebooks = await Promise.all(paths.map((path) => readNotebook(path)));
  const base = commonFolder(notebooks.map((notebook) => dirname(notebook.path)));
  const files = notebooks.map((notebook) => join(target, relative(base, notebook.path).replace(/\.ipynb$/, '.html')));
  const index = notebooks.length > 1 ? join(target, 'index.html') : undefined;
  for (const [at, notebook] of notebooks.entries()) {
    const file = files[at] ?? target;
    const to = (other: number): PageLink | undefined => {
      const [neighbour, path] = [notebooks[other], files[other]];
      if (!neighbour || path === undefined || dirname(neighbour.path) !== dirname(notebook.path)) return undefined;
      return { title: notebookTitle(neighbour), href: href(file, path) };
    };
    const [previous, next] = [to(at - 1), to(at + 1)];
    const html = renderNotebook(notebook, {
      ...(index ? { index: { title: 'All notebooks', href: href(file, index) } } : {}),
      ...(previous ? { previous } : {}),
      ...(next ? { next } : {}),
    });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, html);
  }
  if (index) await writeFile(index, await renderIndex(notebooks, files, index));
  return index ?? files[0] ?? target;
}

async function renderIndex(notebooks: readonly Notebook[], files: readonly string[], index: string): Promise<string> {
  const chapters = new Map<string, { notebook: Notebook; file: string }[]>();
  for (const [at, notebook] of notebooks.entries()) {
    const folder = dirname(notebook.path);
    const file = files[at] ?? '';
    chapters.set(folder, [...(chapters.get(folder) ?? []), { notebook, file }]);
  }
  const parts: string[] = [];
  const anchors = new Set<string>();
  for (const [folder, entries] of chapters) {
    const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => undefined);
    const heading = readme === undefined ? undefined : /^#\s+(.+)$/m.exec(readme)?.[1];
    const context = { path: join(folder, 'README.md'), anchors, headings: [] };
    const title = renderMarkdown(`## ${heading ?? basename(folder)}`, context);
    const intro = readme === undefined ? '' : renderMarkdown(firstParagraph(readme), context);
    const items = entries.map(({ notebook, file }) => {
      const about = firstParagraph(notebook.cells.find((cell) => cell.type === 'markdown')?.source ?? '');
      const text = renderMarkdown(about, { ...context, path: notebook.path });
      return `<li><a href="${escapeHtml(href(index, file))}">${escapeHtml(notebookTitle(notebook))}</a>${text}</li>`;
    });
    parts.push(`${title}${intro}<ol class="notebooks">${items.join('')}</ol>`);
  }
  return page({ title: 'Notebooks', body: `<h1>Notebooks</h1>${parts.join('\n')}` });
}

/** The first paragraph that is neither a heading nor a picture. */
function firstParagraph(markdown: string): string {
  const paragraphs = markdown.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
  return paragraphs.find((paragraph) => /^[\p{L}*_`"'“(]/u.test(paragraph)) ?? '';
}

function href(from: string, to: string): string {
  return relative(dirname(from), to).split(sep).join('/');
}

function commonFolder(folders: readonly string[]): string {
  const parts = (folders[0] ?? '').split(sep);
  for (const folder of folders) {
    const other = folder.split(sep);
    while (parts.some((part, at) => part !== other[at])) parts.pop();
  }
  return parts.join(sep) || sep;
}
