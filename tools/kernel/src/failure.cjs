// An exception as the Jupyter protocol wants it: a name, a value, and a traceback that a reader can use. Frames of the
// kernel and of Node's inside are left out, and no path names the machine.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { inspect, types } = require('node:util');
const { isWrapper, mapPlaces } = require('./cell-code.cjs');

const workspace = path.resolve(__dirname, '../../..');

const KERNEL_FRAME = /[\\/]tslab[\\/]dist[\\/]|[\\/]tools[\\/]kernel[\\/]|\(?node:(?:internal[\\/]|vm:)/;

/**
 * Makes every stack of a notebook readable, also one that a cell prints itself: without frames of the kernel, and with
 * places in the cell as it was written. Stacks are formatted when they are first looked at, so nothing is paid before.
 */
function cleanStacks() {
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map((site) => `    at ${site}`).filter((frame) => !isKernelFrame(frame));
    return [
      errorHead(error),
      ...frames.map((frame) => mapPlaces(frame).replace(/^( {4}at (?:async )?)Proxy\./, '$1')),
    ].join('\n');
  };
}

/**
 * Describes anything that was thrown.
 *
 * @param {unknown} thrown - usually an Error; anything can be thrown
 * @param {string} [lead] - one line above the traceback, for failures that no `throw` in the cell shows
 * @returns {{ename: string, evalue: string, traceback: string[]}}
 */
function describe(thrown, lead) {
  const isError = types.isNativeError(thrown) || thrown instanceof Error;
  const ename = isError ? String(thrown.name || 'Error') : 'Thrown';
  const evalue = withoutPaths(isError ? String(thrown.message) : show(thrown));
  const lines = isError ? errorLines(thrown, new Set()) : [`Thrown: ${evalue}`];
  return { ename, evalue, traceback: [...(lead ? [lead] : []), ...withoutPaths(lines.join('\n')).split('\n')] };
}

/**
 * Describes what the type checker refused.
 *
 * @param {string} source - the cell
 * @param {{place: string, line: number, column: number, message: string}[]} found - lines and columns from 1
 */
function describeTypeErrors(source, found) {
  const lines = source.split('\n');
  const traceback = [];
  for (const { place, line, column, message } of found) {
    traceback.push(`${place}${line}:${column} - ${withoutPaths(message)}`);
    const shown = place === '' ? lines[line - 1] : undefined;
    if (shown !== undefined) traceback.push(`  ${shown}`, `  ${' '.repeat(Math.max(0, column - 1))}^`);
  }
  const first = found[0];
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  return { ename: 'TypeScriptError', evalue: `${withoutPaths(first?.message ?? 'type error')}${more}`, traceback };
}

/** The stack of an error, what it carries along, and its causes. */
function errorLines(error, seen) {
  if (seen.has(error)) return [`${errorHead(error)} (as above)`];
  seen.add(error);
  const stack = typeof error.stack === 'string' && error.stack !== '' ? error.stack : errorHead(error);
  const lines = stack.split('\n').filter((line) => !isKernelFrame(line));
  for (const [key, value] of ownFields(error)) lines.push(...indented(`${key}: ${show(value)}`.split('\n')));
  if (Object.hasOwn(error, 'cause')) lines.push(...indented(labelled('[cause]: ', error.cause, seen)));
  if (Array.isArray(error.errors)) {
    for (const each of error.errors) lines.push(...indented(labelled('[error]: ', each, seen)));
  }
  return lines;
}

function labelled(label, value, seen) {
  const [first, ...rest] = types.isNativeError(value) ? errorLines(value, seen) : show(value).split('\n');
  return [`${label}${first}`, ...rest];
}

function ownFields(error) {
  return Object.keys(error)
    .filter((key) => !['stack', 'message', 'name', 'cause', 'errors'].includes(key))
    .map((key) => {
      try {
        return [key, error[key]];
      } catch {
        // A getter that throws costs this field alone.
        return [key, '(not readable)'];
      }
    });
}

function errorHead(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function show(value) {
  return inspect(value, { colors: false, depth: 3 });
}

function indented(lines) {
  return lines.map((line) => `  ${line}`);
}

function isKernelFrame(line) {
  return /^\s+at /.test(line) && (KERNEL_FRAME.test(line) || isWrapper(line));
}

/** Paths become relative to the notebook's folder, or to the workspace. */
function withoutPaths(text) {
  let result = text;
  for (const folder of folders()) {
    for (const prefix of [`${pathToFileURL(folder).href}/`, `${folder}${path.sep}`])
      result = result.split(prefix).join('');
  }
  return result;
}

function folders() {
  const cwd = process.cwd();
  // The inner folder first, or nothing would be left to replace.
  return cwd === workspace ? [workspace] : [cwd, workspace];
}

module.exports = { cleanStacks, describe, describeTypeErrors };
