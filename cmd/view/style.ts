/** Colours, or none. Views ask for a meaning; only this file knows which escape sequence that is. */
import pc from 'picocolors';

export interface Style {
  readonly enabled: boolean;
  bold(text: string): string;
  dim(text: string): string;
  underline(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export function styleFor(enabled: boolean): Style {
  const colors = pc.createColors(enabled);
  return {
    enabled,
    bold: colors.bold,
    dim: colors.gray,
    underline: colors.underline,
    red: colors.red,
    green: colors.green,
    yellow: colors.yellow,
    cyan: colors.cyan,
  };
}

/** Width that prose is wrapped at when the terminal does not say. */
export const DEFAULT_WIDTH = 78;

/** Wraps at spaces. Lines that begin with a space are examples and stay as they are. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith(' ') || line.length <= width ? line : wrapLine(line, width)))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].join('\n');
}

/** Characters that would move the cursor, or hide what is printed, as `\x1b` and the like; line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

const UNSEEN = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;
