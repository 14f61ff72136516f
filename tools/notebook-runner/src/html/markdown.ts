/** Markdown of notebooks and READMEs as HTML that needs nothing else: pictures become part of the page. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import MarkdownIt from 'markdown-it';
import type { MimeBundle } from '../outputs.js';
import { highlightCode } from './highlight.js';

/** A heading, for the table of contents. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

export interface MarkdownContext {
  /** The file that the text is from; pictures and links are relative to it. */
  readonly path: string;
  /** Pictures that the cell carries along. */
  readonly attachments?: Readonly<Record<string, MimeBundle>>;
  /** Anchors that the page has already. */
  readonly anchors: Set<string>;
  /** Collects the headings. */
  readonly headings: Heading[];
}

const pictureTypes: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};

/** Renders Markdown. */
export function renderMarkdown(text: string, context: MarkdownContext): string {
  const markdown = new MarkdownIt({ html: true, linkify: false, typographer: false, highlight: highlightCode });
  const env = {};
  const tokens = markdown.parse(text, env);
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const inline = tokens[at + 1];
      const plain = (inline?.children ?? []).map((child) => child.content).join('');
      const anchor = freeAnchor(plain, context.anchors);
      context.headings.push({ level: Number(token.tag.slice(1)), text: plain, anchor });
      token.attrSet('id', anchor);
    }
    for (const child of token.children ?? []) {
      if (child.type === 'image') child.attrSet('src', picture(String(child.attrGet('src') ?? ''), context));
      if (child.type === 'link_open') child.attrSet('href', link(String(child.attrGet('href') ?? '')));
    }
  }
  return markdown.renderer.render(tokens, markdown.options, env);
}

/** `Why not more threads?` -> `why-not-more-threads`. */
function freeAnchor(text: string, taken: Set<string>): string {
  const slug =
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'section';
  let anchor = slug;
  for (let count = 2; taken.has(anchor); count++) anchor = `${slug}-${count}`;
  taken.add(anchor);
  return anchor;
}

function picture(source: string, { path, attachments }: MarkdownContext): string {
  if (source.startsWith('attachment:')) {
    const bundle = attachments?.[decodeURIComponent(source.slice('attachment:'.length))] ?? {};
    const [type, data] = Object.entries(bundle)[0] ?? [];
    const text = Array.isArray(data) ? data.join('') : typeof data === 'string' ? data : '';
    return type === undefined
      ? source
      : dataUri(type, type.includes('svg') ? Buffer.from(text).toString('base64') : text);
  }
  const file = resolve(dirname(path), decodeURIComponent(source));
  const type = pictureTypes[extname(file).toLowerCase()];
  if (/^[a-z]+:/i.test(source) || type === undefined || !existsSync(file)) return source;
  return dataUri(type, readFileSync(file).toString('base64'));
}

function dataUri(type: string, base64: string): string {
  return `data:${type};base64,${base64.replaceAll('\n', '')}`;
}

/** Links from notebook to notebook become links from page to page. */
function link(target: string): string {
  if (/^[a-z]+:/i.test(target)) return target;
  return target.replace(/\.ipynb(?=$|#)/, '.html').replace(/(^|\/)README\.md(?=$|#)/, '$1index.html');
}
