/** Which characters make a name and which are white space. Nothing here looks at more than one character or name. */

const NAME_START = /^[\p{ID_Start}_]$/u;
const NAME_PART = /^[\p{ID_Continue}-]$/u;
const NAME = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** Unicode's White_Space, which is not quite what `String.trim` removes. */
const BLANKS = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const LEADING_BLANKS = new RegExp(`^${BLANKS}`);
const BLANK = new RegExp(BLANKS);

/** Whether a name may begin with this code point. */
export function isNameStart(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
  return NAME_START.test(String.fromCodePoint(code));
}

/** Whether this code point may stand in a name behind its first character. */
export function isNamePart(code: number): boolean {
  if (code < 128) {
    return (
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 95 ||
      code === 45
    );
  }
  return NAME_PART.test(String.fromCodePoint(code));
}

/** Whether the whole text is one name, as arguments, blocks and variables have them. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function trimBlanksStart(text: string): string {
  return text.replace(LEADING_BLANKS, '');
}

export function trimBlanksEnd(text: string): string {
  let end = text.length;
  while (end > 0 && BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

export function trimBlanks(text: string): string {
  return trimBlanksEnd(trimBlanksStart(text));
}
