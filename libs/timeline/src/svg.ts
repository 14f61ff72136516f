/**
 * The few things that every picture needs: elements as strings, numbers that stay short, and a guess at how wide a
 * text will be, since nothing here can measure one.
 */

/** A value of an attribute; `undefined` leaves the attribute out. */
export type Attribute = string | number | undefined;

/** One element with its attributes and what it contains, which must be markup already. */
export function element(name: string, attributes: Readonly<Record<string, Attribute>>, ...content: string[]): string {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${typeof value === 'number' ? short(value) : escapeText(value)}"`;
  }
  return content.length === 0 ? `${text}/>` : `${text}>${content.join('')}</${name}>`;
}

/** A number with at most one digit behind the point: half a pixel is finer than a screen. */
export function short(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

/** Text that may stand in markup. What XML cannot hold at all, such as control characters, becomes a replacement sign. */
export function escapeText(text: string): string {
  return text
    .replace(FORBIDDEN, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** What XML 1.0 cannot hold, in any spelling: control characters, lone surrogates, and two others. */
// eslint-disable-next-line no-control-regex -- these are the characters
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

const NARROW = /[ijl.,:;'|!()[\]{}ftr/\\ -]/;
const WIDE = /[mwMW@%—…]/;
const DIGIT = /[0-9]/;
const UPPER = /[A-Z_]/;

/**
 * About how wide a text is in a system font, in pixels. A little more than the truth, so that what is said to fit does.
 *
 * @param size - the font size in pixels
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const char of text) {
    if (NARROW.test(char)) width += 0.36;
    else if (WIDE.test(char)) width += 0.9;
    else if (DIGIT.test(char)) width += 0.58;
    else if (UPPER.test(char)) width += 0.7;
    else width += (char.codePointAt(0) ?? 0) < 0x2e80 ? 0.57 : 1.05;
  }
  return width * size;
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const chars = [...text];
  while (chars.length > 1 && textWidth(`${chars.join('')}…`, size) > width) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}
