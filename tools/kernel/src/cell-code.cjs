// The type checker rewrites a cell before it runs: types go, lines are joined and split. A stack speaks of the rewritten
// code. Here its places are found again in the cell: both texts hold the same tokens in the same order, so the longest
// common subsequence of tokens tells which place is which.
'use strict';

/** Cells whose code may still show up in a stack. */
const REMEMBERED = 500;
/** Tokens beyond which a cell is not searched; its stacks then name the cell alone. */
const MOST_TOKENS = 3_000;

const TOKEN = /[A-Za-z_$][\w$]*|\d[\w.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s\w]/g;

const cells = new Map();

/**
 * Remembers what became of a cell.
 *
 * @param {string} name - what stacks call it
 * @param {string} source - as the reader wrote it
 * @param {string} generated - as it runs
 */
function rememberCell(name, source, generated) {
  cells.delete(name);
  cells.set(name, { source, generated, places: undefined });
  if (cells.size > REMEMBERED) cells.delete(cells.keys().next().value);
}

/** Replaces the places of a stack by places in cells. */
function mapPlaces(stack) {
  return stack.replace(/([^\s()]+):(\d+):(\d+)/g, (whole, name, line, column) => {
    const cell = cells.get(name);
    if (!cell) return whole;
    cell.places ??= align(cell.source, cell.generated);
    // A call may begin with a token that only the generated code has: the one before it is near enough.
    const known = (cell.places.get(Number(line)) ?? []).findLast((token) => token.column <= Number(column));
    return known ? `${name}:${known.place}` : name;
  });
}

/** Whether a stack's frame is the call of the wrapper around a cell: no place of the cell itself. */
function isWrapper(frame) {
  const [, name, line] = /([^\s()]+):(\d+):\d+\)?$/.exec(frame) ?? [];
  const cell = cells.get(name);
  return cell !== undefined && Number(line) === cell.generated.split('\n').length;
}

/** For each line of the generated code, its tokens that the source has too, with their place there. */
function align(source, generated) {
  const places = new Map();
  const [a, b] = [tokens(source), tokens(generated)];
  if (a.length * b.length > MOST_TOKENS * MOST_TOKENS) return places;
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i].text === b[j].text
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const skippable = lengths[i * width + j + 1] === lengths[i * width + j];
    if (a[i].text === b[j].text && skippable && a[i + 1]?.text !== b[j + 1]?.text) {
      // The compiler repeats names (`exports.f = f;`): the same name with the same neighbour comes later.
      j++;
    } else if (a[i].text === b[j].text) {
      const { line, column } = b[j];
      if (!places.has(line)) places.set(line, []);
      places.get(line).push({ column, place: `${a[i].line}:${a[i].column}` });
      i++;
      j++;
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++;
    else j++;
  }
  return places;
}

function tokens(text) {
  return text.split('\n').flatMap((line, at) =>
    Array.from(line.matchAll(TOKEN), (match) => ({
      text: unquoted(match[0]),
      line: at + 1,
      column: match.index + 1,
    })),
  );
}

/** The compiler may change the kind of quotes. */
function unquoted(token) {
  return /^["']/.test(token) ? `"${token.slice(1, -1)}"` : token;
}

module.exports = { isWrapper, mapPlaces, rememberCell };
