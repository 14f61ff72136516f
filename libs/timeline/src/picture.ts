/** Something that has a picture and a text that says the same. `show` takes any. */
export interface Picture {
  /** The picture, as a whole SVG document. */
  toSvg(): string;
  /** The same as text. */
  toText(): string;
}
