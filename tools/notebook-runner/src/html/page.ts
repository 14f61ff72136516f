/** The frame of every page: one file, no scripts, nothing from anywhere else. */
import { escapeHtml } from './escape.js';
import { style } from './style.js';

export interface PageParts {
  readonly title: string;
  /** The way back, as HTML. */
  readonly trail?: string;
  /** The table of contents, as HTML. */
  readonly contents?: string;
  readonly body: string;
}

/** Puts a page together. The policy in its head keeps even an output's own script from running. */
export function page({ title, trail = '', contents = '', body }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header class="top">${trail}</header>
<div class="columns">
${contents}
<main>
${body}
</main>
</div>
</body>
</html>
`;
}
