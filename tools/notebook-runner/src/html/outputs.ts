/** Outputs of cells as HTML: the richest form of each that a page can show without running anything. */
import type { MimeBundle, Output } from '../outputs.js';
import { escapeHtml } from './escape.js';
import { renderMarkdown } from './markdown.js';
import type { MarkdownContext } from './markdown.js';

/** Renders one output. */
export function renderOutput(output: Output, context: MarkdownContext): string {
  switch (output.output_type) {
    case 'stream':
      return `<pre class="stream ${output.name}">${escapeHtml(withoutCodes(output.text))}</pre>`;
    case 'error':
      return `<pre class="error">${escapeHtml(withoutCodes(output.traceback.join('\n') || `${output.ename}: ${output.evalue}`))}</pre>`;
    case 'display_data':
    case 'execute_result':
      return `<div class="display">${renderBundle(output.data, context)}</div>`;
  }
}

function renderBundle(data: MimeBundle, context: MarkdownContext): string {
  const text = (mime: string): string => String(data[mime]);
  const twin = typeof data['text/plain'] === 'string' ? data['text/plain'] : '';
  if ('image/svg+xml' in data) {
    return `<figure class="picture">${inlineSvg(text('image/svg+xml'))}</figure>${textTwin(twin)}`;
  }
  for (const type of ['image/png', 'image/jpeg', 'image/gif', 'image/webp']) {
    if (type in data) {
      const source = `data:${type};base64,${text(type).replace(/\s/g, '')}`;
      return `<figure class="picture"><img alt="${escapeHtml(twin || 'picture')}" src="${source}"></figure>`;
    }
  }
  if ('text/html' in data) return `<div class="html">${text('text/html')}</div>`;
  if ('text/markdown' in data) return renderMarkdown(text('text/markdown'), context);
  if ('application/json' in data) {
    return `<pre class="stream">${escapeHtml(JSON.stringify(data['application/json'], undefined, 2))}</pre>`;
  }
  if ('text/latex' in data) return `<pre class="stream">${escapeHtml(text('text/latex'))}</pre>`;
  return `<pre class="stream">${escapeHtml(withoutCodes(twin))}</pre>`;
}

/** Inside a page a picture is no document of its own: the XML prologue goes. */
function inlineSvg(svg: string): string {
  return svg.replace(/^\s*<\?xml[^>]*\?>\s*/, '').replace(/^\s*<!DOCTYPE[^>]*>\s*/i, '');
}

/** The same as the picture, for readers who cannot see it. */
function textTwin(text: string): string {
  if (text.trim() === '') return '';
  return `<details class="twin"><summary>as text</summary><pre class="stream">${escapeHtml(text)}</pre></details>`;
}

/** Colours of terminals say nothing on a page. */
function withoutCodes(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}
