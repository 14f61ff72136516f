/** Colours for code, as class names; the page's style knows what they look like. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import { escapeHtml } from './escape.js';

const languages = { typescript, json, bash } as const;
const aliases: Record<string, keyof typeof languages> = {
  ts: 'typescript',
  typescript: 'typescript',
  js: 'typescript',
  javascript: 'typescript',
  json: 'json',
  sh: 'bash',
  bash: 'bash',
  console: 'bash',
};

/**
 * Highlights code; text of an unknown language stays as it is.
 *
 * @param language - the name after the fence, or nothing
 */
export function highlightCode(code: string, language: string): string {
  const name = aliases[language.toLowerCase()];
  if (name === undefined) return escapeHtml(code);
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, languages[name]);
  return hljs.highlight(code, { language: name, ignoreIllegals: true }).value;
}
