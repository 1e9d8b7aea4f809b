// How many terminal columns a text takes. It stands in the bundle for the package of that name, whose module body
// alone costs more than the rest of the start-up: plain ASCII needs neither Intl.Segmenter nor Unicode tables.
const plain = /^[\x20-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with the escape character
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))/g;
let segmenter;

/** Columns of `text`, terminal colours and links left out; 0 for what is not a string. */
export default function stringWidth(text) {
  if (typeof text !== 'string' || text === '') return 0;
  if (plain.test(text)) return text.length;
  const bare = text.replace(escapes, '');
  if (plain.test(bare)) return bare.length;
  segmenter ??= new Intl.Segmenter();
  let columns = 0;
  for (const { segment } of segmenter.segment(bare)) columns += graphemeWidth(segment);
  return columns;
}

function graphemeWidth(grapheme) {
  if (/^[\p{Control}\p{Format}\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return isWide(grapheme.codePointAt(0)) ? 2 : 1;
}

/** Blocks of East Asian wide and full-width characters (UAX 11), as first and last code point. */
const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

function isWide(code) {
  return wide.some(([first, last]) => code >= first && code <= last);
}
