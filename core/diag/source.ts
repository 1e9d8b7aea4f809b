/**
 * Source text and places in it. A place is a pair of offsets (UTF-16 code units) into one file; lines and columns are
 * computed only when somebody asks, which is when a diagnostic is rendered.
 */

/** Line and column as a person counts them: both from 1, columns in grapheme clusters; `byte` is the UTF-8 offset from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

const BYTE_ORDER_MARK = 0xfeff;

export class SourceFile {
  #lineStarts: number[] | undefined;

  /** @param name as shown to the user: relative to the working directory where possible */
  constructor(
    readonly name: string,
    readonly text: string,
  ) {}

  /** Offsets at which each line begins: the first is 0, or 1 behind a byte order mark, which takes no column. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [this.text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0];
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  /** Index into `lineStarts` of the line that holds `offset`. */
  lineIndex(offset: number): number {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Text of the line with this index, without its line ending. */
  lineText(index: number): string {
    const start = this.lineStarts[index] ?? this.text.length;
    const end = this.lineStarts[index + 1] ?? this.text.length;
    return this.text.slice(start, end).replace(/\r?\n$/, '');
  }

  position(offset: number): Position {
    const line = this.lineIndex(offset);
    const before = this.text.slice(this.lineStarts[line], offset);
    return { line: line + 1, column: countGraphemes(before) + 1, byte: Buffer.byteLength(this.text.slice(0, offset)) };
  }
}

let segmenter: Intl.Segmenter | undefined;

/** Number of grapheme clusters. Plain ASCII without CR, nearly every line there is, never loads the segmenter. */
export function countGraphemes(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class is exactly "ASCII except CR"
  if (/^[\x00-\x0c\x0e-\x7f]*$/.test(text)) return text.length;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

/** A stretch of one file: `start` inclusive, `end` exclusive, in UTF-16 code units. Syntax nodes are ranges themselves. */
export interface Range {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export function rangeOf(file: SourceFile, start: number, end: number): Range {
  return { file, start, end };
}

export function rangeBetween(first: Range, last: Range): Range {
  return { file: first.file, start: first.start, end: last.end };
}
